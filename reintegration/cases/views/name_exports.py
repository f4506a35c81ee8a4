"""Letting every name leave in a sealed file: asking for it, and a supervisor's word."""

from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import names_behind
from reintegration.accounts.views.doers import signed_by
from reintegration.accounts.views.today import TodayItem
from reintegration.cases.forms import NameExportForm
from reintegration.cases.models import NameExport
from reintegration.cases.permissions import CasePermission as P
from reintegration.cases.queries import name_exports as reading
from reintegration.cases.services import name_exports
from reintegration.kernel import clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import day_month
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Asking, asked

bp = Pages("name_exports", __name__, url_prefix="/name-exports")


def _load(request_id: UUID) -> NameExport:
    return reading.request_or_404(session(), current_actor(), request_id)


@bp.page("/", P.VIEW_NAME_EXPORTS)
def index() -> ResponseReturnValue:
    """List the latest requests."""
    found = reading.requests(session(), current_actor())
    names = names_behind(session(), *((made, "asked_by") for made in found))
    return render_template(
        "reintegration/cases/name_exports.html", found=found, names=names, now=clock.now(), P=P
    )


@bp.form("/new", P.ASK_NAME_EXPORT, fresh=True)
def new() -> Asking:
    """Ask that every name leaves."""
    form = NameExportForm()
    yield asked("reintegration/cases/name_export_new.html", form)
    made = name_exports.ask(
        session(), public_key=form.recipient.data or "", reason=form.reason.data or "", **acting()
    )
    return _back(made, _("The supervisors are asked. Nothing leaves before one of them approves."))


@bp.page("/<uuid:request_id>", P.VIEW_NAME_EXPORTS, load=_load)
def show(made: NameExport) -> ResponseReturnValue:
    """Show a request."""
    names = names_behind(session(), (made, "asked_by"), (made, "decided_by"))
    return render_template(
        "reintegration/cases/name_export.html",
        made=made,
        asked_by=signed_by(names, made, "asked_by"),
        decided_by=signed_by(names, made, "decided_by"),
        state=made.state(clock.now()),
        P=P,
    )


@bp.act("/<uuid:request_id>/approved", P.DECIDE_NAME_EXPORT, load=_load, fresh=True)
def approve(made: NameExport) -> Next:
    """Let every name leave, once."""
    name_exports.approve(session(), made, **acting())
    return _back(made, _("It is approved. For a day the operator can use it, once."))


@bp.act("/<uuid:request_id>/refused", P.DECIDE_NAME_EXPORT, load=_load)
def refuse(made: NameExport) -> Next:
    """Keep every name."""
    name_exports.decline(session(), made, **acting())
    return _back(made, _("It is refused: no name leaves. Whoever asked is told."))


def _back(made: NameExport, said: str) -> Next:
    return Next(url_for(".show", request_id=made.id), said)


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for a supervisor's word."""
    del today
    if not permissions.could(actor, P.DECIDE_NAME_EXPORT):
        return []
    return [
        TodayItem(
            "clay",
            day_month(clock.local_day(made.asked_at)),
            _("Decide whether the names of all persons leave in a sealed file."),
            url_for("name_exports.show", request_id=made.id),
            5,
            _("Decide"),
            since=made.asked_at,
        )
        for made in reading.waiting_for(session, actor, now=clock.now())
    ]
