"""Signing in and out, and changing one's password."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.forms import ChangePasswordForm, SignInForm, SignOutForm
from reintegration.accounts.models import User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import sign_in as sessions
from reintegration.accounts.services import users
from reintegration.accounts.views import bp, identity
from reintegration.accounts.views.credentials import presented_session
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.i18n import local_target
from reintegration.web.requires import public, requires
from reintegration.web.submit import submit
from reintegration.web.transactional import transactional


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form."""
    if current_actor().is_signed_in:
        return redirect("/")
    form = SignInForm(next=parameters.text("next", limit=parameters.LONGEST_CURSOR))
    return render_template("reintegration/accounts/sign_in.html", form=form)


@bp.post("/sign-in", endpoint="sign_in_submit")
@public
@transactional
def sign_in_submit() -> ResponseReturnValue:
    """Sign in with a fresh session id, whatever the browser sent before."""
    form = SignInForm()
    return submit(
        form,
        lambda: _sign_in(form),
        again=lambda: render_template("reintegration/accounts/sign_in.html", form=form),
        to=lambda user: _where_to(user, form),
    )


def _sign_in(form: SignInForm) -> User:
    user, token = sessions.sign_in(
        session(),
        email=form.email.data or "",
        password=form.password.data or "",
        address=request.remote_addr or "unknown",
        device=request.user_agent.string,
        lifetime=identity.settings().session_absolute,
        may_enter=identity.is_right_host,
        now=clock.now(),
    )
    identity.welcome(token)
    return user


def _where_to(user: User, form: SignInForm) -> str:
    if user.must_change_password:
        return url_for("accounts.password")
    return local_target(form.next.data or "/")


@bp.post("/sign-out")
@requires(AccountPermission.OWN_ACCOUNT)
@transactional
def sign_out() -> ResponseReturnValue:
    """End the session here and on the server."""
    sessions.end_session(session(), presented_session(), **acting())
    leaving = SignOutForm().leave.data
    page = render_template("layout/leave.html") if leaving else redirect(url_for(".sign_in"))
    answer = make_response(page)
    identity.farewell(answer)
    return answer


@bp.get("/password")
@requires(AccountPermission.OWN_ACCOUNT)
def password() -> ResponseReturnValue:
    """Show the form for a new password."""
    return _password_page(ChangePasswordForm())


@bp.post("/password", endpoint="password_submit")
@requires(AccountPermission.OWN_ACCOUNT)
@transactional
def password_submit() -> ResponseReturnValue:
    """Change the password; other sessions end, this one is renewed."""
    form = ChangePasswordForm()
    return submit(
        form,
        lambda: _change_password(form),
        again=lambda: _password_page(form),
        to="/",
        said=_("Your password is changed. Other devices are signed out."),
    )


def _change_password(form: ChangePasswordForm) -> None:
    user, now = identity.signed_in_user(), clock.now()
    users.change_password(
        session(),
        user,
        actor=current_actor(),
        current=form.current.data or "",
        new=form.new.data or "",
        now=now,
    )
    token = sessions.start_session(
        session(),
        user,
        device=request.user_agent.string,
        lifetime=identity.settings().session_absolute,
        now=now,
    )
    identity.welcome(token)


def _password_page(form: ChangePasswordForm) -> str:
    return render_template("reintegration/accounts/password.html", form=form)
