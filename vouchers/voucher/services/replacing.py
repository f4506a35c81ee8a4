"""Replacing a voucher: a new code, the old one dead, the remainder moved. The PIN stays."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.cases.services.open_cases import require_open
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.ids import new_id, new_reference
from reintegration.kernel.locking import lock
from vouchers.books.services.journal import Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import elapsed, holds
from vouchers.voucher.services.codes import Secrets, move_codes
from vouchers.voucher.services.issuing import dimensions
from vouchers.voucher.services.remainder import empty
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import VoucherState

_SAME = (
    "case_id",
    "plan_line_id",
    "referral_id",
    "consent_id",
    "provider_id",
    "offering_id",
    "budget_line_id",
    "fund_id",
    "pseudonym",
    "kind",
    "category",
    "unit",
    "proof",
    "unit_price",
    "valid_until",
    "approved_by",
    "approved_for",
    "approved_automatically",
    "drafted_by",
    "drafted_for",
)


def replace(
    session: Session, voucher: Voucher, *, actor: Actor, reason: str, now: datetime
) -> tuple[Voucher, Secrets]:
    """Move what is free to a new voucher with a new code; the old one is dead at once.

    What stops the old one stops the new one. Raises Conflict when nothing is left.
    """
    require_open(session, voucher.case_id)
    lock(session, voucher)
    if not voucher.amount_free:
        raise Conflict(N_("Nothing is left on this voucher to move."), code="used_up")
    units = voucher.units_free
    begins = elapsed.begins_after(voucher.unit, voucher.valid_from, voucher.units - units)
    new = Voucher(
        **{name: getattr(voucher, name) for name in _SAME},
        id=new_id(),
        reference=new_reference("V", 8),
        valid_from=min(begins, voucher.valid_until),
        units=units,
        units_left=units,
        amount=voucher.amount_free,
        amount_left=voucher.amount_free,
        state=VoucherState.ISSUED,
        issued_by=actor.id,
        issued_at=now,
        replaces_id=voucher.id,
        created_at=now,
    )
    VOUCHER.fire(
        session, voucher, "replace", actor=actor, now=now, reason=reason, data={"by": str(new.id)}
    )
    moved = empty(voucher)
    session.add(new)
    session.flush()
    holds.hand_over(session, voucher, new)
    made = move_codes(session, voucher, new)
    source = Source(SourceType.VOUCHER, new.id)
    about = dimensions(voucher)
    posting = Posting(
        PostingEvent.REPLACED, moved, f"replace|{voucher.id}", source, about, dimensions(new)
    )
    post(session, posting, actor=actor, now=now)
    VOUCHER.note(
        session,
        new.id,
        "issue",
        VoucherState.APPROVED,
        actor=actor,
        now=now,
        reason=reason,
        data={"replaces": str(voucher.id)},
        case_id=new.case_id,
    )
    session.flush()
    return new, made
