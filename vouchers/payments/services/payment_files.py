"""What leaves of a batch: the bank's file, built once, at release, from what was stored before."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.kernel.alike import alike
from reintegration.kernel.clock import LOCAL
from vouchers.books.models import BankAccount
from vouchers.formats.outgoing import Order, Outgoing, Payer
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services import rails


def build(session: Session, batch: PaymentBatch, *, at: datetime) -> tuple[str, bytes] | None:
    """Return the name and the bytes of the file made `at`; None when the bank gets none.

    That is so when everything is set off, and when a payment service pays.

    Raises PaymentFileError for what the bank would refuse, Conflict for whom the rail cannot pay:
    nothing is released then.
    """
    orders = [order for order in batch.orders if order.amount]
    if not orders:
        return None
    way = rails.of(batch.rail)
    for order in orders:
        rails.refuse_payee(way, order)
    if way.send is None:
        return None
    account = session.get_one(BankAccount, batch.bank_account_id)
    file = way.send(_outgoing(session, batch, orders, account, at), account.profile)
    return f"{batch.reference.lower()}.{file.ending}", file.content


def _outgoing(
    session: Session,
    batch: PaymentBatch,
    orders: list[PaymentOrder],
    account: BankAccount,
    at: datetime,
) -> Outgoing:
    abroad = set(
        session.scalars(
            select(Provider.id).where(
                Provider.id.in_([order.provider_id for order in orders]),
                Provider.jurisdiction == "abroad",
            )
        )
    )
    return Outgoing(
        message_id=batch.message_id,
        created_at=at.astimezone(LOCAL).replace(tzinfo=None, microsecond=0),
        day=batch.execution_on,
        payer=Payer(account.holder, account.iban, account.bic, account.identifier),
        orders=tuple(_order(order, abroad=order.provider_id in abroad) for order in orders),
    )


def _order(order: PaymentOrder, *, abroad: bool) -> Order:
    return alike(
        Order, order, number=order.reference, payee_idno=order.payee_identifier, abroad=abroad
    )
