"""Vouchers end when nothing of them can be recorded any more; a job posts what they held.

That their last day comes is said a week ahead.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.accounts.services import inbox
from reintegration.cases.models import CaseFile
from reintegration.cases.services.telling import told
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money, by_currency
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.rule_kinds import Days
from vouchers.books.services import budget
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.voucher.models import Voucher
from vouchers.voucher.services.validity import is_past_recording
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import OPEN_STATES

_BATCH = 500
ENDS_BEFORE = DatedRule(
    code="vouchers.told_before_end",
    title=N_("The end of a voucher is told"),
    says=N_("So long before its last day the case manager hears of a voucher with something left."),
    area=Area.VOUCHERS,
    decided_by=Role.SUPERVISOR,
    kind=Days(1, 60),
    initially=timedelta(days=7),
)
_LATE = timedelta(days=3)
"""How long a warning is caught up with when nobody was there to send it."""


def expire_due(session: Session, now: datetime) -> str | None:
    """Close every voucher of which nothing can be recorded any more; the job calls it each minute.

    Until then it holds its money: what was given by its last day is still owed. All of it is
    computed from dates, so nothing can be recorded between midnight and this sweep either.
    """
    rows = _expire(session, local_day(now))
    if not rows:
        return None
    _post_released(session, rows, now=now)
    message = N_("%(case)s: voucher %(reference)s has ended with %(left)s left on it.")
    left_over = [(row, row.free) for row in rows if row.free]
    _tell_managers(session, left_over, "ended", message, now=now)
    for row in rows:
        VOUCHER.note(
            session, row.id, "expire", row.before, actor=SYSTEM, now=now, case_id=row.case_id
        )
    return f"{len(rows)} expired"


def warn_ahead(session: Session, *, now: datetime) -> int:
    """Tell case managers of vouchers that end soon with something left; return how many.

    Each is told of once, whatever happens on its last days. What comes within a longer time that is
    set meanwhile is told of too: nothing lies between what was reached before and what is now.
    """
    today = local_day(now)
    reached_before, last = (day + ENDS_BEFORE.on(day) for day in (today - _LATE, today))
    soon = session.scalars(
        select(Voucher)
        .where(
            Voucher.state.in_(OPEN_STATES),
            Voucher.valid_until.between(reached_before, last),
            Voucher.amount_left_minor > Voucher.amount_pending_minor,
        )
        .order_by(Voucher.valid_until, Voucher.id)
    ).all()
    message = N_("%(case)s: voucher %(reference)s ends on %(day)s with %(left)s left on it.")
    _tell_managers(session, [(one, one.amount_free) for one in soon], "ends", message, now=now)
    return len(soon)


def _tell_managers(
    session: Session, about: Iterable[tuple[Any, Money]], stage: str, message: str, *, now: datetime
) -> None:
    vouchers = list(about)
    if not vouchers:
        return
    cases = {
        found.id: found
        for found in session.execute(
            select(CaseFile.id, CaseFile.code, CaseFile.manager_id).where(
                CaseFile.id.in_({voucher.case_id for voucher, _left in vouchers})
            )
        )
    }
    inbox.put(
        session,
        [
            sent
            for voucher, left in vouchers
            for sent in told(
                cases[voucher.case_id],
                [cases[voucher.case_id].manager_id],
                f"voucher:{voucher.id}:{stage}:{voucher.valid_until}",
                message,
                link=f"/vouchers/{voucher.id}",
                reference=voucher.reference,
                day=f"{voucher.valid_until:%d.%m.%Y}",
                left=str(left),
            )
        ],
        now=now,
    )


def _expire(session: Session, today: date) -> list[Any]:
    over = (
        Voucher.state.in_(VOUCHER.moves["expire"].sources),
        is_past_recording(Voucher.valid_from, Voucher.valid_until, today),
    )
    first = select(Voucher.id).where(*over).order_by(Voucher.valid_until).limit(_BATCH)
    due = (
        select(
            Voucher.id,
            Voucher.state.label("before"),
            (Voucher.amount_left_minor - Voucher.amount_pending_minor).label("free"),
        )
        .where(Voucher.id.in_(first), *over)
        .order_by(Voucher.id)
        .with_for_update(skip_locked=True, key_share=True)
        .cte("due")
    )
    return list(
        session.execute(
            VOUCHER.moving(Voucher, "expire")
            .where(Voucher.id == due.c.id)
            .values(
                units_left=Voucher.units_pending,
                amount_left_minor=Voucher.amount_pending_minor,
                print_sealed=None,
            )
            .returning(
                Voucher.id,
                Voucher.case_id,
                Voucher.reference,
                Voucher.valid_until,
                Voucher.fund_id,
                Voucher.budget_line_id,
                Voucher.provider_id,
                due.c.before,
                InMoney("free", due.c.free, Voucher.currency),
            )
            .execution_options(synchronize_session=False)
        )
    )


def _post_released(session: Session, rows: Iterable[Any], *, now: datetime) -> None:
    freed: dict[UUID, list[Money]] = defaultdict(list)
    for row in rows:
        if not row.free:
            continue
        source = Source(SourceType.VOUCHER, row.id)
        about = Dimensions(row.fund_id, row.budget_line_id, row.id, row.provider_id)
        posting = Posting(
            PostingEvent.REMAINDER_RELEASED, row.free, f"release|{row.id}", source, about
        )
        post(session, posting, actor=SYSTEM, now=now)
        freed[row.budget_line_id].append(row.free)
    for budget_line_id in sorted(freed, key=str):
        for sum_freed in by_currency(freed[budget_line_id]):
            budget.give_back(session, budget_line_id, sum_freed)
