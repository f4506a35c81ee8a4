"""The file of a batch: built once, at release, from what was stored before."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.kernel.clock import LOCAL
from reintegration.kernel.errors import N_, Conflict
from vouchers.books.models import BankAccount
from vouchers.formats.mdl_csv import MdlOrder, Residence, build_mdl_csv
from vouchers.formats.pain001 import Payment, PaymentFile, build_pain001
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.states import Rail

RAILS: dict[str, Rail] = {"MDL": Rail.MDL_CSV, "EUR": Rail.SEPA}
MEDIA_TYPES: dict[str, str] = {Rail.MDL_CSV.value: "text/csv", Rail.SEPA.value: "application/xml"}
_ENDINGS: dict[str, str] = {Rail.MDL_CSV.value: "csv", Rail.SEPA.value: "xml"}


def rail_of(currency: str) -> Rail:
    """Return how money in a currency travels; raise Conflict when no way is set up."""
    if currency not in RAILS:
        raise Conflict(
            N_("There is no way set up to pay in %(currency)s."), code="rail", currency=currency
        )
    return RAILS[currency]


def build(session: Session, batch: PaymentBatch, *, at: datetime) -> tuple[str, bytes] | None:
    """Return the name and the bytes of the file made `at`; None when everything is set off.

    Raises PaymentFileError for what the bank would refuse: nothing is released then.
    """
    orders = [order for order in batch.orders if order.amount_minor]
    if not orders:
        return None
    account = session.get_one(BankAccount, batch.bank_account_id)
    make = _sepa if batch.rail == Rail.SEPA else _mdl
    name = f"{batch.reference.lower()}.{_ENDINGS[batch.rail]}"
    return name, make(session, batch, orders, account, at)


def _sepa(
    _session: Session,
    batch: PaymentBatch,
    orders: list[PaymentOrder],
    account: BankAccount,
    at: datetime,
) -> bytes:
    return build_pain001(
        PaymentFile(
            message_id=batch.message_id,
            created_at=at.astimezone(LOCAL).replace(tzinfo=None, microsecond=0),
            debtor_name=account.holder,
            debtor_iban=account.iban,
            debtor_bic=account.bic or None,
            payments=tuple(
                Payment(
                    end_to_end_id=order.end_to_end_id,
                    instruction_id=order.reference,
                    amount_minor=order.amount_minor,
                    currency=order.currency,
                    creditor_name=order.payee_name,
                    creditor_iban=order.payee_iban,
                    creditor_bic=order.payee_bic or None,
                    remittance=order.text,
                    requested_execution_date=batch.execution_on,
                )
                for order in orders
            ),
        )
    )


def _mdl(
    session: Session,
    batch: PaymentBatch,
    orders: list[PaymentOrder],
    account: BankAccount,
    _at: datetime,
) -> bytes:
    abroad = set(
        session.scalars(
            select(Provider.id).where(
                Provider.id.in_([order.provider_id for order in orders]),
                Provider.jurisdiction == "abroad",
            )
        )
    )
    return build_mdl_csv(
        tuple(
            MdlOrder(
                order_number=order.reference,
                order_date=batch.execution_on,
                amount_minor=order.amount_minor,
                currency=order.currency,
                payer_iban=account.iban,
                payer_idno=account.identifier,
                payee_name=order.payee_name,
                payee_idno=order.payee_identifier,
                payee_iban=order.payee_iban,
                payee_bic=order.payee_bic,
                text=order.text,
                residence=(
                    Residence.NON_RESIDENT if order.provider_id in abroad else Residence.RESIDENT
                ),
                final_account=order.final_account or None,
            )
            for order in orders
        )
    )
