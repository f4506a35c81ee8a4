"""Reading the Stripe balance: its lines, and whether books and Stripe agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, true
from sqlalchemy.orm import Session

from reintegration.kernel import bounded, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import or_404
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import InMoney
from reintegration.web.paging import Page, page_of
from vouchers.bank.models import BankLine
from vouchers.bank.states import Resolution
from vouchers.books.models import LEDGER_TOTAL
from vouchers.books.states import Account
from vouchers.payments.models import PaymentOrder
from vouchers.stripe_rail.models import StripeBalance, StripeLine, StripeReversal, StripeTransfer
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.states import LineState, ReversalState

_total = LEDGER_TOTAL.c
_SHOWN: dict[str, ColumnElement[bool]] = {"open": StripeLine.state == LineState.OPEN, "all": true()}


@dataclass(frozen=True, slots=True)
class Proof:
    """Books against Stripe, in one currency.

    `books` is account 1120; `stripe` what Stripe said at `said_at`, None before it was asked.
    `open_lines` is what lines changed there that the books lack, `no_line_yet` what the books
    posted and no line has proved yet. `is_whole` is False while lines are missing.
    """

    books: Money
    stripe: Money | None
    said_at: datetime | None
    is_whole: bool
    open_lines: Money
    no_line_yet: Money

    @property
    def difference(self) -> Money | None:
        """Return what nothing explains: zero, or somebody must look."""
        if self.stripe is None:
            return None
        return self.books - self.no_line_yet + self.open_lines - self.stripe


def proof(session: Session, currency: str) -> Proof:
    """Return the proof of a currency."""
    said = session.get(StripeBalance, currency)
    return Proof(
        books=_books(session, currency),
        stripe=said.said if said else None,
        said_at=said.said_at if said else None,
        is_whole=said is None or said.is_whole,
        open_lines=_open_lines(session, currency),
        no_line_yet=_no_line_yet(session, currency),
    )


def asked_at(session: Session, currency: str) -> datetime | None:
    """Return when Stripe said last what we have, or None before; who asks sees no sum by it."""
    with acting_as_system(session):
        return session.scalar(
            select(StripeBalance.said_at).where(StripeBalance.currency == currency)
        )


def _books(session: Session, currency: str) -> Money:
    minor = func.sum(_total.debit_minor - _total.credit_minor)
    return _summed(
        session,
        select(InMoney("books", minor, literal(currency))).where(
            _total.account == Account.STRIPE_BALANCE, _total.currency == currency
        ),
    )


def _open_lines(session: Session, currency: str) -> Money:
    lacks = StripeLine.net_minor + func.greatest(StripeLine.fee_minor, 0)
    return _summed(
        session,
        select(InMoney("open", func.sum(lacks), literal(currency))).where(
            StripeLine.state == LineState.OPEN, StripeLine.currency == currency
        ),
    )


def _no_line_yet(session: Session, currency: str) -> Money:
    """Return what was posted of transfers, reversals and the bank, and has no line yet."""
    proved = StripeLine.state != LineState.OPEN
    of_transfer = and_(
        proved, StripeLine.order_id == StripeTransfer.order_id, StripeLine.reversal_id.is_(None)
    )
    of_reversal = and_(proved, StripeLine.reversal_id == StripeReversal.id)
    of_bank_line = and_(proved, StripeLine.bank_line_id == BankLine.id)
    sent = select(InMoney("sent", -func.sum(StripeTransfer.amount_minor), literal(currency))).where(
        StripeTransfer.currency == currency, ~_exists(of_transfer)
    )
    back = select(InMoney("back", func.sum(StripeReversal.amount_minor), literal(currency))).where(
        StripeReversal.currency == currency,
        StripeReversal.state == ReversalState.DONE,
        StripeReversal.problem == "",
        ~_exists(of_reversal),
    )
    moved = select(InMoney("moved", -func.sum(BankLine.amount_minor), literal(currency))).where(
        BankLine.currency == currency,
        BankLine.resolution == Resolution.SERVICE,
        ~_exists(of_bank_line),
    )
    return _summed(session, sent) + _summed(session, back) + _summed(session, moved)


def _exists(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(StripeLine.id).where(condition).exists()


def _summed(session: Session, statement: Select[Money]) -> Money:
    return session.scalars(statement).one()


def lines_page(
    session: Session, actor: Actor, *, show: str, cursor: str | None
) -> Page[StripeLine]:
    """Return a page of lines, the newest first; `show` is open or all."""
    keys = (StripeLine.made_at, StripeLine.id)
    return page_of(session, _visible(actor).where(_SHOWN[show]), keys=keys, cursor=cursor)


def line_or_404(session: Session, actor: Actor, line_id: UUID) -> StripeLine:
    """Return a line or raise NotFound."""
    return or_404(session.scalar(_visible(actor).where(StripeLine.id == line_id)))


def open_pile(session: Session, actor: Actor) -> Pile:
    """Return the lines that somebody has to clear."""
    statement = _visible(actor).where(_SHOWN["open"])
    return bounded.pile(session, statement, since=StripeLine.made_at)


def to_post_pile(session: Session, actor: Actor) -> Pile:
    """Return the lines of which somebody wrote down what they are: an approver posts them."""
    statement = permissions.visible(actor, StripeLine, StripePermission.POST_CHARGE)
    return bounded.pile(session, statement.where(_SHOWN["open"]), since=StripeLine.made_at)


def orders_of(session: Session, lines: Sequence[StripeLine]) -> dict[UUID, str]:
    """Return the numbers of the orders that lines are of."""
    keys = {one.order_id for one in lines if one.order_id}
    rows = session.execute(
        select(PaymentOrder.id, PaymentOrder.reference).where(PaymentOrder.id.in_(keys))
    )
    return dict(rows.all())


def _visible(actor: Actor) -> Select[StripeLine]:
    return permissions.visible(actor, StripeLine, StripePermission.VIEW)


def other_side(session: Session, bank_line_id: UUID) -> list[str]:
    """Return the line of the Stripe balance that is matched with a line of the bank, in words."""
    references = select(StripeLine.reference).where(StripeLine.bank_line_id == bank_line_id)
    return [f"Stripe {reference}" for reference in session.scalars(references)]
