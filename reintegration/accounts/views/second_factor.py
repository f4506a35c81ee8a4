"""The second factor: showing it at the door, setting it up, and new codes on paper."""

from typing import Any

import segno
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reintegration.accounts.forms import CodeForm, EnrolForm
from reintegration.accounts.models import SignInSession
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import passkeys, totp
from reintegration.accounts.services import second_factor as factors
from reintegration.accounts.services import sign_in as sessions
from reintegration.accounts.views import bp, identity
from reintegration.accounts.views.credentials import place, presented_session
from reintegration.kernel import clock
from reintegration.kernel.crypto import SealBroken
from reintegration.kernel.db import keyring, session
from reintegration.kernel.errors import N_, Invalid
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.language import local_target
from reintegration.web.once import Next, Shown
from reintegration.web.requires import WebPermission
from reintegration.web.submit import Ask, Asking, asked

OWN = AccountPermission.OWN_ACCOUNT


@bp.page("/second-factor", WebPermission.ANYONE)
def second_factor() -> ResponseReturnValue:
    """Ask who has shown a password for their code."""
    if _waiting() is None:
        return redirect(url_for(".own" if current_actor().is_signed_in else ".sign_in"))
    target = parameters.text("next", limit=parameters.LONGEST_CURSOR)
    return _page(CodeForm(next=target))


@bp.act("/second-factor", WebPermission.ANYONE)
def second_factor_submit() -> Asking:
    """Let in who has shown a right code, under a fresh session."""
    form, waiting = CodeForm(), _waiting()
    if waiting is None:
        return Next(url_for(".sign_in"))
    yield Ask(lambda: _page(form), form)
    begun = sessions.pass_factor(
        session(),
        presented_session(),
        typed=form.code.data or "",
        relying=identity.relying(),
        place=place(),
        lifetime=identity.settings().session_absolute,
        now=clock.now(),
    )
    identity.enter(begun)
    return Next(local_target(form.next.data or "/"))


def _waiting() -> SignInSession | None:
    return sessions.find_waiting(session(), presented_session(), now=clock.now())


def _page(form: CodeForm) -> str:
    waiting = _waiting()
    known = waiting is not None and passkeys.of(session(), waiting.user_id)
    return render_template(
        "reintegration/accounts/second_factor.html",
        form=form,
        passkey=passkeys.ask_to_show(
            session(), waiting.user_id, relying=identity.relying(), now=clock.now()
        )
        if waiting and known
        else None,
    )


@bp.form("/second-factor/app", OWN, fresh=True)
def second_factor_app() -> Asking:
    """Set up an app: its secret is made here, and kept once it has given a right code."""
    form = _enrol_form()
    yield Ask(lambda: _app_page(form), form)
    user, now = identity.signed_in_user(), clock.now()
    codes = factors.enrol(
        session(),
        user,
        actor=current_actor(),
        secret=_secret_of(form),
        typed=form.code.data or "",
        now=now,
    )
    sessions.note_enrolled(session(), presented_session(), now=now)
    return Shown(_codes_page(codes))


@bp.form("/second-factor/codes", OWN, fresh=True)
def second_factor_codes() -> Asking:
    """Make ten new recovery codes in place of those of before."""
    left = factors.codes_left(session(), identity.signed_in_user())
    yield asked("reintegration/accounts/recovery_renew.html", left=left)
    codes = factors.renew_codes(session(), identity.signed_in_user(), **acting())
    return Shown(_codes_page(codes))


def _codes_page(codes: list[str]) -> str:
    return render_template("reintegration/accounts/recovery_codes.html", codes=codes)


def _enrol_form() -> EnrolForm:
    form = EnrolForm()
    if form.is_fresh:
        form.sealed.data = keyring(session()).seal_mail(totp.new_secret(), key=_bound())
    return form


def _secret_of(form: EnrolForm) -> str:
    try:
        return keyring(session()).unseal_mail(form.sealed.data or "", key=_bound())
    except (SealBroken, ValueError):
        raise Invalid(N_("Open the page again.")) from None


def _bound() -> str:
    """Return what the secret on the page is bound to: its person."""
    return f"enrol|{identity.signed_in_user().id}"


def _app_page(form: EnrolForm) -> str:
    user, secret = identity.signed_in_user(), _secret_of(form)
    return render_template(
        "reintegration/accounts/second_factor_app.html",
        form=form,
        required=identity.this_session().must_enrol,
        **_shown(secret, user.email),
    )


def _shown(secret: str, account: str) -> dict[str, Any]:
    """Return the secret as a page shows it: to scan and to type."""
    issuer = identity.outside_name()
    address = totp.address(secret, account=account, issuer=issuer)
    svg = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=4)
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"qr": Markup(svg), "secret": grouped}  # noqa: S704 - drawn by segno from our own bits
