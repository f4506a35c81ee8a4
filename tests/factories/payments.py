"""Claims, batches and bank files, as the people of the cast make them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import Provider
from reintegration.accounts.models import User
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.ids import new_id
from tests.factories.cast import NOW, TODAY, Cast, actor
from tests.factories.vouchers import deliver, make_voucher
from tests.vouchers.formats.writers import OURS, Line, Tx, camt, camt054
from vouchers.payments.models import Claim, PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.services import batches, claims, payees, rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail.models import StripeAccount
from vouchers.stripe_rail.services import accounts
from vouchers.stripe_rail.states import AccountState, TransfersState
from vouchers.voucher.models import Redemption

LATER = NOW + timedelta(days=1)


def make_deliveries(
    session: Session,
    cast: Cast,
    count: int = 2,
    *,
    person: User | None = None,
    category: ServiceCategory = ServiceCategory.MENTAL_HEALTH,
    now: datetime = NOW,
) -> list[Redemption]:
    """Add accepted deliveries of one unit each, on one voucher; commits after each."""
    issued = make_voucher(session, cast, units=max(count, 1), category=category)
    person = person or cast.rita
    ids = []
    for _ in range(count):
        session.commit()
        ids.append(deliver(session, person, issued, now=now).redemption_id)
    session.commit()
    found = session.scalars(select(Redemption).where(Redemption.id.in_(ids))).unique().all()
    return list(found)


def make_claim(
    session: Session,
    cast: Cast,
    deliveries: Sequence[Redemption] | None = None,
    *,
    invoice: str = "",
    submit: bool = True,
    now: datetime = NOW,
) -> Claim:
    """Let Boris draft a claim of deliveries, and send it."""
    deliveries = deliveries or make_deliveries(session, cast)
    boris = actor(session, cast.boris)
    claim = claims.draft(
        session, actor=boris, redemption_ids=[one.id for one in deliveries], now=now
    )
    session.commit()
    if submit:
        claims.submit(
            session,
            claim,
            actor=boris,
            invoice_number=invoice or claim.reference,
            invoiced=claim.payable,
            now=now,
        )
    return claim


def make_checked_claim(session: Session, cast: Cast, **more) -> Claim:
    """Let Petru check a claim of Boris."""
    claim = make_claim(session, cast, **more)
    petru = actor(session, cast.petru)
    claims.accept_lines(
        session, claim, actor=petru, line_ids=[line.id for line in claim.lines], now=NOW
    )
    checked = claims.check(session, claim, actor=petru, now=NOW)
    session.commit()
    return checked


def make_batch(
    session: Session,
    cast: Cast,
    checked: Sequence[Claim] | None = None,
    *,
    until: str = "prepared",
    now: datetime = NOW,
    by: Rail | None = None,
) -> PaymentBatch:
    """Let Petru prepare, Alina approve and Radu release a batch, as far as `until`."""
    checked = checked or [make_checked_claim(session, cast)]
    euro = checked[0].currency == "EUR"
    batch = batches.prepare(
        session,
        actor=actor(session, cast.petru),
        claim_ids=[claim.id for claim in checked],
        paid_from=by or (cast.euro_bank_account if euro else cast.bank_account),
        execution_on=TODAY,
        now=now,
    )
    session.commit()
    if until in ("approved", "released"):
        batches.approve(session, batch, actor=actor(session, cast.alina), now=now)
    if until == "released":
        batches.release(session, batch, actor=actor(session, cast.radu), now=now)
    session.commit()
    return batch


def bank_line(order: PaymentOrder, **changes) -> Line:
    """Return how the bank books an order."""
    values = {
        "end_to_end": order.end_to_end_id,
        "name": order.payee_name,
        "iban": order.payee_iban,
        "text": order.text,
        "currency": order.currency,
        "minor": order.amount_minor,
    }
    minor = changes.pop("minor", -order.amount_minor)
    day = changes.pop("day", TODAY)
    reference = changes.pop("reference", order.reference[3:])
    values |= {"minor": abs(minor)} | changes
    return Line(
        minor, currency=order.currency, day=day, reference=reference, transactions=[Tx(**values)]
    )


def statement(cast: Cast, *lines: Line, currency: str = "MDL", **more) -> bytes:
    """Return a camt.053 of our account in `currency`."""
    account = cast.bank_account if currency == "MDL" else cast.euro_bank_account
    content = camt(*lines, currency=currency, **more)
    return content.replace(OURS.encode(), account.iban.encode())


def notification(cast: Cast, *lines: Line, currency: str = "MDL", **more) -> bytes:
    """Return a camt.054 of our account in `currency`."""
    account = cast.bank_account if currency == "MDL" else cast.euro_bank_account
    content = camt054(*lines, currency=currency, **more)
    return content.replace(OURS.encode(), account.iban.encode())


def pay_lei_by_stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the payment service pay in lei, as the deliveries of the cast are, and switch it on."""
    way = replace(rails.WAYS[Rail.STRIPE_TRANSFER], currency="MDL")
    monkeypatch.setattr(rails, "WAYS", {**rails.WAYS, way.rail: way})
    monkeypatch.setitem(rails._switches, way.rail, lambda: True)


def put_at_service(session: Session, cast: Cast, provider: Provider) -> PayeeAccount:
    """Let a provider be paid in lei at an account of the service from now on."""
    opened = at_stripe(session, provider, f"acct_{provider.id.hex[-12:]}")
    return pay_at(session, cast, opened, provider)


def at_stripe(session: Session, provider: Provider, reference: str) -> StripeAccount:
    """Add an account at Stripe as a provider leaves it that gave Stripe all it asked for."""
    account = StripeAccount(
        id=new_id(),
        provider_id=provider.id,
        idempotency_key=f"stripe_account:{reference}",
        reference=reference,
        country="RO",
        state=AccountState.OPEN,
        transfers=TransfersState.ACTIVE,
        payouts_active=True,
        opened_at=NOW,
        asked_at=NOW,
    )
    session.add(account)
    session.flush()
    return account


def pay_at(session: Session, cast: Cast, opened: StripeAccount, provider: Provider) -> PayeeAccount:
    """Let a provider be paid there from now on, by two people."""
    petru, alina = actor(session, cast.petru), actor(session, cast.alina)
    account = accounts.propose(session, opened, provider, actor=petru, now=NOW)
    payees.approve(session, account, actor=alina, now=NOW)
    account.pays_from = TODAY  # three banking days are over
    session.commit()
    return account


def as_system(session: Session) -> None:
    """See everything again."""
    act_as(session, SYSTEM)


def day(offset: int) -> date:
    """Return a day relative to the cast's."""
    return TODAY + timedelta(days=offset)
