"""The lines of our Stripe balance: each is kept once, and stands in the books or is to be cleared.

What Stripe took for itself is posted when its line comes. Everything else was posted when it
happened (an order settled, a transfer taken back, a line of the bank that moved money there), and
its line only proves it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, Text, func, literal, select
from sqlalchemy.orm import Session

from reintegration.codelists.currencies import CURRENCIES
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.clock import local_day
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock_all
from vouchers.bank.models import BankLine
from vouchers.bank.states import Resolution
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.stripe_rail.models import StripeLine, StripeReversal, StripeTransfer
from vouchers.stripe_rail.objects import BalanceLine
from vouchers.stripe_rail.services.line_moves import LINE
from vouchers.stripe_rail.states import LineProblem, LineState, ReversalState

FROM_BANK = frozenset({"topup", "payout_failure", "payout_cancel"})
TO_BANK = frozenset({"payout", "topup_reversal"})
FEES = frozenset({"stripe_fee", "stripe_fx_fee"})
"""Stripe's kinds of lines (docs.stripe.com/reports/balance-transaction-types)."""
_UNDERWAY = timedelta(days=10)
"""Between the bank's day and Stripe's: a transfer between banks takes days, over holidays more."""


def book(session: Session, told: Sequence[BalanceLine], *, now: datetime) -> int:
    """Keep the lines that are new, post their fees, and match what can be; return how many.

    What was open before is looked at again: its other side may have come meanwhile.
    """
    known = _known(session, told)
    fresh = [_kept(one, now) for one in told if one.reference not in known]
    session.add_all(fresh)
    session.flush()
    for line in fresh:
        LINE.begin(session, line, "sweep", actor=SYSTEM, now=now)
        _post_fee(session, line, now=now)
    look_again(session, now=now)
    return len(fresh)


def look_again(session: Session, *, now: datetime) -> None:
    """Match open lines with what the books know by now."""
    asked = (
        select(StripeLine).where(StripeLine.state == LineState.OPEN).order_by(StripeLine.made_at)
    )
    waiting = lock_all(session, session.scalars(asked))
    came_back = _came_back(waiting)
    for line in sorted(waiting, key=lambda one: (one.made_at, one.reference)):
        line.problem = _match(session, line, came_back)
        session.flush()
        if line.problem is None:
            LINE.fire(session, line, "match", actor=SYSTEM, now=now)


def _match(session: Session, line: StripeLine, came_back: frozenset[str]) -> LineProblem | None:
    """Match a line and return None, or return why it stays open."""
    if line.currency not in CURRENCIES:
        return LineProblem.CURRENCY
    gives_fee_back = line.fee.minor < 0 or (line.kind in FEES and line.net.minor >= 0)
    if gives_fee_back or line.kind not in _MATCHED_AS:
        return LineProblem.UNKNOWN_KIND
    if line.source in came_back:
        return None
    return _MATCHED_AS[line.kind](session, line)


def _as_fee(_session: Session, _line: StripeLine) -> None:
    """A fee was posted when its line came."""


def _as_transfer(session: Session, line: StripeLine) -> LineProblem | None:
    transfer = session.scalar(select(StripeTransfer).where(StripeTransfer.reference == line.source))
    if transfer is None:
        return LineProblem.UNKNOWN_TRANSFER
    if line.amount != -transfer.amount:
        return LineProblem.AMOUNT
    line.order_id = transfer.order_id
    return None


def _as_reversal(session: Session, line: StripeLine) -> LineProblem | None:
    reversal = session.scalar(select(StripeReversal).where(StripeReversal.reference == line.source))
    if reversal is None or reversal.state != ReversalState.DONE:
        return LineProblem.UNKNOWN_REVERSAL
    if reversal.problem:
        return LineProblem.NOT_BOOKED
    if line.amount != reversal.amount:
        return LineProblem.AMOUNT
    line.order_id, line.reversal_id = reversal.order_id, reversal.id
    return None


def _as_moved(session: Session, line: StripeLine) -> LineProblem | None:
    """Match with the one line of the bank that is the other side, if it is the only one."""
    found = candidates(session, line)
    if not found:
        return LineProblem.NO_BANK_LINE
    if len(found) > 1 or _rivals(session, line, found[0]):
        return LineProblem.SEVERAL_BANK_LINES
    line.bank_line_id = found[0].id
    return None


_MATCHED_AS: Mapping[str, Callable[[Session, StripeLine], LineProblem | None]] = {
    "transfer": _as_transfer,
    "transfer_refund": _as_reversal,
    **dict.fromkeys(FROM_BANK | TO_BANK, _as_moved),
    **dict.fromkeys(FEES, _as_fee),
}


def candidates(session: Session, line: StripeLine) -> list[BankLine]:
    """Return the lines of the bank that may be the other side: the sum, and days around it."""
    day = local_day(line.made_at)
    tied = select(StripeLine.id).where(StripeLine.bank_line_id == BankLine.id)
    return list(
        session.scalars(
            select(BankLine)
            .where(
                BankLine.resolution == Resolution.SERVICE,
                BankLine.currency == line.currency,
                BankLine.amount_minor == -line.amount_minor,
                BankLine.booked_on.between(day - _UNDERWAY, day + _UNDERWAY),
                ~tied.exists(),
            )
            .order_by(BankLine.booked_on, BankLine.id)
            .limit(20)
        )
    )


def _rivals(session: Session, line: StripeLine, bank_line: BankLine) -> bool:
    """Whether another open line of ours could be this bank line's other side as well."""
    from_day, until_day = (bank_line.booked_on - _UNDERWAY, bank_line.booked_on + _UNDERWAY)
    others = session.scalars(
        select(StripeLine).where(
            StripeLine.id != line.id,
            StripeLine.state == LineState.OPEN,
            StripeLine.kind.in_(FROM_BANK | TO_BANK),
            StripeLine.currency == line.currency,
            StripeLine.amount_minor == line.amount_minor,
        )
    )
    return any(from_day <= local_day(one.made_at) <= until_day for one in others)


def _came_back(lines: Iterable[StripeLine]) -> frozenset[str]:
    """Return the sources of what left for the bank and came back before it arrived there."""
    sums: dict[str, tuple[int, int]] = {}
    for line in lines:
        if line.source and line.kind in FROM_BANK | TO_BANK:
            minor, many = sums.get(line.source, (0, 0))
            sums[line.source] = minor + line.amount_minor, many + 1
    return frozenset(source for source, (minor, many) in sums.items() if many > 1 and not minor)


def _known(session: Session, told: Sequence[BalanceLine]) -> set[str]:
    names = literal([one.reference for one in told], ARRAY(Text))
    kept = select(StripeLine.reference).where(StripeLine.reference == func.any(names))
    return set(session.scalars(kept))


def _kept(told: BalanceLine, now: datetime) -> StripeLine:
    return StripeLine(
        id=new_id(),
        reference=told.reference,
        kind=told.kind,
        amount=told.amount,
        fee=told.fee,
        net=told.net,
        source=told.source,
        description=told.description,
        made_at=told.made_at,
        available_on=told.available_on,
        swept_at=now,
        state=LineState.OPEN,
        problem=None,
    )


def _post_fee(session: Session, line: StripeLine, *, now: datetime) -> None:
    """Post what Stripe took with a line, or by a line of its own; a fee given back is cleared."""
    taken = -line.net if line.kind in FEES else line.fee
    if taken.minor <= 0 or taken.currency not in CURRENCIES:
        return
    key = f"stripe-fee|{line.reference}"
    source = Source(SourceType.SERVICE_LINE, line.id)
    posting = Posting(PostingEvent.STRIPE_FEE, taken, key, source, Dimensions())
    post(session, posting, actor=SYSTEM, now=now)
