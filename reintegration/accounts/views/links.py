"""Asking for a link by mail, and choosing a password by one."""

from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.forms import ForgotForm, LinkForm
from reintegration.accounts.services import links
from reintegration.accounts.services import sign_in as sessions
from reintegration.accounts.views import bp, identity
from reintegration.accounts.views.credentials import network, place
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.outbox import Channel, OutboxMessage, Outcome
from reintegration.web import parameters
from reintegration.web.once import Next, Shown
from reintegration.web.requires import WebPermission
from reintegration.web.submit import Ask, Asking, asked


@bp.form("/forgot", WebPermission.ANYONE)
def forgot() -> Asking:
    """Ask for a link; the answer is the same whether anybody has this address."""
    form = ForgotForm()
    yield asked("reintegration/accounts/forgot.html", form)
    links.ask(session(), email=form.email.data or "", network=network(), now=clock.now())
    return Shown(render_template("reintegration/accounts/forgot_sent.html", email=form.email.data))


@bp.page("/link", WebPermission.ANYONE)
def link() -> ResponseReturnValue:
    """Show where the holder of a link chooses a password, or what to do about a dead one."""
    form = LinkForm(key=parameters.text("key"))
    if not links.opens(session(), form.key.data or "", now=clock.now()):
        return render_template(
            "reintegration/accounts/link_dead.html", detail=_(links.DeadLink().message)
        ), links.DeadLink.status
    return _page(form)


@bp.act("/link", WebPermission.ANYONE)
def link_submit() -> Asking:
    """Set the password, and sign in with it."""
    form = LinkForm()
    yield Ask(lambda: _page(form), form)
    user = links.use(
        session(),
        form.key.data or "",
        password=form.new.data or "",
        house=identity.house(),
        may_enter=identity.is_right_host,
        now=clock.now(),
    )
    begun = sessions.begin(
        session(),
        user,
        place=place(),
        lifetime=identity.settings().session_absolute,
        must_enrol=identity.must_enrol,
        now=clock.now(),
    )
    identity.enter(begun)
    if begun.waits:
        return Next(url_for(".second_factor"))
    return Next("/", _("Your password is set. You are signed in."))


def _page(form: LinkForm) -> str:
    dead = form.refused is not None and form.refused.code == links.DeadLink.code
    return render_template("reintegration/accounts/link.html", form=form, dead=dead)


def _answered(opened: Session, message: OutboxMessage, _outcome: Outcome, now: datetime) -> None:
    """Send the link that was asked for, in the transaction that settles the question."""
    links.answer(
        opened,
        key=message.idempotency_key,
        sealed=message.payload["sealed"],
        house=identity.house(),
        now=now,
    )


CHANNEL = Channel(links.CHANNEL, send=lambda _message: None, came_of=_answered, people_decide=False)
"""Where a question for a link waits, so that nobody who asks sees how long its answer takes."""
