"""One's own sign-in: password, second factor, and where one is signed in."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.forms import ConfirmForm
from reintegration.accounts.models import SignInSession
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import passkeys, step_up
from reintegration.accounts.services import second_factor as factors
from reintegration.accounts.services import sign_in as sessions
from reintegration.accounts.views import bp, identity
from reintegration.accounts.views.browser_words import told
from reintegration.accounts.views.credentials import presented_session
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.language import local_target
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

OWN = AccountPermission.OWN_ACCOUNT


@bp.page("/own", OWN)
def own() -> ResponseReturnValue:
    """Show how one signs in, and where one is signed in now."""
    user, settings = identity.signed_in_user(), identity.settings()
    living = sessions.living(session(), user.id, idle=settings.session_idle, now=clock.now())
    return render_template(
        "reintegration/accounts/own.html",
        user=user,
        enrolled=factors.is_enrolled(session(), user),
        passkeys=passkeys.of(session(), user.id),
        codes_left=factors.codes_left(session(), user),
        here=identity.this_session().id,
        sessions=[(one, told(one.device)) for one in living],
    )


def _own_session(session_id: UUID) -> SignInSession:
    return sessions.own_or_404(session(), session_id, actor=current_actor())


@bp.act("/own/sessions/<uuid:session_id>", OWN, load=_own_session)
def own_session_end(found: SignInSession) -> Next:
    """End one of one's sessions; who ends this one signs in anew."""
    sessions.end_one(session(), found, **acting())
    if found.id == identity.this_session().id:
        return Next(url_for(".sign_in"))
    return Next(url_for(".own"), _("That browser is signed out."))


@bp.act("/own/sessions", OWN)
def own_sessions_end() -> Next:
    """End all of one's sessions but this one."""
    sessions.end_others(session(), presented_session(), **acting())
    return Next(url_for(".own"), _("All other browsers are signed out."))


@bp.form("/confirm", OWN)
def confirm() -> Asking:
    """Ask once more who somebody is, on the way to a page that wants to be sure."""
    form = ConfirmForm(next=parameters.text("next", limit=parameters.LONGEST_CURSOR))
    yield Ask(lambda: _confirm_page(form), form)
    identity.confirm(session(), form.step_up.data or "")
    return Next(local_target(form.next.data or "/"))


def _confirm_page(form: ConfirmForm) -> str:
    return render_template(
        "reintegration/accounts/confirm.html",
        form=form,
        action=url_for(".confirm"),
        asks_for=step_up.asks_for(session(), identity.signed_in_user()),
        passkey=identity.passkey_asked(session()),
        carried=[],
    )
