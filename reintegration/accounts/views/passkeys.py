"""Passkeys: making and removing one's own, and signing in by one."""

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from reintegration.accounts.forms import PasskeyForm, PasskeySignInForm
from reintegration.accounts.models import Passkey, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import passkeys
from reintegration.accounts.services import second_factor as factors
from reintegration.accounts.services import sign_in as sessions
from reintegration.accounts.views import bp, identity
from reintegration.accounts.views.credentials import place
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict
from reintegration.web.current import acting, current_actor
from reintegration.web.language import local_target
from reintegration.web.once import Next
from reintegration.web.requires import WebPermission
from reintegration.web.submit import Ask, Asking

OWN = AccountPermission.OWN_ACCOUNT


def _own_passkey(passkey_id: UUID) -> Passkey:
    return passkeys.own_or_404(session(), passkey_id, actor=current_actor())


@bp.form("/passkeys/new", OWN, fresh=True)
def passkey_new() -> Asking:
    """Make a passkey on this device; the app stays beside it, for when the device is gone."""
    form, user = PasskeyForm(), identity.signed_in_user()
    if not factors.is_enrolled(session(), user):
        raise Conflict(N_("Set up your app first: it lets you in when this device is gone."))
    yield Ask(lambda: _new_page(form, user), form)
    passkeys.make(
        session(),
        user,
        name=form.name.data or "",
        answer=form.answer.data or "",
        relying=identity.relying(),
        **acting(),
    )
    return Next(url_for(".own"), _("The passkey is added."))


def _new_page(form: PasskeyForm, user: User) -> str:
    asked = passkeys.ask_to_make(session(), user, relying=identity.relying(), now=clock.now())
    return render_template("reintegration/accounts/passkey_new.html", form=form, asked=asked)


@bp.act("/passkeys/<uuid:passkey_id>/remove", OWN, load=_own_passkey, fresh=True)
def passkey_remove(passkey: Passkey) -> Next:
    """Remove one of one's passkeys."""
    passkeys.remove(session(), passkey, **acting())
    return Next(url_for(".own"), _("The passkey is removed. It opens nothing any more."))


@bp.act("/sign-in/passkey", WebPermission.ANYONE)
def sign_in_by_passkey() -> Next:
    """Sign in by a passkey alone: the device has asked for its owner."""
    form = PasskeySignInForm()
    begun = sessions.sign_in_by_passkey(
        session(),
        answer=form.answer.data or "",
        relying=identity.relying(),
        place=place(),
        lifetime=identity.settings().session_absolute,
        may_enter=identity.is_right_host,
        now=clock.now(),
    )
    identity.enter(begun)
    return Next(local_target(form.next.data or "/"))
