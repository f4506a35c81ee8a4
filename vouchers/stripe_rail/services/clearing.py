"""What people say of lines of the Stripe balance that match nothing; the money is posted by two."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.locking import lock
from reintegration.kernel.signing import sign, unsign
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.stripe_rail.models import StripeLine
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.services import lines
from vouchers.stripe_rail.services.line_moves import LINE
from vouchers.stripe_rail.states import LineProblem, LineState

_NOT_A_CHARGE = frozenset({LineProblem.CURRENCY, LineProblem.UNKNOWN_TRANSFER})
"""What is posted by nobody: it must be found out first."""


def note(
    session: Session, line: StripeLine, *, actor: Actor, text: str, now: datetime
) -> StripeLine:
    """Write down what an open line is."""
    permissions.demand(actor, StripePermission.NOTE, line)
    _lock_open(session, line)
    if not text.strip():
        raise Invalid(N_("Write what it is and how you know."), code="note", field="note")
    line.note = text.strip()[:500]
    sign(line, "noted_by", actor)
    session.flush()
    audit.record(session, "stripe_line:note", line, actor=actor, now=now, fields=("note",))
    return line


def post_charge(session: Session, line: StripeLine, *, actor: Actor, now: datetime) -> StripeLine:
    """Post as a charge, or as one given back, what somebody else wrote down of an open line."""
    permissions.demand(actor, StripePermission.POST_CHARGE, line)
    _lock_open(session, line)
    if not is_postable(line):
        raise Conflict(N_("This line is no charge. Do what stands beside it."), code="line")
    line.postings += 1
    _post(session, line, left=line.missing.minor < 0, back=False, actor=actor, now=now)
    _cleared(line, actor, now)
    LINE.fire(session, line, "post_charge", actor=actor, now=now)
    return line


def is_postable(line: StripeLine) -> bool:
    """Whether an open line can be posted as a charge."""
    kinds = lines.FROM_BANK | lines.TO_BANK
    return bool(line.missing) and line.problem not in _NOT_A_CHARGE and line.kind not in kinds


def tie(
    session: Session, line: StripeLine, *, actor: Actor, bank_line_id: UUID | None, now: datetime
) -> StripeLine:
    """Say which line of the bank is the other side of money between the bank and Stripe."""
    permissions.demand(actor, StripePermission.NOTE, line)
    _lock_open(session, line)
    found = {one.id for one in lines.candidates(session, line)}
    if line.kind not in lines.FROM_BANK | lines.TO_BANK or bank_line_id not in found:
        raise Conflict(N_("This line of the bank is not the other side any more."), code="line")
    line.bank_line_id = bank_line_id
    _cleared(line, actor, now)
    LINE.fire(session, line, "tie", actor=actor, now=now)
    return line


def undo(session: Session, line: StripeLine, *, actor: Actor, now: datetime) -> StripeLine:
    """Open a line again that a person had cleared: what was posted is posted back."""
    permissions.demand(actor, StripePermission.NOTE, line)
    lock(session, line)
    was_posted = line.state == LineState.SETTLED
    LINE.fire(session, line, "undo", actor=actor, now=now)
    if was_posted:
        _post(session, line, left=line.missing.minor > 0, back=True, actor=actor, now=now)
    line.problem = LineProblem.UNKNOWN_KIND if was_posted else LineProblem.SEVERAL_BANK_LINES
    line.bank_line_id, line.settled_at, line.note = None, None, ""
    unsign(line, "settled_by")
    unsign(line, "noted_by")
    session.flush()
    return line


def _cleared(line: StripeLine, actor: Actor, now: datetime) -> None:
    line.problem, line.settled_at = None, now
    sign(line, "settled_by", actor)


def _post(
    session: Session, line: StripeLine, *, left: bool, back: bool, actor: Actor, now: datetime
) -> None:
    """Post what a line changed, or post it back; each time under a key of its own."""
    event = PostingEvent.STRIPE_FEE if left else PostingEvent.STRIPE_FEE_BACK
    key = f"stripe-charge|{line.reference}|{line.postings}" + ("|back" if back else "")
    amount = max(line.missing, -line.missing)
    source = Source(SourceType.SERVICE_LINE, line.id)
    post(session, Posting(event, amount, key, source, Dimensions()), actor=actor, now=now)


def _lock_open(session: Session, line: StripeLine) -> None:
    lock(session, line)
    if line.state != LineState.OPEN:
        raise Conflict(N_("This line was cleared meanwhile."), code="line")
