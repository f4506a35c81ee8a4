"""What somebody does before anything else opens: a password, a second factor, a known device."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue

from reintegration.accounts.services import desk_devices, second_factor
from reintegration.accounts.views import identity
from reintegration.accounts.views.credentials import desk_secret
from reintegration.kernel import clock
from reintegration.kernel.actor import Role
from reintegration.kernel.db import session
from reintegration.web import credentials
from reintegration.web.credentials import Door
from reintegration.web.current import current_actor


def init_app(app: Flask) -> None:
    """Ask each page for a person."""
    app.before_request(_lead_to_first)


@dataclass(frozen=True, slots=True)
class First:
    """A page that comes before all others, when it does, and what opens beside it."""

    endpoint: str
    comes_first: Callable[[], bool]
    beside: frozenset[str] = frozenset()

    def opens(self, endpoint: str) -> bool:
        """Whether this address is its own, or stands beside it."""
        return endpoint in {self.endpoint, f"{self.endpoint}_submit"} | self.beside


_ALWAYS = frozenset({"accounts.sign_out", "i18n.set_locale", "static"})
"""Leaving and the language stand beside everything."""


def must_change_password() -> bool:
    """Whether somebody else knows the password of the person of this request."""
    return identity.signed_in_user().must_change_password


def must_enrol() -> bool:
    """Whether the person of this request must have a second factor and has none."""
    return identity.this_session().must_enrol


def must_admit() -> bool:
    """Whether this device must be made known first: for reception, where there is no second factor.

    A demo insists on no device, and can try one.
    """
    user, actor = identity.signed_in_user(), current_actor()
    if identity.settings().is_demo or second_factor.is_required(user):
        return False
    if Role.PROVIDER_RECEPTION not in user.role_set | actor.roles:
        return False
    now, secret = clock.now(), desk_secret()
    device = desk_devices.admitted(session(), secret, organisation_id=user.organisation_id, now=now)
    if device is None:
        return True
    if desk_devices.seen(session(), device, now=now):
        identity.keep_desk(secret)
    return False


FIRST = (
    First("accounts.password", must_change_password),
    First(
        "accounts.second_factor_app",
        must_enrol,
        frozenset({"accounts.confirm", "accounts.confirm_submit"}),
    ),
    First("accounts.device_here", must_admit, frozenset({"accounts.deputyship_leave"})),
)
"""In this order: who chose a password sets up a factor with it."""


def _lead_to_first() -> ResponseReturnValue | None:
    """Open nothing but what comes first, to whom something does."""
    endpoint = request.endpoint or ""
    if endpoint in _ALWAYS or credentials.door() is not Door.PAGES:
        return None
    if not current_actor().is_signed_in:
        return None
    first = next((one for one in FIRST if one.comes_first()), None)
    if first is None or first.opens(endpoint):
        return None
    return redirect(url_for(first.endpoint))
