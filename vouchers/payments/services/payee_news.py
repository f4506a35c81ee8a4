"""Telling a provider that somebody changes where it is paid, while it can still say no.

The message goes to the address and the people that were known before, and not by way of whoever
proposed the change.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.accounts.services.inbox import Message
from reintegration.kernel import outbox
from reintegration.kernel.actor import Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_
from reintegration.kernel.message_texts import MessageText, Outgoing, in_three
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.states import BatchState

ACCOUNT_CHANGES = Outgoing(
    "account_changes",
    N_("Notice that another account is paid, to a provider"),
    MessageText(
        in_three("Cont", "Счёт", "Account"),
        in_three(
            "Se schimbă contul în care sunteți plătiți. Dacă nu ați cerut aceasta, sunați-ne"
            " astăzi.",
            "Меняется счёт, на который вам платят. Если вы об этом не просили, позвоните нам"
            " сегодня.",
            "The account where you are paid is being changed. If you did not ask for it, call us"
            " today.",
        ),
    ),
    to_all=True,
)
_READERS = (Role.PROVIDER_MANAGER, Role.PROVIDER_BOOKKEEPER)


def proposed(session: Session, account: PayeeAccount, *, now: datetime) -> None:
    """Tell of a proposal to pay a provider elsewhere than before."""
    message = N_(
        "Somebody proposed another account in %(currency)s for your organisation. If nobody of you"
        " asked for it, call finance today."
    )
    _tell(session, account, "proposed", message, now=now, currency=account.currency)


def changed(session: Session, account: PayeeAccount, *, now: datetime) -> None:
    """Tell that a provider is paid elsewhere, and from which day on."""
    assert account.pays_from is not None
    message = N_(
        "Your organisation is paid at another account in %(currency)s from %(day)s on. If nobody"
        " of you asked for it, call finance today."
    )
    day = f"{account.pays_from:%d.%m.%Y}"
    _tell(session, account, "changed", message, now=now, currency=account.currency, day=day)


def tell_of_batches(session: Session, account: PayeeAccount, *, now: datetime) -> None:
    """Tell who prepares payments of the batches that wait and name the account of before."""
    message = N_(
        "Batch %(reference)s cannot be paid any more: the account of %(name)s has changed. Cancel"
        " it and prepare it anew."
    )
    readers = people.with_role(session, Role.FINANCE_PREPARER)
    messages = [
        Message(
            reader,
            key=f"batch:{batch.id}:changed:{account.id}",
            message=message,
            link=f"/batches/{batch.id}",
            params={"reference": batch.reference, "name": account.holder},
        )
        for batch in _naming_another(session, account)
        for reader in readers
    ]
    inbox.put(session, messages, now=now)


def _naming_another(session: Session, account: PayeeAccount) -> Sequence[PaymentBatch]:
    place = (
        *(PaymentOrder.payee_iban, PaymentOrder.payee_service_account),
        *(PaymentOrder.final_account, PaymentOrder.final_code, PaymentOrder.final_name),
    )
    return session.scalars(
        select(PaymentBatch)
        .join(PaymentOrder)
        .where(
            PaymentBatch.state.in_((BatchState.PREPARED, BatchState.APPROVED)),
            PaymentOrder.provider_id == account.provider_id,
            PaymentOrder.currency == account.currency,
            tuple_(*place) != tuple_(*account.place),
        )
    ).all()


def _tell(
    session: Session,
    account: PayeeAccount,
    event: str,
    message: str,
    *,
    now: datetime,
    **params: str,
) -> None:
    provider = session.get_one(Provider, account.provider_id)
    key = f"payee:{account.id}:{event}_to_provider"
    readers = set(people.provider_people(session, account.provider_id, *_READERS))
    link = f"/payees/{account.id}"
    others = readers - {account.proposed_by}
    inbox.notify(session, others, key, message, now=now, link=link, **params)
    if provider.email:
        written = ACCOUNT_CHANGES.written(local_day(now))
        outbox.mail(session, written, to=provider.email, key=key, now=now)
