"""Payee accounts: a valid number, and two people before money goes there."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel import banking_days
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.outbox import OutboxMessage
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import make_batch, make_checked_claim
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.services import payees

IBAN = "MD24 AG00 0225 1000 1310 4168"


def propose(session, cast, who, **changes):
    asked = {"currency": "MDL", "iban": IBAN, "holder": "Centrul Speranța SRL", **changes}
    return payees.propose(
        session, actor=actor(session, who), provider=cast.provider, now=NOW, **asked
    )


def live(session, cast, currency="MDL"):
    return session.scalars(
        select(PayeeAccount).where(
            PayeeAccount.provider_id == cast.provider.id,
            PayeeAccount.currency == currency,
            PayeeAccount.approved_at.is_not(None),
            PayeeAccount.retired_at.is_(None),
        )
    ).all()


def test_an_approved_account_takes_the_place_of_the_one_before(session, cast):
    before = live(session, cast)[0]
    account = propose(session, cast, cast.maria)
    assert live(session, cast) == [before]
    payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    assert live(session, cast) == [account]
    assert before.retired_at == NOW


def test_the_banks_code_follows_from_the_number(session, cast):
    assert propose(session, cast, cast.petru).bic == "AGRNMD2X"


TREASURY, UNKNOWN = "MD18TRPDAA142310A00000AA", "MD73XX000225100013104168"


def test_an_account_at_the_state_treasury_is_payable(session, cast):
    account = propose(session, cast, cast.petru, iban=TREASURY)
    payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    assert account.bic == "TREZMD2X"


def test_an_account_whose_bank_nobody_knows_is_refused_until_its_code_is_typed(session, cast):
    with pytest.raises(Invalid, check=lambda refused: refused.field == "bic"):
        propose(session, cast, cast.maria, iban=UNKNOWN)
    assert propose(session, cast, cast.maria, iban=UNKNOWN, bic="vicbmd2x").bic == "VICBMD2X"


@pytest.mark.parametrize("bic", ["VICB", "VICBRO22", "VICB MD2X 9", "VICBMD2X", "–"])
def test_a_code_of_a_bank_that_does_not_fit_its_account_is_refused(session, cast, bic):
    with pytest.raises(Invalid, check=lambda refused: refused.field == "bic"):
        propose(session, cast, cast.maria, bic=bic)


def test_an_account_that_no_payment_in_its_currency_reaches_is_refused(session, cast):
    with pytest.raises(Conflict):
        propose(session, cast, cast.maria, currency="EUR", iban="TR330006100519786457841326")


@pytest.mark.parametrize(
    "iban", ["MD25AG000225100013104168", "MD24AG0002251000131041", "", "x" * 40, "RO00"]
)
def test_a_number_that_cannot_exist_is_refused(session, cast, iban):
    with pytest.raises(Invalid):
        propose(session, cast, cast.maria, iban=iban)


def test_a_strange_currency_is_refused(session, cast):
    with pytest.raises(Invalid):
        propose(session, cast, cast.maria, currency="XXX")


@pytest.mark.parametrize("who", ["boris", "rita", "vera", "ana", "radu", "otilia"])
def test_only_the_manager_and_the_preparer_propose(session, cast, who):
    with pytest.raises(NotPermitted):
        propose(session, cast, getattr(cast, who))


@pytest.mark.parametrize("who", ["petru", "radu", "maria", "vera", "irina"])
def test_only_an_approver_approves(session, cast, sign_in, who):
    account = propose(session, cast, cast.maria)
    answer = sign_in(getattr(cast, who)).post(f"/payees/{account.id}/approve")
    session.refresh(account)
    assert (answer.status_code, account.approved_at) == (403, None)


def test_nobody_approves_their_own_proposal(session, cast):
    account = propose(session, cast, cast.maria)
    account.proposed_by = cast.alina.id
    session.flush()
    with pytest.raises(NotPermitted):
        payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)


def test_a_decision_is_made_once(session, cast):
    account = propose(session, cast, cast.maria)
    payees.decline(session, account, actor=actor(session, cast.alina), now=NOW)
    with pytest.raises(Conflict):
        payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)


def test_a_newer_proposal_drops_the_older(session, cast):
    older = propose(session, cast, cast.maria)
    propose(session, cast, cast.petru)
    assert older.retired_at == NOW


def test_the_directory_masks_the_number(session, cast, sign_in):
    account = propose(session, cast, cast.maria)
    session.commit()
    page = sign_in(cast.petru).get(f"/providers/{cast.provider.id}").text
    assert account.iban not in page
    assert f"{account.iban[:4]} •••• {account.iban[-4:]}" in page


def test_the_manager_proposes_on_the_page_and_reads_what_is_wrong(session, cast, sign_in):
    manager = sign_in(cast.maria)
    url = f"/payees/new/{cast.provider.id}"
    wrong = manager.post(url, data={"currency": "MDL", "iban": "MD00", "holder": "X"})
    right = manager.post(url, data={"currency": "MDL", "iban": IBAN, "holder": "X"})
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "MD00" in wrong.text


@pytest.fixture
def moved(session, cast):
    """An account that took the place of another today."""
    cast.provider.email = "birou@demo.example"
    account = propose(session, cast, cast.maria)
    payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    session.commit()
    return account


def told(session, what):
    """Return who found a message of this kind in their inbox."""
    act_as(session, SYSTEM)
    return set(session.scalars(select(InboxMessage.user_id).where(InboxMessage.key.contains(what))))


def mailed(session):
    """Return what leaves for the office of the provider, by its key and its address."""
    act_as(session, SYSTEM)
    return {
        one.idempotency_key.split(":")[-1]: one.payload["to"]
        for one in session.scalars(select(OutboxMessage))
    }


def test_an_account_in_place_of_another_is_paid_three_banking_days_later(session, cast, moved):
    assert moved.pays_from == banking_days.after(TODAY, payees.HOLD.initially)
    claim = make_checked_claim(session, cast)
    with pytest.raises(Conflict, match="is paid at its new account from"):
        make_batch(session, cast, [claim])
    session.rollback()
    moved.pays_from = TODAY
    assert make_batch(session, cast, [claim]).orders[0].payee_iban == moved.iban


def test_the_first_account_of_a_provider_and_one_of_before_wait_for_nothing(session, cast, moved):
    before = session.scalars(
        select(PayeeAccount).where(
            PayeeAccount.retired_at.is_not(None), PayeeAccount.provider_id == cast.provider.id
        )
    ).one()
    back = propose(session, cast, cast.petru, iban=before.iban)
    payees.approve(session, back, actor=actor(session, cast.alina), now=NOW)
    assert back.pays_from is None
    first = propose(session, cast, cast.maria, currency="USD")
    payees.approve(session, first, actor=actor(session, cast.alina), now=NOW)
    assert first.pays_from is None


def test_going_back_to_an_account_that_was_never_paid_waits_again(session, cast, moved):
    second = propose(session, cast, cast.maria, iban=TREASURY)
    payees.approve(session, second, actor=actor(session, cast.alina), now=NOW)
    again = propose(session, cast, cast.maria)
    payees.approve(session, again, actor=actor(session, cast.alina), now=NOW)
    assert again.is_held(TODAY)


def test_a_provider_is_told_of_a_change_while_it_can_say_no(session, cast, moved):
    assert told(session, "proposed_to_provider") == {cast.boris.id}  # Maria proposed it herself
    assert told(session, "changed_to_provider") == {cast.boris.id}
    office = cast.provider.email
    assert mailed(session) == {"proposed_to_provider": office, "changed_to_provider": office}


def test_its_pages_say_from_which_day_it_is_paid(session, cast, moved, sign_in):
    claim = make_checked_claim(session, cast)
    session.commit()
    petru = sign_in(cast.petru)
    said = f"Paid from {moved.pays_from.day} "
    assert said in petru.get(f"/payees/{moved.id}?lang=en").text
    assert said in petru.get("/payees/?all=1&lang=en").text
    page = petru.get("/batches/new?currency=MDL&lang=en").text
    assert "is paid at its new account from" in page
    assert "No payee of these can be paid now" in page
    assert f'value="{claim.id}" aria-label="{claim.reference}" disabled' in page


def test_a_batch_that_names_the_account_of_before_is_void_and_its_preparers_are_told(
    session, cast, sign_in
):
    batch = make_batch(session, cast, until="approved")
    radu, address = sign_in(cast.radu), f"/batches/{batch.id}?lang=en"
    assert f"/batches/{batch.id}/release" in radu.get(address).text
    account = propose(session, cast, cast.maria)
    payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    session.commit()
    assert told(session, f"batch:{batch.id}:changed") == {cast.petru.id}
    page = radu.get(address).text
    assert "This batch cannot be paid any more" in page
    assert f"/batches/{batch.id}/release" not in page
    assert "Cancel the batch" in sign_in(cast.petru).get(address).text
