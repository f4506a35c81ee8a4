"""The audit trail, for the auditor: who did and who saw what."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import trail, users
from reintegration.accounts.queries.trail import TrailFilter
from reintegration.accounts.views import bp
from reintegration.accounts.views.act_words import ACTS, act, choices, doer
from reintegration.accounts.views.doers import moved_by
from reintegration.accounts.views.field_words import fields_of, spoken
from reintegration.kernel import audit as log
from reintegration.kernel import audit_chain, clock
from reintegration.kernel.actor import ActorKind
from reintegration.kernel.audit import AuditEvent, Subject
from reintegration.kernel.clock import LOCAL
from reintegration.kernel.db import session, session_to_close
from reintegration.web import parameters
from reintegration.web.current import acting
from reintegration.web.table_files import Row, csv_file

_ASKED = ("action", "actor", "subject", "case", "since", "until")


@bp.page("/audit", AccountPermission.READ_AUDIT)
def audit() -> ResponseReturnValue:
    """List events, newest first; every filter stands in the address."""
    page = trail.trail(session(), _wanted(), cursor=parameters.cursor())
    waiting, _oldest = audit_chain.unsealed(session())
    return render_template(
        "reintegration/accounts/audit.html",
        page=page,
        names=users.names_of(session(), users.movers(page.rows)),
        codes=trail.codes_of_cases(
            session(), {event.case_id for event in page.rows if event.case_id}
        ),
        given=parameters.those(*_ASKED),
        acts=choices(),
        act=act,
        fields_of=partial(fields_of, words=spoken()),
        doer=doer,
        waiting=waiting,
        sealed=trail.sealed_count(session()),
    )


@bp.page("/audit/export.csv", AccountPermission.READ_AUDIT, fresh=True)
def audit_export() -> ResponseReturnValue:
    """Give the events that the filter asks for as a file; that it was taken is an event too."""
    wanted, asked = _wanted(), parameters.those(*_ASKED)
    log.leave(session(), "trail:export", Subject("trail"), **acting(), fields=asked)
    doers = {str(kind): kind.label for kind in ActorKind}
    words = {one: str(_(said)) for one, said in (ACTS | doers).items()}
    answer = Response(
        csv_file(_head(), _rows(session_to_close(), wanted, words, spoken())), mimetype="text/csv"
    )
    stamp = clock.local_day(clock.now()).isoformat()
    answer.headers["Content-Disposition"] = f'attachment; filename="trail-{stamp}.csv"'
    return answer


def _head() -> list[str]:
    return [
        _("When"),
        _("Who"),
        _("What was done"),
        _("Act"),
        _("What it is about"),
        _("Number"),
        _("Case"),
        _("Fields"),
        _("Reason"),
    ]


def _rows(
    reading: Session, wanted: TrailFilter, words: dict[str, str], fields: dict[str, str]
) -> Iterator[Row]:
    """Give the rows of a file, and close `reading`: the request may have ended meanwhile."""
    with reading:
        for event, names, code in trail.rows(reading, wanted):
            doer = moved_by(names, event) or words.get(event.actor_kind, event.actor_kind)
            yield _row(event, doer, code, words, fields)


def _row(
    event: AuditEvent, who: str, code: str, words: dict[str, str], fields: dict[str, str]
) -> Row:
    return (
        event.at.astimezone(LOCAL).isoformat(timespec="seconds"),
        who,
        words.get(event.action, event.action),
        event.action,
        event.subject_type,
        str(event.subject_id or ""),
        code,
        fields_of(event, fields),
        event.reason or "",
    )


def _wanted() -> TrailFilter:
    until = parameters.day("until")
    return TrailFilter(
        action=parameters.text("action"),
        actor=parameters.text("actor"),
        subject_id=parameters.identifier("subject"),
        case_code=parameters.text("case"),
        since=_begin(parameters.day("since")),
        until=_begin(until + timedelta(days=1) if until and until < date.max else None),
    )


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), LOCAL) if day else None
