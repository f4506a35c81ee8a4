"""Reading the bank's side: lines, what was matched, and whether books and bank agree."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload, lazyload

from reintegration.accounts.models import Organisation, User, UserRole
from reintegration.codelists.currencies import HOME
from reintegration.kernel import amounts, bounded, permissions
from reintegration.kernel.actor import FINANCE_ROLES, Actor
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.errors import DomainError, or_404
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.search import is_called
from reintegration.web.paging import Page, page_of
from vouchers.bank.models import BankLine, BankMatch, BankStatementFile, LineEnding
from vouchers.bank.permissions import BankPermission
from vouchers.bank.states import OPEN_LINES, BankLineState, ExceptionKind
from vouchers.books.models import LEDGER_TOTAL, BankAccount, Fund
from vouchers.books.states import Account
from vouchers.payments.models import PaymentOrder
from vouchers.payments.services.settlement import Matches
from vouchers.payments.states import OrderState

_total = LEDGER_TOTAL.c

KNOWN = or_(
    BankAccount.approved_at.is_not(None),
    select(literal(True))
    .where(BankStatementFile.bank_account_id == BankAccount.id)
    .limit(1)
    .scalar_subquery(),
)
"""An account that is or was in use: its last statements come after it was stopped.

It looks for one statement; `EXISTS` after OR would read all of them.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above the list."""

    by_themselves: int
    look: Count
    returned: Count
    matched: Count
    settled: Money


@dataclass(frozen=True, slots=True)
class Proof:
    """Books against bank, in one currency: `difference` is zero or somebody must look.

    `ledger` is account 1110; `bank` the closing balances of the latest statements; `open_lines`
    what the bank booked and the books do not know yet. `bank` is None where no statement was
    imported, or a latest one says no balance: then nothing is compared, and `silent` names the
    accounts of those.
    """

    ledger: Money
    bank: Money | None
    open_lines: Money
    until: date | None
    silent: Sequence[str] = ()

    @property
    def difference(self) -> Money | None:
        """Return what cannot be explained."""
        return None if self.bank is None else self.bank - self.open_lines - self.ledger


def line_or_404(session: Session, actor: Actor, line_id: UUID) -> BankLine:
    """Return a line or raise NotFound."""
    return or_404(session.scalar(_visible(actor).where(BankLine.id == line_id)))


def lines_page(
    session: Session,
    actor: Actor,
    *,
    account: BankAccount | None,
    show: str,
    today: date,
    search: str = "",
    cursor: str | None = None,
    size: int = 25,
) -> Page[BankLine]:
    """Return a page of lines, the latest booked first; `show` is one of `_SHOWN`, mine, due or all.

    Without an account: what is to look at, of every account.
    """
    statement = _visible(actor)
    if show in _OWN:
        statement = statement.where(*_of(actor, due_by=today if show == "due" else None))
    elif account is None:
        statement = statement.where(_SHOWN["look"])
    if account is not None:
        statement = statement.where(
            BankLine.bank_account_id == account.id, _SHOWN.get(show, true())
        )
    if account is not None and search.strip():
        statement = statement.where(_is_sought(search.strip(), account.currency))
    return page_of(
        session, statement, keys=(BankLine.booked_on, BankLine.id), cursor=cursor, size=size
    )


def _visible(actor: Actor) -> Select[BankLine]:
    return permissions.visible(actor, BankLine, BankPermission.LIST)


_RETURNED = BankLine.kind == ExceptionKind.RETURN
_SHOWN: dict[str, ColumnElement[bool]] = {
    "look": BankLine.state.in_(OPEN_LINES),
    "matched": and_(
        BankLine.state.in_([BankLineState.MATCHED, BankLineState.RESOLVED]), ~_RETURNED
    ),
    "returned": _RETURNED,
}


_OWN = ("mine", "due")


def _of(actor: Actor, *, due_by: date | None) -> list[ColumnElement[bool]]:
    """Return what holds of the open lines of a person, or of those whose next step is due."""
    own = [_SHOWN["look"], BankLine.owner_id == actor.id]
    return own if due_by is None else [*own, BankLine.next_on <= due_by]


def _is_sought(search: str, currency: str) -> ColumnElement[bool]:
    found = is_called(BankLine, search)
    try:
        minor = amounts.typed(search, currency).minor
    except DomainError:
        return found
    return or_(found, BankLine.amount_minor.in_((minor, -minor)))


def figures(session: Session, account: BankAccount, month: date) -> Figures:
    """Return the figures of an account; what is settled counts from the first of `month`."""
    since = month.replace(day=1)
    lines = select(BankLine).where(BankLine.bank_account_id == account.id)
    shown = bounded.count_each(session, {key: lines.where(_SHOWN[key]) for key in _SHOWN})
    matched = session.execute(
        select(
            func.count().filter(BankMatch.automatic).label("automatic"),
            InMoney("settled", func.sum(BankMatch.amount_minor), literal(account.currency)),
        )
        .join(BankLine, BankLine.id == BankMatch.bank_line_id)
        .where(
            BankLine.bank_account_id == account.id,
            BankLine.booked_on >= since,
            BankMatch.undone_at.is_(None),
        )
    ).one()
    return Figures(
        by_themselves=matched.automatic,
        look=shown["look"],
        returned=shown["returned"],
        matched=shown["matched"],
        settled=matched.settled,
    )


def look_count(session: Session) -> Count:
    """Return how many lines somebody has to look at."""
    return bounded.count(session, select(BankLine).where(_SHOWN["look"]))


def look_counts(session: Session, accounts: Iterable[BankAccount]) -> dict[UUID, Count]:
    """Return how many of them each of some accounts has."""
    look = select(BankLine).where(_SHOWN["look"])
    each = {one.id: look.where(BankLine.bank_account_id == one.id) for one in accounts}
    return bounded.count_each(session, each)


def due_pile(session: Session, actor: Actor, today: date) -> Pile:
    """Return the open lines of a person whose next step is due today or was before."""
    worth = func.abs(BankLine.amount_minor), BankLine.currency
    due = select(BankLine).where(*_of(actor, due_by=today))
    return bounded.pile(session, due, since=BankLine.next_on, worth=worth)


def look_pile(session: Session) -> Pile:
    """Return the lines that somebody has to look at: how many, since when, of how much."""
    worth = func.abs(BankLine.amount_minor), BankLine.currency
    looked_at = select(BankLine).where(_SHOWN["look"])
    return bounded.pile(session, looked_at, since=BankLine.booked_on, worth=worth)


def paid_by_day(session: Session, currency: str, first: date, last: date) -> dict[date, int]:
    """Return what left our accounts on each of these days, in minor units."""
    paid = BankLine.amount_minor < 0, BankLine.currency == currency
    rows = session.execute(
        select(BankLine.booked_on, func.sum(-BankLine.amount_minor))
        .where(BankLine.booked_on.between(first, last), *paid)
        .group_by(BankLine.booked_on)
    )
    return {day: int(minor) for day, minor in rows}


def proof(session: Session, currency: str) -> Proof:
    """Return books against bank for a currency."""
    booked = func.sum(_total.debit_minor - _total.credit_minor)
    ledger = session.scalars(
        select(InMoney("ledger", booked, literal(currency))).where(
            _total.account == Account.BANK, _total.currency == currency
        )
    ).one()
    latest = session.execute(latest_balances(currency)).all()
    silent = [row.name for row in latest if not row.says_balance]
    compared = bool(latest) and not silent
    waiting = session.scalars(
        select(InMoney("waiting", func.sum(BankLine.amount_minor), literal(currency))).where(
            BankLine.currency == currency, BankLine.state.in_(OPEN_LINES)
        )
    ).one()
    return Proof(
        ledger=ledger,
        bank=total((row.closing for row in latest), currency) if compared else None,
        open_lines=waiting,
        until=max((row.until_on for row in latest if row.until_on), default=None),
        silent=silent,
    )


def latest_balances(currency: str) -> Select[str, Money, date | None, bool]:
    """Return what the latest statement of each account in a currency closes with, and its day.

    One that says no balance is among them: an older balance cannot be compared with the books.
    """
    each = (
        _latest_first(select(BankStatementFile))
        .where(BankStatementFile.bank_account_id == BankAccount.id)
        .limit(1)
        .correlate(BankAccount)
        .lateral()
    )
    return (
        select(
            BankAccount.name,
            InMoney("closing", each.c.closing_minor, each.c.currency),
            each.c.until_on,
            each.c.closing_minor.is_not(None).label("says_balance"),
        )
        .select_from(BankAccount)
        .join(each, literal(True))
        .where(BankAccount.currency == currency)
    )


def _latest_first(statements: Select[BankStatementFile]) -> Select[BankStatementFile]:
    """Return statements as the bank gave them, the latest first; an index has them so."""
    newest = BankStatementFile.until_on, BankStatementFile.imported_at, BankStatementFile.position
    return statements.order_by(*(column.desc().nulls_last() for column in newest))


def accounts(session: Session) -> Sequence[BankAccount]:
    """Return our accounts that the bank's statements are read for: in use first, MDL first."""
    return session.scalars(
        select(BankAccount)
        .where(KNOWN)
        .order_by(
            BankAccount.retired_at.is_not(None),
            BankAccount.currency != HOME,
            BankAccount.currency,
            BankAccount.name,
        )
    ).all()


def orders(session: Session, order_ids: Sequence[UUID]) -> list[PaymentOrder]:
    """Return orders with their batches."""
    return list(
        session.scalars(
            select(PaymentOrder)
            .where(PaymentOrder.id.in_(order_ids))
            .options(joinedload(PaymentOrder.batch))
            .order_by(PaymentOrder.reference)
        )
    )


def open_orders(
    session: Session, line: BankLine, search: str = "", limit: int = 12
) -> list[PaymentOrder]:
    """Return orders under way that a line may pay, those nearest to its amount first."""
    statement = select(PaymentOrder).where(
        PaymentOrder.currency == line.currency,
        PaymentOrder.state == OrderState.RELEASED,
        PaymentOrder.payee_service_account == "",
    )
    if search.strip():
        statement = statement.where(is_called(PaymentOrder, search))
    distance = func.abs(PaymentOrder.amount_minor + line.amount_minor)
    return list(
        session.scalars(
            select(PaymentOrder)
            .where(PaymentOrder.id.in_(_nearest(statement, -line.amount_minor, limit)))
            .options(joinedload(PaymentOrder.batch))
            .order_by(distance, PaymentOrder.reference)
            .limit(limit)
        )
    )


def _nearest(statement: Select[PaymentOrder], minor: int, limit: int) -> Select[UUID]:
    """Return the ids of the orders next above and next below a sum, as an index has them."""
    amount, ids = PaymentOrder.amount_minor, statement.with_only_columns(PaymentOrder.id)
    above = ids.where(amount >= minor).order_by(amount, PaymentOrder.id).limit(limit)
    below = ids.where(amount < minor).order_by(amount.desc(), PaymentOrder.id.desc()).limit(limit)
    both = union_all(select(above.subquery()), select(below.subquery())).subquery()
    return select(both.c.id)


def matches_of(session: Session, line: BankLine) -> Sequence[BankMatch]:
    """Return the matches of a line, undone ones too, the newest first."""
    return session.scalars(
        select(BankMatch)
        .where(BankMatch.bank_line_id == line.id)
        .options(joinedload(BankMatch.order).joinedload(PaymentOrder.batch))
        .order_by(BankMatch.matched_at.desc())
    ).all()


def endings_of(session: Session, line: BankLine) -> Sequence[LineEnding]:
    """Return the endings of a line, undone ones too, the newest first."""
    return session.scalars(
        select(LineEnding)
        .where(LineEnding.bank_line_id == line.id)
        .order_by(LineEnding.said_at.desc(), LineEnding.id)
    ).all()


def about_of(session: Session, endings: Sequence[LineEnding]) -> dict[UUID, str]:
    """Return what each ending is about: its order, its fund or its provider, by the ending."""
    paid = orders(session, [one.payment_order_id for one in endings if one.payment_order_id])
    names = {order.id: f"{order.reference}, {order.payee_name}" for order in paid}
    for model in (Fund, Organisation):
        keys = [key for one in endings for key in (one.fund_id, one.provider_id) if key]
        names |= dict(session.execute(select(model.id, model.name).where(model.id.in_(keys))).all())
    return {
        one.id: names.get(one.payment_order_id or one.fund_id or one.provider_id or one.id, "")
        for one in endings
    }


def paid_orders(
    session: Session, line: BankLine, search: str = "", limit: int = 8
) -> list[PaymentOrder]:
    """Return settled orders of a line's currency, however old, nearest to its amount first."""
    statement = select(PaymentOrder).where(
        PaymentOrder.currency == line.currency,
        PaymentOrder.state == OrderState.SETTLED,
        PaymentOrder.payee_service_account == "",
    )
    if search.strip():
        statement = statement.where(is_called(PaymentOrder, search))
    minor = abs(line.amount_minor)
    distance = func.abs(PaymentOrder.amount_minor - minor)
    return list(
        session.scalars(
            select(PaymentOrder)
            .where(PaymentOrder.id.in_(_nearest(statement, minor, limit)))
            .options(joinedload(PaymentOrder.batch))
            .order_by(distance, PaymentOrder.settled_on.desc(), PaymentOrder.reference)
            .limit(limit)
        )
    )


def statements(session: Session, account: BankAccount, limit: int = 12) -> list[BankStatementFile]:
    """Return the latest statements of an account."""
    return list(
        session.scalars(
            _latest_first(select(BankStatementFile))
            .where(BankStatementFile.bank_account_id == account.id)
            .options(lazyload(BankStatementFile.account))
            .limit(limit)
        )
    )


def finance_people(session: Session) -> list[tuple[UUID, str]]:
    """Return who may find out about a line."""
    rows = session.execute(
        select(User.id, User.name)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role.in_(FINANCE_ROLES), User.disabled_at.is_(None))
        .distinct()
        .order_by(User.name)
    )
    return [(key, name) for key, name in rows]


def provider_names_that_owe(session: Session, currency: str) -> dict[UUID, str]:
    """Return the providers whose account 1300 is above zero, with their names."""
    owing = (
        select(_total.provider_id)
        .where(_total.account == Account.PROVIDER_RECEIVABLE, _total.currency == currency)
        .group_by(_total.provider_id)
        .having(func.sum(_total.debit_minor - _total.credit_minor) > 0)
    )
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(owing))
        .order_by(Organisation.name)
    )
    return dict(rows.all())


def matches_so_far(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, Matches]:
    """Return how often each order was matched, and how often that was undone."""
    undone = func.count().filter(BankMatch.undone_at.is_not(None))
    rows = session.execute(
        select(BankMatch.payment_order_id, func.count(), undone)
        .where(BankMatch.payment_order_id == func.any(literal(list(order_ids), ARRAY(Uuid))))
        .group_by(BankMatch.payment_order_id)
    )
    return {order_id: Matches(made, taken_back) for order_id, made, taken_back in rows}


def references_of(session: Session, line_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the bank's own references of lines, by their ids."""
    rows = session.execute(
        select(BankLine.id, BankLine.bank_reference).where(BankLine.id.in_(line_ids))
    )
    return dict(rows.all())
