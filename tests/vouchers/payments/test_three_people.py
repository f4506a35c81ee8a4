"""Three people pay, and a deputy is two of them at once: whoever they stand in for, and themselves."""

import pytest

from reintegration.accounts.models import UserRole
from reintegration.accounts.services import actors
from reintegration.kernel.actor import Role
from reintegration.kernel.errors import NotPermitted
from tests.factories.cast import NOW, TODAY, actor, make_person
from tests.factories.deputies import deputy_of, make_deputyship
from tests.factories.payments import make_checked_claim
from tests.vouchers.test_laws import refused
from vouchers.payments.models import PayeeAccount
from vouchers.payments.services import batches, payees, release_limit


def prepare(session, cast, who):
    claim = make_checked_claim(session, cast)
    return batches.prepare(
        session,
        actor=who,
        claim_ids=[claim.id],
        paid_from=cast.bank_account,
        execution_on=TODAY,
        now=NOW,
    )


@pytest.fixture
def doina(session, cast):
    """A second preparer, who could also stand in for others."""
    made = make_person("doina", cast.programme, "Doina Rusu", Role.FINANCE_PREPARER)
    session.add(made)
    session.flush()
    return made


def test_a_deputy_approves_and_the_batch_says_for_whom(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.radu), now=NOW)
    assert (batch.approved_by, batch.approved_for) == (cast.radu.id, cast.alina.id)


def test_whoever_approved_as_a_deputy_does_not_release_for_themselves(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.radu), now=NOW)
    with pytest.raises(NotPermitted):
        batches.release(session, batch, actor=actor(session, cast.radu), now=NOW)


def test_nobody_approves_as_a_deputy_what_they_prepared_in_their_own_role(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    with pytest.raises(NotPermitted):
        batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.petru), now=NOW)


def test_nobody_approves_what_their_deputy_prepared_for_them(session, cast, doina):
    batch = prepare(session, cast, deputy_of(session, doina, cast.radu))
    doina.roles = [UserRole(role=Role.FINANCE_APPROVER)]
    session.flush()
    with pytest.raises(NotPermitted):
        batches.approve(session, batch, actor=actor(session, doina), now=NOW)


def test_whoever_is_represented_and_back_early_releases_nothing_that_was_approved_for_them(
    session, cast
):
    """Alina approved by a deputy; even with another role she is not the third."""
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.calin), now=NOW)
    session.add(make_person("second", cast.programme, "Vlad Rotaru", Role.FINANCE_APPROVER))
    session.flush()
    cast.alina.roles = [UserRole(role=Role.FINANCE_RELEASER)]
    session.flush()
    with pytest.raises(NotPermitted):
        batches.release(session, batch, actor=actor(session, cast.alina), now=NOW)


def test_one_deputy_of_two_is_not_two_of_the_three(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.calin), now=NOW)
    with pytest.raises(NotPermitted):
        batches.release(session, batch, actor=deputy_of(session, cast.radu, cast.calin), now=NOW)


def test_two_deputies_of_one_person_are_not_two_people(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.calin), now=NOW)
    second = make_person("second", cast.programme, "Vlad Rotaru", Role.FINANCE_APPROVER)
    session.add(second)
    session.flush()
    cast.alina.roles.append(UserRole(role=Role.CASE_MANAGER))
    both = make_deputyship(session, cast.radu, cast.alina)
    with pytest.raises(NotPermitted):
        batches.release(session, batch, actor=actors.actor_of(session, cast.alina, both), now=NOW)


def test_three_different_people_pay_though_one_is_a_deputy(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.calin), now=NOW)
    batches.release(session, batch, actor=actor(session, cast.radu), now=NOW)
    assert batch.released_by == cast.radu.id


def test_a_deputy_of_the_releaser_releases_more_than_a_preparer_may(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=actor(session, cast.alina), now=NOW)
    batches.release(session, batch, actor=deputy_of(session, cast.radu, cast.calin), now=NOW)
    session.commit()
    assert (batch.released_by, batch.released_for) == (cast.calin.id, cast.radu.id)


@pytest.mark.parametrize(
    ("act", "law"),
    [("approved", "ck_payment_batch_approver"), ("released", "ck_payment_batch_releaser")],
)
def test_the_database_knows_it_too(session, cast, act, law):
    batch = prepare(session, cast, deputy_of(session, cast.petru, cast.calin))
    if act == "released":
        batches.approve(session, batch, actor=deputy_of(session, cast.alina, cast.dan), now=NOW)
    for one in (cast.petru, cast.calin) if act == "approved" else (cast.alina, cast.dan):
        change = f"UPDATE payment_batch SET {act}_by = :radu, {act}_for = :one"
        assert refused(session, law, change, radu=cast.radu.id, one=one.id)


def test_small_batches_of_a_deputy_and_of_the_person_count_together(session, cast):
    batch = prepare(session, cast, actor(session, cast.petru))
    batches.approve(session, batch, actor=actor(session, cast.alina), now=NOW)
    batches.release(session, batch, actor=deputy_of(session, cast.radu, cast.calin), now=NOW)
    for people in ([cast.calin.id], [cast.radu.id], [cast.calin.id, cast.radu.id]):
        assert release_limit.released_lately(session, people, "MDL", now=NOW) == batch.total
    assert not release_limit.released_lately(session, [cast.dan.id], "MDL", now=NOW)


def test_nobody_approves_the_account_that_their_deputy_proposed(session, cast, doina):
    account = payees.propose(
        session,
        actor=deputy_of(session, doina, cast.alina),
        provider=cast.provider,
        currency="MDL",
        iban="MD24AG000225100013104168",
        bic="",
        holder="Centrul Speranța SRL",
        now=NOW,
    )
    assert session.get_one(PayeeAccount, account.id).proposed_for == doina.id
    with pytest.raises(NotPermitted):
        payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)


def test_the_page_of_the_batch_says_for_whom(session, cast, sign_in):
    batch = prepare(session, cast, actor(session, cast.petru))
    named = make_deputyship(session, cast.alina, cast.calin)
    browser = sign_in(cast.calin)
    browser.post(f"/account/deputies/{named.id}/acting")
    browser.post(f"/batches/{batch.id}/approve")
    page = sign_in(cast.radu).get(f"/batches/{batch.id}?lang=en").text
    assert page.count("Călin Rusu for Alina Moraru") >= 2  # the steps and the history
