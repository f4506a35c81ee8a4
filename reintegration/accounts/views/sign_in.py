"""Signing in and out, and changing one's password."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.forms import ChangePasswordForm, SignInForm, SignOutForm
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import passkeys, users
from reintegration.accounts.services import sign_in as sessions
from reintegration.accounts.services.sign_in import Begun
from reintegration.accounts.views import bp, identity
from reintegration.accounts.views.credentials import place, presented_session
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.language import local_target
from reintegration.web.once import Next, Shown
from reintegration.web.requires import WebPermission
from reintegration.web.submit import Ask, Asking, asked


@bp.page("/sign-in", WebPermission.ANYONE)
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form."""
    if current_actor().is_signed_in:
        return redirect("/")
    return _page(SignInForm(next=parameters.text("next", limit=parameters.LONGEST_CURSOR)))


@bp.act("/sign-in", WebPermission.ANYONE)
def sign_in_submit() -> Asking:
    """Sign in with a fresh session id, whatever the browser sent before."""
    form = SignInForm()
    yield Ask(lambda: _page(form), form)
    return Next(_where_to(_sign_in(form), form))


def _page(form: SignInForm) -> str:
    asked = passkeys.ask_to_show(session(), None, relying=identity.relying(), now=clock.now())
    return render_template("reintegration/accounts/sign_in.html", form=form, passkey=asked)


def _sign_in(form: SignInForm) -> Begun:
    begun = sessions.sign_in(
        session(),
        email=form.email.data or "",
        password=form.password.data or "",
        place=place(),
        lifetime=identity.settings().session_absolute,
        may_enter=identity.is_right_host,
        must_enrol=identity.must_enrol,
        now=clock.now(),
    )
    identity.enter(begun)
    return begun


def _where_to(begun: Begun, form: SignInForm) -> str:
    target = local_target(form.next.data or "/")
    if begun.waits:
        return url_for("accounts.second_factor", next=target)
    return target


@bp.act("/sign-out", AccountPermission.OWN_ACCOUNT, remembered=False)
def sign_out() -> Next | Shown:
    """End the session here and on the server."""
    sessions.end_session(session(), presented_session(), **acting())
    identity.farewell()
    if SignOutForm().leave.data:
        return Shown(render_template("layout/leave.html"))
    return Next(url_for(".sign_in"))


@bp.form("/password", AccountPermission.OWN_ACCOUNT)
def password() -> Asking:
    """Change the password; other sessions end, this one is renewed."""
    form = ChangePasswordForm()
    required = identity.signed_in_user().must_change_password
    yield asked("reintegration/accounts/password.html", form, required=required)
    _change_password(form)
    return Next("/", _("Your password is changed. Other devices are signed out."))


def _change_password(form: ChangePasswordForm) -> None:
    user, now = identity.signed_in_user(), clock.now()
    users.change_password(
        session(),
        user,
        actor=current_actor(),
        current=form.current.data or "",
        new=form.new.data or "",
        names=identity.names(),
        now=now,
    )
    token = sessions.start_session(
        session(),
        user,
        device=request.user_agent.string,
        lifetime=identity.settings().session_absolute,
        confirmed=False,
        must_enrol=identity.this_session().must_enrol,
        now=now,
    )
    identity.welcome(token)
