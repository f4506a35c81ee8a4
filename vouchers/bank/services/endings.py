"""How a line of the bank ends that no order explains: what it posts, and how that is undone.

Each ending is a row of its own; a line may have one beside the orders that it pays.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import by_key, lock, lock_all
from reintegration.kernel.money import Money
from reintegration.kernel.ports import Poll
from reintegration.kernel.signing import signed
from vouchers.bank.models import BankLine, LineEnding
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import recorded
from vouchers.bank.services import small_sums
from vouchers.bank.services.line_moves import BANK_LINE, settle
from vouchers.bank.states import OPEN_LINES, ExceptionKind, Resolution
from vouchers.books.models import BankAccount, Fund, LedgerEntry
from vouchers.books.queries import opening
from vouchers.books.services import funds
from vouchers.books.services.balances import owed_by
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import UNDONE_BY, PostingEvent
from vouchers.books.states import SourceType
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services import payment_news, rails
from vouchers.payments.services.returns import is_whole, return_order, undo_return
from vouchers.payments.states import OrderState

other_sides = Poll[[Session, UUID], str](
    "what of a payment service is matched with a line of the bank, in words"
)


def mark_fee(session: Session, line: BankLine, *, actor: Actor, now: datetime) -> None:
    """Post what the bank took for itself.

    One person alone posts so much of an account in a month; beyond that, or for whoever does not
    prepare payments, somebody else has written down before what the line is.
    """
    permissions.demand(actor, BankPermission.FEE, line)
    lock_open(session, line)
    if line.amount_minor >= 0:
        raise Invalid(N_("A fee leaves the account; this line came in."))
    judged_by = post_fee(session, line, -line.amount, actor=actor, now=now)
    settle(session, line, Resolution.FEE, actor=actor, now=now, data=judged_by)


def post_fee(
    session: Session, line: BankLine, taken: Money, *, actor: Actor, now: datetime
) -> dict[str, Any] | None:
    """Post a fee that is a line or stands inside of one; return the rule that let it pass."""
    permissions.demand(actor, BankPermission.FEE, line)
    judged_by = small_sums.judged_fee(session, line, taken, actor=actor, now=now)
    _end(session, line, Resolution.FEE, -taken, rails.fee_in(line.currency), actor=actor, now=now)
    return judged_by


def mark_written_off(
    session: Session, line: BankLine, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Write off what left the account and nobody can explain; limited as fees are."""
    permissions.demand(actor, BankPermission.WRITE_OFF, line)
    lock_open(session, line)
    if line.amount_minor >= 0:
        raise Invalid(
            N_("Only what left the account is written off. What came in belongs to somebody.")
        )
    if not reason.strip():
        raise Invalid(N_("Write why it is written off."), code="note", field="note")
    kind, event = Resolution.WRITTEN_OFF, PostingEvent.LINE_WRITTEN_OFF
    judged_by = small_sums.judged_write_off(session, line, actor=actor, now=now)
    _end(session, line, kind, line.amount, event, actor=actor, now=now)
    data = {**(judged_by or {}), "why": reason.strip()[:500]}
    settle(session, line, kind, actor=actor, now=now, data=data)


def mark_grant(
    session: Session,
    line: BankLine,
    *,
    actor: Actor,
    fund: Fund,
    fee: Money | None = None,
    now: datetime,
) -> None:
    """Record that a donor's money arrived for a fund; of it the bank may have kept a `fee`."""
    lock_open(session, line, actor)
    if line.amount_minor <= 0:
        raise Invalid(N_("A grant comes in; this line left the account."))
    judged_by = post_fee(session, line, fee, actor=actor, now=now) if fee else None
    kind, sent = Resolution.GRANT, line.amount + (fee or Money.zero(line.currency))
    ending = _end(session, line, kind, sent, None, fund_id=fund.id, actor=actor, now=now)
    account = session.get_one(BankAccount, line.bank_account_id)
    funds.record_grant(
        session, fund, actor=actor, account=account, amount=sent, key=ending.id, now=now
    )
    posted = select(LedgerEntry.id).where(LedgerEntry.key == f"grant|{ending.id}|0")
    ending.event, ending.entry_id = PostingEvent.GRANT_RECEIVED, session.scalars(posted).one()
    settle(session, line, kind, actor=actor, now=now, data=judged_by)


def mark_repaid(
    session: Session, line: BankLine, *, actor: Actor, provider: Provider, now: datetime
) -> None:
    """A provider paid back what it owed; more than it owes is refused."""
    lock_open(session, line, actor)
    session.execute(by_key(Provider, Provider.id == provider.id))
    owed = owed_by(session, provider.id, line.currency)
    if line.amount_minor <= 0 or line.amount > owed:
        raise Invalid(
            N_("%(name)s does not owe this much: it owes %(owed)s."), name=provider.name, owed=owed
        )
    kind, event = Resolution.REPAID, PostingEvent.REPAID
    _end(session, line, kind, line.amount, event, provider_id=provider.id, actor=actor, now=now)
    settle(session, line, kind, actor=actor, now=now)


def mark_paid_twice(
    session: Session, line: BankLine, *, actor: Actor, order: PaymentOrder, now: datetime
) -> None:
    """The bank paid an order a second time: its payee owes that, and is told.

    What it does not pay back is set off against its next payment.
    """
    lock_open(session, line, actor)
    fits = line.currency == order.currency and order.state == OrderState.SETTLED
    if line.amount_minor >= 0 or not fits or order.payee_service_account:
        raise Invalid(N_("Choose the payment that the bank made twice."), code="order")
    session.execute(by_key(Provider, Provider.id == order.provider_id))
    kind, event = Resolution.PAID_TWICE, PostingEvent.PAID_TWICE
    ending = _end(
        session,
        line,
        kind,
        line.amount,
        event,
        provider_id=order.provider_id,
        payment_order_id=order.id,
        actor=actor,
        now=now,
    )
    line.kind = ExceptionKind.DUPLICATE_PAYMENT
    settle(session, line, kind, actor=actor, now=now, data={"order": order.reference})
    payment_news.paid_twice(session, order, -line.amount, ending.id, now=now)


def mark_returned(
    session: Session, line: BankLine, *, actor: Actor, order: PaymentOrder, now: datetime
) -> None:
    """A settled order came back by this line; what is missing are the bank's charges."""
    lock_open(session, line, actor)
    foreign = line.currency != order.currency or order.payee_service_account
    if foreign or not _is_whole(order, line, local_day(now)):
        raise Invalid(N_("This line cannot be that order coming back: the sums do not fit."))
    return_order(
        session,
        order,
        actor=actor,
        received=line.amount,
        charges=order.amount - line.amount,
        reason=line.return_reason or "RRTN",
        now=now,
    )
    line.kind = ExceptionKind.RETURN
    end_returned(session, line, {order.id: line.amount}, actor=actor, now=now)


def end_returned(
    session: Session, line: BankLine, received: Mapping[UUID, Money], *, actor: Actor, now: datetime
) -> None:
    """Say that a line was these orders coming back, which was posted; and what came of each."""
    kind = Resolution.RETURNED
    for order_id, amount in received.items():
        _end(session, line, kind, amount, None, payment_order_id=order_id, actor=actor, now=now)
    settle(session, line, kind, actor=actor, now=now)


def _is_whole(order: PaymentOrder, line: BankLine, today: date) -> bool:
    return is_whole(order.amount, line.amount, order.amount - line.amount, on=today)


def mark_moved(session: Session, line: BankLine, *, actor: Actor, now: datetime) -> None:
    """Post what went to our balance at a payment service, or came from there."""
    lock_open(session, line, actor)
    service = rails.service_in(line.currency)
    if service is None:
        raise Invalid(N_("No payment service of ours has a balance in this currency."))
    event = service.topped_up if line.amount_minor < 0 else service.drawn
    _end(session, line, Resolution.SERVICE, line.amount, event, actor=actor, now=now)
    settle(session, line, Resolution.SERVICE, actor=actor, now=now)


def mark_interest(session: Session, line: BankLine, *, actor: Actor, now: datetime) -> None:
    """Post what the bank paid us for keeping our money."""
    lock_open(session, line, actor)
    if line.amount_minor <= 0:
        raise Invalid(N_("Interest comes in; this line left the account."))
    event = PostingEvent.INTEREST_RECEIVED
    _end(session, line, Resolution.INTEREST, line.amount, event, actor=actor, now=now)
    settle(session, line, Resolution.INTEREST, actor=actor, now=now)


def mark_others(session: Session, line: BankLine, *, actor: Actor, now: datetime) -> None:
    """Post a line of an account that others use too: it is held for them, or was theirs."""
    lock_open(session, line, actor)
    came_in = line.amount_minor > 0
    event = PostingEvent.RECEIVED_FOR_OTHERS if came_in else PostingEvent.PAID_FOR_OTHERS
    _end(session, line, Resolution.OTHERS, line.amount, event, actor=actor, now=now)
    settle(session, line, Resolution.OTHERS, actor=actor, now=now)


def mark_recorded(
    session: Session, line: BankLine, *, actor: Actor, entry_id: UUID, now: datetime
) -> None:
    """Tie a line to a grant or an exchange that a person recorded before the statement came.

    Nothing is posted: the books know it already. An entry explains one line.
    """
    lock_open(session, line, actor)
    lock(session, session.get_one(BankAccount, line.bank_account_id))
    if entry_id not in {found.id for found in recorded.fitting(session, line)}:
        raise Conflict(
            N_("This entry is not of that sum and account, or explains another line by now."),
            code="entry",
        )
    kind = Resolution.RECORDED
    _end(session, line, kind, line.amount, None, entry_id=entry_id, actor=actor, now=now)
    settle(session, line, kind, actor=actor, now=now)


def mark_before_books(session: Session, line: BankLine, *, actor: Actor, now: datetime) -> None:
    """Say that a line is within what the books began with: nothing is posted."""
    lock_open(session, line, actor)
    if not is_before_books(session, line):
        raise Invalid(
            N_("The books did not begin with a balance of this account after that day."),
            code="opening",
        )
    _end(session, line, Resolution.BEFORE_BOOKS, line.amount, None, actor=actor, now=now)
    settle(session, line, Resolution.BEFORE_BOOKS, actor=actor, now=now)


def is_before_books(session: Session, line: BankLine) -> bool:
    """Whether the balance that its account began with counts a line already."""
    begun = opening.in_force(session)
    if begun is None or not begun.in_use or line.booked_on > begun.as_of:
        return False
    kept = begun.content.get("accounts", [])
    return str(line.bank_account_id) in {one["id"] for one in kept}


def undo_ending(
    session: Session, line: BankLine, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Take back what a line was said to be: what it posted is posted the other way round.

    Raises Conflict where something stands on it since, and says what.
    """
    lock(session, line)
    BANK_LINE.fire(session, line, "undo_end", actor=actor, now=now, reason=reason)
    alive = locked(session, line)
    undo_endings(session, line, alive, actor=actor, reason=reason, now=now)
    line.resolution, line.resolved_by, line.resolved_at = None, None, None
    unknown = ExceptionKind.UNKNOWN_CREDIT if line.amount_minor > 0 else ExceptionKind.UNKNOWN_DEBIT
    line.owner_id, line.kind = actor.id, line.kind or unknown
    session.flush()


def locked(session: Session, line: BankLine) -> list[LineEnding]:
    """Return the endings of a line that live, locked."""
    alive = select(LineEnding).where(
        LineEnding.bank_line_id == line.id, LineEnding.undone_at.is_(None)
    )
    return lock_all(session, session.scalars(alive))


def undo_endings(
    session: Session,
    line: BankLine,
    alive: Iterable[LineEnding],
    *,
    actor: Actor,
    reason: str,
    now: datetime,
) -> None:
    """Take back endings of a line, which are locked."""
    for side in other_sides(session, line.id):
        raise Conflict(
            N_("The other side of this line is matched: %(side)s. Undo that first."),
            code="other_side",
            side=side,
        )
    for ending in alive:
        _take_back(session, line, ending, actor=actor, reason=reason, now=now)
        ending.undone_by, ending.undone_at = actor.id, now
        ending.undone_reason = reason.strip()[:500]
    session.flush()


def _take_back(
    session: Session,
    line: BankLine,
    ending: LineEnding,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
) -> None:
    if ending.kind is Resolution.RETURNED:
        if ending.payment_order_id is None:
            raise Conflict(
                N_("Which payment came back is not kept of a return of so long ago: it stays."),
                code="order",
            )
        order = session.get_one(PaymentOrder, ending.payment_order_id)
        undo_return(session, order, actor=actor, reason=reason, now=now)
    elif ending.kind is Resolution.GRANT and ending.fund_id:
        fund = session.get_one(Fund, ending.fund_id)
        funds.undo_grant(session, fund, actor=actor, amount=ending.amount, key=ending.id, now=now)
    elif ending.event is not None:
        if ending.kind is Resolution.PAID_TWICE and ending.provider_id:
            _refuse_less_owed(session, ending.provider_id, -ending.amount)
        event, key = UNDONE_BY[ending.event], f"{ending.event}|{ending.id}|undone"
        _post(session, line, ending, event, key, actor=actor, now=now)


def _refuse_less_owed(session: Session, provider_id: UUID, amount: Money) -> None:
    session.execute(by_key(Provider, Provider.id == provider_id))
    owed = owed_by(session, provider_id, amount.currency)
    if amount > owed:
        raise Conflict(
            N_("The provider paid it back meanwhile, or it was set off: it stays as it is."),
            code="provider",
        )


def lock_open(session: Session, line: BankLine, actor: Actor | None = None) -> None:
    """Lock a line; raise Conflict when it has ended."""
    if actor is not None:
        permissions.demand(actor, BankPermission.RESOLVE, line)
    lock(session, line)
    if line.state not in OPEN_LINES:
        raise Conflict(N_("Somebody has settled this line already."), code="line")


def _end(
    session: Session,
    line: BankLine,
    kind: Resolution,
    amount: Money,
    event: PostingEvent | None,
    *,
    fund_id: UUID | None = None,
    provider_id: UUID | None = None,
    payment_order_id: UUID | None = None,
    entry_id: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> LineEnding:
    ending = LineEnding(
        id=new_id(),
        bank_line_id=line.id,
        kind=kind,
        event=event,
        amount=amount,
        fund_id=fund_id,
        provider_id=provider_id,
        payment_order_id=payment_order_id,
        entry_id=entry_id,
        **signed("said_by", actor),
        said_at=now,
    )
    session.add(ending)
    session.flush()
    if event is not None:
        _post(session, line, ending, event, _key(ending), actor=actor, now=now)
    return ending


def _key(ending: LineEnding) -> str:
    """Return the key of what an ending posts; three begin as those of before it had a row."""
    if ending.kind is Resolution.FEE:
        return f"fee|{ending.id}"
    if ending.kind is Resolution.REPAID:
        return f"repaid|{ending.id}"
    if ending.kind is Resolution.SERVICE:
        return f"moved|{ending.id}"
    return f"{ending.event}|{ending.id}"


def _post(
    session: Session,
    line: BankLine,
    ending: LineEnding,
    event: PostingEvent,
    key: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    size = ending.amount if ending.amount_minor > 0 else -ending.amount
    about = Dimensions(fund_id=ending.fund_id, provider_id=ending.provider_id)
    source = Source(SourceType.BANK_LINE, line.id)
    posting = Posting(event, size, key, source, about)
    post(session, posting, actor=actor, now=now)
