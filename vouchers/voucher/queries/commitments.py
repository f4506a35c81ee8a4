"""Which vouchers held money at the end of a month, and which lapsed in it."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, select, union
from sqlalchemy.orm import Session

from vouchers.books.models import LedgerEntry, LedgerLine
from vouchers.books.states import Account, PostingEvent
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.queries.exposure import held
from vouchers.voucher.states import OPEN_STATES, RedemptionState, VoucherState


def of_month(session: Session, first: date, last: date) -> Select[Any]:
    """Return them, one row each: what a voucher holds now, less what was posted since.

    Looked at are those that hold something now, and those of which something was posted since the
    month began. Lapsed is what the sweep gave back of one whose time was over.
    """
    del session  # it is asked within the statement that needs it
    swept = and_(
        LedgerEntry.posted_on <= last,
        LedgerEntry.event == PostingEvent.REMAINDER_RELEASED,
        LedgerEntry.key == func.concat("release|", LedgerLine.voucher_id, "|0"),
    )
    net = LedgerLine.credit_minor - LedgerLine.debit_minor
    moved = (
        select(
            LedgerLine.voucher_id.label("voucher_id"),
            func.sum(case((LedgerEntry.posted_on > last, net), else_=0)).label("since"),
            func.sum(case((swept, LedgerLine.debit_minor), else_=0)).label("swept"),
        )
        .select_from(LedgerEntry)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(LedgerEntry.posted_on >= first, LedgerLine.account == Account.BUDGET_ENCUMBERED)
        .group_by(LedgerLine.voucher_id)
        .cte("moved")
    )
    looked_at = union(
        select(Voucher.id).where(Voucher.state.in_(OPEN_STATES)),
        select(Redemption.voucher_id).where(Redemption.state == RedemptionState.UNCONFIRMED),
        select(moved.c.voucher_id),
    ).subquery()
    carried = held() - func.coalesce(moved.c.since, 0)
    lapsed = case((Voucher.state == VoucherState.EXPIRED, func.coalesce(moved.c.swept, 0)), else_=0)
    return (
        select(
            Voucher.budget_line_id,
            Voucher.reference,
            Voucher.valid_until,
            carried.label("carried"),
            lapsed.label("lapsed"),
            Voucher.currency,
        )
        .join_from(looked_at, Voucher, Voucher.id == looked_at.c.id)
        .outerjoin(moved, moved.c.voucher_id == Voucher.id)
        .where((carried > 0) | (lapsed > 0))
    )
