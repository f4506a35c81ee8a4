"""Payment batches: one person prepares, another approves, a third releases.

Ids that the bank returns are random and stored before any file is made; the file is made once,
at release. A payment service gets no file: at release a message for each order is put into the
outbox. What a payee owes is set off at release, and what is left is paid.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, lazyload, selectinload

from providers.directory.models import Provider
from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel import outbox, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import stood
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import ALPHABET, new_id, new_reference
from reintegration.kernel.locking import by_key, lock, lock_all
from reintegration.kernel.money import Money, total
from reintegration.kernel.money_columns import InMoney
from reintegration.kernel.signing import sign, signed
from vouchers.books.models import BankAccount
from vouchers.books.services import bank_accounts
from vouchers.books.services.balances import provider_balances
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.payments.models import Claim, ClaimLine, PaymentBatch, PaymentOrder
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.permissions import PaymentPermission
from vouchers.payments.services import payment_files, payment_news, rails, release_limit
from vouchers.payments.services.payment_moves import BATCH, CLAIM, ORDER
from vouchers.payments.states import (
    RELEASE_BY_PREPARER_BELOW,
    RELEASED_TOGETHER,
    BatchState,
    ClaimState,
    OrderState,
    Rail,
)
from vouchers.voucher.models import Redemption

GENERIC_WORD = "servicii"
"""All that a bank line says beside the reference."""
_LONGEST_AHEAD = 60
CHANGED = N_("The account of %(name)s has changed. Cancel this batch and prepare it anew.")
HELD = N_("%(name)s is paid at its new account from %(day)s on. Leave it out until then.")


def prepare(
    session: Session,
    *,
    actor: Actor,
    claim_ids: Collection[UUID],
    paid_from: BankAccount | Rail,
    execution_on: date,
    now: datetime,
) -> PaymentBatch:
    """Make a batch of checked claims, one order for each payee.

    It is `paid_from` an account of ours, or from our balance at the payment service of a rail.
    Raises Conflict when a claim is no longer checked or a payee has no approved account there.
    """
    permissions.demand(actor, PaymentPermission.PREPARE)
    bank_account = paid_from if isinstance(paid_from, BankAccount) else None
    way = rails.way_for(bank_account.currency) if bank_account else rails.of(str(paid_from))
    if bank_account is None and way.service is None:
        raise Invalid(N_("Choose the account of ours that pays."), code="paid_from")
    if bank_account:
        bank_accounts.require_in_use(session, bank_account.id)
    today = local_day(now)
    if not 0 <= (execution_on - today).days <= _LONGEST_AHEAD:
        raise Invalid(
            N_("Choose a day within the next %(days)s days."),
            code="execution_on",
            field="execution_on",
            days=_LONGEST_AHEAD,
        )
    claims = _lock_claims(session, claim_ids, way.currency)
    by_provider: dict[UUID, list[Claim]] = {}
    for claim in claims:
        by_provider.setdefault(claim.provider_id, []).append(claim)
    leaves_on = today if way.service else execution_on  # a service pays at the release
    accounts = _payees(session, set(by_provider), way, leaves_on)
    owed = _owed(session, set(by_provider), way.currency)
    batch = PaymentBatch(
        id=new_id(),
        reference=new_reference("B", 6),
        message_id=new_bank_id("M"),
        bank_account_id=bank_account.id if bank_account else None,
        total=Money.zero(way.currency),
        rail=way.rail,
        execution_on=execution_on,
        **signed("prepared_by", actor),
        prepared_at=now,
    )
    batch.orders = [
        _order(accounts[provider_id], asked, owed.get(provider_id))
        for provider_id, asked in by_provider.items()
    ]
    batch.total = total((order.amount for order in batch.orders), batch.currency)
    rails.refuse_lapsed(session, batch.orders, on=batch.execution_on)
    session.add(batch)
    session.flush()
    payment_files.build(session, batch, at=now)  # what the bank would refuse is said now
    for order in batch.orders:
        for claim in by_provider[order.provider_id]:
            claim.payment_order_id = order.id
            CLAIM.fire(
                session,
                claim,
                "put_in_payment",
                actor=actor,
                now=now,
                data={"order": order.reference},
            )
    BATCH.begin(session, batch, "prepare", actor=actor, now=now, data={"total": batch.total.minor})
    message = N_("Batch %(reference)s waits for your approval.")
    _tell(session, Role.FINANCE_APPROVER, batch, "approve", now, message)
    return batch


def approve(session: Session, batch: PaymentBatch, *, actor: Actor, now: datetime) -> PaymentBatch:
    """Approve what somebody else prepared."""
    _move_on(session, batch, "approve", actor=actor, now=now)
    sign(batch, "approved_by", actor)
    batch.approved_at = now
    session.flush()
    message = N_("Batch %(reference)s is approved and waits for its release.")
    _tell(session, Role.FINANCE_RELEASER, batch, "release", now, message)
    return batch


def _move_on(
    session: Session,
    batch: PaymentBatch,
    move: str,
    *,
    actor: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Make the move, unless our account or a payee's was stopped, changed or lapsed."""
    lock_batch(session, batch)
    if batch.bank_account_id is not None:
        bank_accounts.require_in_use(session, batch.bank_account_id)
    refuse_changed_payees(session, batch)
    rails.refuse_lapsed(session, batch.orders, on=batch.execution_on)
    BATCH.fire(session, batch, move, actor=actor, now=now, data=data)


def release(session: Session, batch: PaymentBatch, *, actor: Actor, now: datetime) -> PaymentBatch:
    """Post the payments and let the orders leave; twice at once releases once.

    The bank's file is made and its bytes are stored, or a message for each order waits to be sent.
    Raises Conflict when our account was stopped, when its preparer released too much lately, or
    when a payee's account or debt has changed since the preparation.
    """
    release_limit.refuse_parts(session, batch, actor=actor, now=now)
    judged_by = stood(local_day(now), RELEASE_BY_PREPARER_BELOW, RELEASED_TOGETHER)
    _move_on(session, batch, "release", actor=actor, now=now, data=judged_by)
    sign(batch, "released_by", actor)
    batch.released_at = now
    session.flush()
    _refuse_lower_debt(session, batch)
    made = payment_files.build(session, batch, at=now)
    if made is not None:
        batch.file_name, batch.file_content = made
        batch.file_sha256 = hashlib.sha256(made[1]).hexdigest()
    for order in lock_all(session, batch.orders):
        ORDER.fire(session, order, "release", actor=actor, now=now)
    post(session, *_released(batch), actor=actor, now=now)
    _put_messages(session, batch, now=now)
    _settle_the_set_off(session, batch, actor=actor, now=now)
    return batch


def _put_messages(session: Session, batch: PaymentBatch, *, now: datetime) -> None:
    channel = rails.of(batch.rail).channel
    for order in batch.orders if channel else ():
        if order.amount:
            key, payload = f"payment_order:{order.id}:transfer", {"order": str(order.id)}
            outbox.put(session, channel=channel, key=key, payload=payload, now=now)


def cancel(
    session: Session, batch: PaymentBatch, *, actor: Actor, reason: str, now: datetime
) -> PaymentBatch:
    """Take a batch back before its release: its claims can be paid by another one."""
    lock_batch(session, batch)
    BATCH.fire(session, batch, "cancel", actor=actor, now=now, reason=reason)
    for order in lock_all(session, batch.orders):
        ORDER.fire(session, order, "cancel", actor=actor, now=now)
    take_out_claims(session, batch.orders, actor=actor, now=now)
    return batch


def take_out_claims(
    session: Session,
    orders: Iterable[PaymentOrder],
    *,
    actor: Actor,
    now: datetime,
    move: str = "take_out",
) -> Sequence[Claim]:
    """Give the claims of orders back: they are checked and wait for another payment."""
    asked = select(Claim).where(Claim.payment_order_id.in_([order.id for order in orders]))
    claims = lock_all(session, session.scalars(asked))
    references = {order.id: order.reference for order in orders}
    for claim in claims:
        data = {"order": references.get(claim.payment_order_id or claim.id, "")}
        claim.payment_order_id = None
        CLAIM.fire(session, claim, move, actor=actor, now=now, data=data)
    return claims


def lock_batch(session: Session, batch: PaymentBatch) -> None:
    """Lock a batch and read it afresh, with its orders."""
    lock(session, batch)
    session.expire(batch, ["orders"])


def close_when_done(session: Session, batch: PaymentBatch, *, actor: Actor, now: datetime) -> None:
    """Settle a batch of which no order is under way any more."""
    states = {order.state for order in batch.orders}
    if batch.state == BatchState.RELEASED and OrderState.RELEASED not in states:
        BATCH.fire(session, batch, "settle", actor=actor, now=now)


def refuse_changed_payees(session: Session, batch: PaymentBatch) -> None:
    """Raise Conflict when an account to be paid was replaced since the batch was prepared."""
    for name in changed_payees(session, batch):
        raise Conflict(CHANGED, code="payee", name=name)


def changed_payees(session: Session, batch: PaymentBatch) -> list[str]:
    """Return the payees whose account is another one than when the batch was prepared."""
    live = {
        (account.provider_id, account.place)
        for account in _live_accounts(
            session, {order.provider_id for order in batch.orders}, batch.currency
        )
    }
    return [
        order.payee_name for order in batch.orders if (order.provider_id, order.place) not in live
    ]


def new_bank_id(prefix: str) -> str:
    """Return a random id that a bank carries through: letters and digits only."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(20))


def _lock_claims(session: Session, claim_ids: Collection[UUID], currency: str) -> list[Claim]:
    """Lock claims and then their deliveries: none can be taken back while it is added up.

    Their providers come first, so that two batches do not set off the same debt.
    """
    if not claim_ids:
        raise Invalid(N_("Choose at least one claim."), code="claims")
    wanted = set(claim_ids)
    asked = session.scalars(select(Claim).where(Claim.id.in_(wanted))).all()
    _lock_providers(session, {claim.provider_id for claim in asked})
    claims = lock_all(session, asked)
    if len(claims) != len(wanted) or any(
        claim.state != ClaimState.CHECKED or claim.currency != currency for claim in claims
    ):
        raise Conflict(
            N_("One of these claims is in another batch or has changed. Look at the list again."),
            code="claims",
        )
    deliveries = select(ClaimLine.redemption_id).where(ClaimLine.claim_id.in_(wanted))
    session.execute(by_key(Redemption, Redemption.id.in_(deliveries)))
    return list(
        session.scalars(
            select(Claim)
            .where(Claim.id.in_(wanted))
            .options(selectinload(Claim.lines).options(lazyload(ClaimLine.redemption)))
            .order_by(Claim.provider_id, Claim.id)
            .execution_options(populate_existing=True)
        )
    )


def _payees(
    session: Session, provider_ids: set[UUID], way: rails.Way, on: date
) -> dict[UUID, tuple[PayeeAccount, Provider]]:
    accounts = {
        account.provider_id: account
        for account in _live_accounts(session, provider_ids, way.currency)
    }
    providers = session.scalars(select(Provider).where(Provider.id.in_(provider_ids))).all()
    for provider in providers:
        if provider.id not in accounts:
            raise Conflict(
                N_(
                    "%(name)s has no approved account in %(currency)s. Leave it out, or have one"
                    " approved first."
                ),
                code="payee",
                name=provider.name,
                currency=way.currency,
            )
        if not rails.pays(way, accounts[provider.id]):
            raise Conflict(
                N_(
                    "%(name)s is not paid this way: its account in use is elsewhere. Put its claims"
                    " into a batch of their own."
                ),
                code="payee",
                name=provider.name,
            )
        _refuse_held(accounts[provider.id], provider, on)
    return {provider.id: (accounts[provider.id], provider) for provider in providers}


def _refuse_held(account: PayeeAccount, provider: Provider, on: date) -> None:
    if account.is_held(on):
        raise Conflict(HELD, code="payee", name=provider.name, day=account.pays_from)


def _live_accounts(
    session: Session, provider_ids: set[UUID], currency: str
) -> Sequence[PayeeAccount]:
    return session.scalars(
        select(PayeeAccount).where(
            PayeeAccount.provider_id.in_(provider_ids),
            PayeeAccount.currency == currency,
            PayeeAccount.approved_at.is_not(None),
            PayeeAccount.retired_at.is_(None),
        )
    ).all()


def _order(
    payee: tuple[PayeeAccount, Provider], claims: list[Claim], owed: Money | None
) -> PaymentOrder:
    account, provider = payee
    asked = total((claim.payable for claim in claims), account.currency)
    nothing = Money.zero(account.currency)
    offset = min(max(owed or nothing, nothing), asked)
    reference = new_reference("PO", 6)
    return PaymentOrder(
        id=new_id(),
        reference=reference,
        end_to_end_id=new_bank_id("E"),
        provider_id=provider.id,
        payee_name=account.holder,
        payee_iban=account.iban,
        payee_service_account=account.service_account,
        payee_bic=account.bic,
        payee_identifier=provider.identifier,
        final_account=account.final_account,
        final_code=account.final_code,
        final_name=account.final_name,
        amount=asked - offset,
        offset=offset,
        text=f"{reference} {GENERIC_WORD}",
    )


def _lock_providers(session: Session, provider_ids: set[UUID]) -> None:
    session.execute(by_key(Provider, Provider.id.in_(provider_ids)))


def _owed(session: Session, provider_ids: set[UUID], currency: str) -> dict[UUID, Money]:
    """Return what providers, whose rows are locked, owe and no waiting batch has set off."""
    offset = InMoney("offset", func.sum(PaymentOrder.offset_minor), PaymentOrder.currency)
    rows = session.execute(
        select(PaymentOrder.provider_id, offset)
        .where(
            PaymentOrder.provider_id.in_(provider_ids),
            PaymentOrder.currency == currency,
            PaymentOrder.state == OrderState.PREPARED,
        )
        .group_by(PaymentOrder.provider_id, PaymentOrder.currency)
    )
    reserved = dict(rows.all())
    balances = provider_balances(session, provider_ids)
    return {
        key[0]: balance.receivable - reserved.get(key[0], Money.zero(currency))
        for key, balance in balances.items()
        if key[1] == currency
    }


def _refuse_lower_debt(session: Session, batch: PaymentBatch) -> None:
    """Raise Conflict when a payee has paid back meanwhile what was to be set off.

    The batch's own orders still wait, so what they set off is taken from the debt already.
    """
    offsets = {order.provider_id: order for order in batch.orders if order.offset}
    if not offsets:
        return
    _lock_providers(session, set(offsets))
    left = _owed(session, set(offsets), batch.currency)
    for provider_id, order in offsets.items():
        if provider_id in left and left[provider_id].minor < 0:
            raise Conflict(
                N_(
                    "%(name)s owes less than was to be set off. Cancel the batch and prepare it"
                    " anew."
                ),
                code="offset",
                name=order.payee_name,
            )


def _released(batch: PaymentBatch) -> Iterable[Posting]:
    for order in batch.orders:
        about = Dimensions(provider_id=order.provider_id)
        source = Source(SourceType.PAYMENT_ORDER, order.id)
        if order.offset:
            yield Posting(PostingEvent.OFFSET, order.offset, f"offset|{order.id}", source, about)
        if order.amount:
            key = f"release|{order.id}"
            yield Posting(PostingEvent.PAYMENT_RELEASED, order.amount, key, source, about)


def _settle_the_set_off(
    session: Session, batch: PaymentBatch, *, actor: Actor, now: datetime
) -> None:
    """Settle at once what is wholly set off: no bank line will come."""
    for order in batch.orders:
        if order.amount:
            continue
        ORDER.fire(session, order, "settle", actor=actor, now=now, data={"by": "offset"})
        order.settled_on = local_day(now)
        for claim in session.scalars(select(Claim).where(Claim.payment_order_id == order.id)):
            CLAIM.fire(session, claim, "pay", actor=actor, now=now)
        payment_news.paid(session, [order.id], now=now)
    close_when_done(session, batch, actor=actor, now=now)


def _tell(
    session: Session, role: Role, batch: PaymentBatch, step: str, now: datetime, message: str
) -> None:
    key, link = f"batch:{batch.id}:{step}", f"/batches/{batch.id}"
    inbox.notify(
        session,
        with_role(session, role),
        key,
        message,
        now=now,
        link=link,
        reference=batch.reference,
    )
