"""Three people pay: what a batch takes, who moves it, what leaves and what comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.permissions import permits
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import make_batch, make_checked_claim, make_claim, make_deliveries
from tests.vouchers.payments.payments_driver import Payments
from vouchers.payments.models import Claim
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.permissions import PaymentPermission
from vouchers.payments.queries.claims import ready_for_payment
from vouchers.payments.services import batches, reversal, settlement
from vouchers.payments.states import BatchState, ClaimState, OrderState


@pytest.fixture
def prepare(session, cast):
    def made(claims, *, account=None, ahead=0):
        return batches.prepare(
            session,
            actor=actor(session, cast.petru),
            claim_ids=[claim.id for claim in claims],
            paid_from=account or cast.bank_account,
            execution_on=TODAY + timedelta(days=ahead),
            now=NOW,
        )

    return made


def two_checked(session, cast):
    both = [make_deliveries(session, cast, 1) for _ in range(2)]
    return [make_checked_claim(session, cast, deliveries=one) for one in both]


def told(session, batch):
    link = f"/batches/{batch.id}"
    return set(session.scalars(select(InboxMessage.user_id).where(InboxMessage.link == link)).all())


def paid_by(session, order):
    """A delivery that the order pays."""
    claim = session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()
    return claim.lines[0].redemption


def test_one_prepares_another_approves_a_third_releases(session, cast):
    batch = make_batch(session, cast)
    batch.total_minor = 500_000
    alina, radu = actor(session, cast.alina), actor(session, cast.radu)
    approve, release = PaymentPermission.APPROVE, PaymentPermission.RELEASE
    with session.no_autoflush:
        assert permits(alina, approve, batch)
        batch.prepared_by = alina.id
        assert not permits(alina, approve, batch)
        assert permits(radu, release, batch)
        batch.approved_by = radu.id
        assert not permits(radu, release, batch)
        batch.prepared_by, batch.approved_by = radu.id, alina.id
        assert not permits(radu, release, batch)
    session.rollback()


@pytest.mark.parametrize(("currency", "limit"), [("MDL", 500_000), ("EUR", 25_000)])
def test_below_the_limit_the_preparer_may_release(session, cast, currency, limit):
    batch = make_batch(session, cast, until="approved")
    petru = actor(session, cast.petru)
    with session.no_autoflush:
        batch.currency, batch.total_minor = currency, limit - 1
        assert permits(petru, PaymentPermission.RELEASE, batch)
        batch.total_minor = limit
        assert not permits(petru, PaymentPermission.RELEASE, batch)
    session.rollback()


def test_the_page_says_who_may_release_a_small_batch_and_a_large_one(session, cast, sign_in):
    batch = make_batch(session, cast, until="approved")
    alina = sign_in(cast.alina)
    small = "A third person releases it, or the preparer, while all that they release in 7 days"
    assert small in alina.get(f"/batches/{batch.id}?lang=en").text
    large = make_batch(
        session,
        cast,
        [make_checked_claim(session, cast, deliveries=make_deliveries(session, cast, 10))],
        until="approved",
    )
    page = alina.get(f"/batches/{large.id}?lang=en").text
    assert "A third person releases it." in page
    assert small not in page


def test_the_next_person_is_told(session, cast):
    batch = make_batch(session, cast)
    assert told(session, batch) == {cast.alina.id}
    batches.approve(session, batch, actor=actor(session, cast.alina), now=NOW)
    assert told(session, batch) == {cast.alina.id, cast.radu.id}


def test_only_checked_claims_of_one_currency_go_into_a_batch_and_once(session, cast, prepare):
    checked = make_checked_claim(session, cast)
    waiting = make_claim(session, cast)
    session.commit()
    for claims, account in (
        ([checked, waiting], cast.bank_account),
        ([checked], cast.euro_bank_account),
    ):
        with pytest.raises(Conflict, match="another batch or has changed"):
            prepare(claims, account=account)
        session.rollback()
    prepare([checked])
    session.commit()
    with pytest.raises(Conflict, match="another batch or has changed"):
        prepare([checked])


def test_the_day_of_payment_lies_within_sixty_days(session, cast, prepare):
    checked = [make_checked_claim(session, cast)]
    for ahead in (-1, 61):
        with pytest.raises(Invalid, match="Choose a day within"):
            prepare(checked, ahead=ahead)
    assert prepare(checked, ahead=60).state == BatchState.PREPARED


def test_a_payee_gets_one_order_for_all_of_its_claims(session, cast, prepare):
    claims = two_checked(session, cast)
    batch = prepare(claims)
    assert [order.amount for order in batch.orders] == [claims[0].payable + claims[1].payable]
    assert {claim.state for claim in claims} == {ClaimState.IN_PAYMENT}


def test_a_payee_without_an_approved_account_is_not_paid(session, cast, prepare):
    checked = [make_checked_claim(session, cast)]
    for account in session.scalars(select(PayeeAccount)):
        account.approved_at = None
    session.commit()
    with pytest.raises(Conflict, match="no approved account in"):
        prepare(checked)


def test_what_a_payee_owes_is_set_off(session, cast, prepare):
    driver = Payments(session, cast)
    paid = make_batch(session, cast, until="released")
    driver.settle(paid.orders[0], NOW)
    session.commit()
    driver.as_system()
    claims = [make_checked_claim(session, cast)]
    taken_back = paid_by(session, paid.orders[0])
    reversal.reverse(
        session, taken_back, actor=actor(session, cast.petru), reason="Greșit", now=NOW
    )
    session.commit()
    order = prepare(claims).orders[0]
    assert order.offset == taken_back.amount
    assert order.amount == claims[0].payable - taken_back.amount


@pytest.mark.parametrize("until", ["prepared", "approved"])
def test_a_batch_does_not_go_on_to_an_account_that_was_replaced(session, cast, until):
    batch = make_batch(session, cast, until=until)
    account = session.scalars(
        select(PayeeAccount).where(PayeeAccount.iban == batch.orders[0].payee_iban)
    ).one()
    account.retired_at = NOW
    session.commit()
    move, who = (
        (batches.approve, cast.alina) if until == "prepared" else (batches.release, cast.radu)
    )
    with pytest.raises(Conflict, match="Cancel this batch and prepare it anew"):
        move(session, batch, actor=actor(session, who), now=NOW)


@pytest.mark.parametrize("who", ["petru", "alina"])
def test_the_claims_of_a_cancelled_batch_stay_checked_and_can_be_paid_by_another(
    session, cast, prepare, who
):
    claims = [make_checked_claim(session, cast)]
    batch = make_batch(session, cast, claims, until="approved")
    canceller = actor(session, getattr(cast, who))
    batches.cancel(session, batch, actor=canceller, reason="Zi greșită", now=NOW)
    session.commit()
    assert claims[0].state == ClaimState.CHECKED
    assert [claim.id for claim, _worth in ready_for_payment(session, "MDL")] == [claims[0].id]
    assert prepare(claims).state == BatchState.PREPARED


def test_a_released_batch_is_not_cancelled(session, cast):
    batch = make_batch(session, cast, until="released")
    with pytest.raises(Conflict):
        batches.cancel(
            session, batch, actor=actor(session, cast.petru), reason="Prea târziu", now=NOW
        )


def test_an_order_that_the_bank_refused_puts_its_claims_back(session, cast, prepare):
    claims = [make_checked_claim(session, cast)]
    batch = make_batch(session, cast, claims, until="released")
    driver = Payments(session, cast)
    owed = driver.balance(cast.provider.id).payable
    petru = actor(session, cast.petru)
    settlement.fail_order(session, batch.orders[0], actor=petru, reason="AC04", now=NOW)
    session.commit()
    assert batch.orders[0].state == OrderState.FAILED
    assert driver.balance(cast.provider.id).payable == owed + batch.orders[0].amount
    assert prepare(claims).orders[0].amount == claims[0].payable


def test_from_preparation_to_settlement_a_delivery_is_not_taken_back(session, cast):
    claim = make_checked_claim(session, cast)
    session.commit()
    make_batch(session, cast, [claim])
    finance = actor(session, cast.petru)
    with pytest.raises(Conflict, match="being paid"):
        reversal.reverse(
            session, claim.lines[0].redemption, actor=finance, reason="Greșit", now=NOW
        )


def test_the_file_is_made_once_and_each_download_gives_its_bytes(session, cast, sign_in):
    batch = make_batch(session, cast, until="approved")
    assert batch.file_content is None
    batches.release(session, batch, actor=actor(session, cast.radu), now=NOW)
    session.commit()
    radu = sign_in(cast.radu)
    first, again = (radu.get(f"/batches/{batch.id}/file") for _ in range(2))
    assert first.data == again.data == batch.file_content
    assert batch.file_name.endswith(".csv")


def test_nobody_but_finance_downloads_the_file(session, cast):
    batch = make_batch(session, cast, until="released")
    allowed = {
        name
        for name in cast.people
        if permits(actor(session, getattr(cast, name)), PaymentPermission.DOWNLOAD, batch)
    }
    assert allowed == {"petru", "alina", "radu"}


def test_releasing_twice_releases_once(session, cast):
    batch = make_batch(session, cast, until="released")
    with pytest.raises(Conflict):
        batches.release(session, batch, actor=actor(session, cast.radu), now=NOW)
    with pytest.raises(NotPermitted):
        batches.approve(
            session, make_batch(session, cast), actor=actor(session, cast.radu), now=NOW
        )
