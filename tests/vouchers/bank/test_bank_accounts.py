"""The programme's own accounts: two people before money leaves, and stopping one in time."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.cast import NOW, PEOPLE, TODAY, actor
from tests.factories.payments import as_system, bank_line, make_batch, make_checked_claim, statement
from vouchers.bank.services import bank_accounts
from vouchers.bank.services.statement_import import csv_profiles, import_file
from vouchers.books.models import BankAccount
from vouchers.payments.models import PaymentBatch
from vouchers.payments.services import batches

IBAN = "MD24 AG00 0225 1000 1310 4168"
NUMBER = IBAN.replace(" ", "")
FORM = {
    "name": "Cont nou",
    "currency": "MDL",
    "iban": IBAN,
    "holder": "Asociația Exemplu",
    "identifier": "1003600000001",
}


def propose(session, who, **changes):
    return bank_accounts.propose(session, actor=actor(session, who), now=NOW, **(FORM | changes))


def stop(session, cast, account=None):
    stopped = bank_accounts.stop(
        session,
        account or cast.bank_account,
        actor=actor(session, cast.petru),
        reason="closed at the bank",
        now=NOW,
    )
    session.commit()
    return stopped


def prepare(session, cast, account):
    return batches.prepare(
        session,
        actor=actor(session, cast.petru),
        paid_from=account,
        execution_on=TODAY,
        claim_ids=[make_checked_claim(session, cast).id],
        now=NOW,
    )


def test_a_batch_is_paid_only_from_an_account_that_a_second_person_approved(session, cast):
    account = propose(session, cast.petru)
    with pytest.raises(Conflict, match="not in use"):
        prepare(session, cast, account)
    bank_accounts.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    assert prepare(session, cast, account).bank_account_id == account.id


@pytest.mark.parametrize("who", ["alina", "radu", "irina", "ana", "maria", "dan"])
def test_only_the_preparer_proposes(session, cast, who):
    with pytest.raises(NotPermitted):
        propose(session, getattr(cast, who))


@pytest.mark.parametrize("who", ["petru", "radu", "irina", "vera"])
def test_only_an_approver_approves(session, cast, who):
    account = propose(session, cast.petru)
    with pytest.raises(NotPermitted):
        bank_accounts.approve(session, account, actor=actor(session, getattr(cast, who)), now=NOW)


def test_nobody_approves_or_drops_their_own_proposal(session, cast):
    account = propose(session, cast.petru)
    account.proposed_by = cast.alina.id
    session.flush()
    for act in (bank_accounts.approve, bank_accounts.drop):
        with pytest.raises(NotPermitted):
            act(session, account, actor=actor(session, cast.alina), now=NOW)


def test_a_decision_is_made_once(session, cast):
    account = propose(session, cast.petru)
    alina = actor(session, cast.alina)
    bank_accounts.drop(session, account, actor=alina, now=NOW)
    with pytest.raises(Conflict):
        bank_accounts.approve(session, account, actor=alina, now=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iban": "MD25AG000225100013104168"}, "iban"),
        ({"iban": "MD24"}, "iban"),
        ({"currency": "XXX"}, "currency"),
        ({"identifier": "123"}, "identifier"),
        ({"identifier": ""}, "identifier"),
    ],
)
def test_what_a_bank_would_refuse_is_refused(session, cast, changes, code):
    with pytest.raises(Invalid) as refused:
        propose(session, cast.petru, **changes)
    assert refused.value.code == code


def test_the_banks_code_follows_from_the_number(session, cast):
    account = propose(session, cast.petru, currency="EUR", identifier="")
    assert (account.iban, account.bic) == (NUMBER, "AGRNMD2X")


def test_an_account_stands_here_once(session, cast):
    propose(session, cast.petru)
    for iban in (IBAN, cast.bank_account.iban):
        with pytest.raises(Conflict):
            propose(session, cast.petru, iban=iban)


def test_a_stopped_account_comes_back_as_the_same_row_through_two_people(session, cast):
    account = stop(session, cast)
    again = propose(session, cast.petru, iban=account.iban, name="Din nou")
    assert (again.id, again.in_use, again.waits) == (account.id, False, True)
    bank_accounts.approve(session, again, actor=actor(session, cast.alina), now=NOW)
    assert again.in_use


def test_an_account_with_a_history_keeps_its_currency(session, cast):
    make_batch(session, cast)
    stop(session, cast)
    with pytest.raises(Invalid) as refused:
        propose(session, cast.petru, iban=cast.bank_account.iban, currency="EUR")
    assert refused.value.code == "currency"


@pytest.mark.parametrize("step", ["approve", "release"])
def test_a_batch_that_waits_does_not_leave_from_a_stopped_account(session, cast, step):
    batch = make_batch(session, cast, until="prepared" if step == "approve" else "approved")
    stop(session, cast)
    who = cast.alina if step == "approve" else cast.radu
    with pytest.raises(Conflict, match="not in use"):
        getattr(batches, step)(session, batch, actor=actor(session, who), now=NOW)


def test_the_last_statement_of_a_stopped_account_is_still_read(session, cast):
    order = make_batch(session, cast, until="released").orders[0]
    stop(session, cast)
    as_system(session)
    report = import_file(
        session,
        actor=actor(session, cast.petru),
        name="last.xml",
        content=statement(cast, bank_line(order)),
        now=NOW,
    )
    assert report.statements[0].new == 1


def test_a_statement_for_an_account_that_waits_is_refused(session, cast):
    order = make_batch(session, cast, until="released").orders[0]
    propose(session, cast.petru)
    content = statement(cast, bank_line(order)).replace(
        cast.bank_account.iban.encode(), NUMBER.encode()
    )
    with pytest.raises(Invalid, match="not one of ours"):
        import_file(
            session, actor=actor(session, cast.petru), name="x.xml", content=content, now=NOW
        )


def test_each_step_is_written_down_without_the_number(session, cast):
    account = propose(session, cast.petru)
    bank_accounts.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    stop(session, cast, account)
    as_system(session)
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.subject_id == account.id).order_by(AuditEvent.id)
    ).all()
    assert [row.action for row in rows] == [
        "bank_account:propose",
        "bank_account:approve",
        "bank_account:stop",
    ]
    assert rows[2].reason == "closed at the bank"
    assert NUMBER not in str([row.data for row in rows])


def test_the_approver_is_told(session, cast):
    account = propose(session, cast.petru)
    told = session.scalars(
        select(InboxMessage).where(InboxMessage.link == f"/bank/accounts/{account.id}")
    ).all()
    assert [message.user_id for message in told] == [cast.alina.id]


@pytest.mark.parametrize("person", PEOPLE)
def test_each_page_opens_for_those_it_is_for(cast, sign_in, person):
    browser = sign_in(getattr(cast, person))
    own = f"/bank/accounts/{cast.bank_account.id}"
    may_read = {"petru", "alina", "radu", "irina"}
    allowed = {
        "/bank/accounts": may_read,
        "/bank/accounts/new": {"petru"},
        own: may_read,
        f"{own}/stop": {"petru", "alina"},
    }
    expected = {path: 200 if person in people else 403 for path, people in allowed.items()}
    assert {path: browser.get(path).status_code for path in expected} == expected


def test_an_account_is_added_on_the_pages_by_two_people(session, cast, sign_in):
    preparer, approver = sign_in(cast.petru), sign_in(cast.alina)
    wrong = preparer.post("/bank/accounts/new", data=FORM | {"iban": "MD00"})
    assert wrong.status_code == 422
    assert "MD00" in wrong.text
    made = preparer.post("/bank/accounts/new", data=FORM)
    assert made.status_code == 302
    button = f'action="{made.location}/approve"'
    assert button not in preparer.get(made.location).text
    assert button in approver.get(made.location).text
    assert preparer.post(f"{made.location}/approve").status_code == 403
    assert approver.post(f"{made.location}/approve").status_code == 302
    account = session.scalars(select(BankAccount).where(BankAccount.iban == NUMBER)).one()
    assert (account.proposed_by, account.approved_by) == (cast.petru.id, cast.alina.id)


def test_stopping_asks_first_and_needs_a_reason(session, cast, sign_in):
    make_batch(session, cast)
    session.commit()
    preparer = sign_in(cast.petru)
    address = f"/bank/accounts/{cast.bank_account.id}/stop"
    assert "1 lot care așteaptă" in preparer.get(address).text
    assert preparer.post(address).status_code == 422
    session.refresh(cast.bank_account)
    assert cast.bank_account.in_use
    assert preparer.post(address, data={"reason": "closed"}).status_code == 302
    session.refresh(cast.bank_account)
    assert not cast.bank_account.in_use


def test_with_two_accounts_the_preparer_chooses(session, cast, sign_in):
    second = propose(session, cast.petru)
    bank_accounts.approve(session, second, actor=actor(session, cast.alina), now=NOW)
    claim = make_checked_claim(session, cast)
    session.commit()
    preparer = sign_in(cast.petru)
    assert second.iban in preparer.get("/batches/new").text
    preparer.post(
        "/batches/new",
        data={
            "claims": str(claim.id),
            "execution_on": TODAY.isoformat(),
            "account": str(second.id),
        },
    )
    assert session.scalars(select(PaymentBatch)).one().bank_account_id == second.id


def test_without_an_account_in_use_the_pages_lead_to_where_one_is_added(session, cast, sign_in):
    make_checked_claim(session, cast)
    for account in (cast.bank_account, cast.euro_bank_account):
        account.retired_at = NOW
    session.commit()
    preparer = sign_in(cast.petru)
    for page in ("/batches/", "/batches/new"):
        assert 'href="/bank/accounts"' in preparer.get(page).text, page
    for account in (cast.bank_account, cast.euro_bank_account):
        account.approved_at = None
    session.commit()
    assert 'href="/bank/accounts"' in preparer.get("/bank/").text


def test_an_account_has_the_usual_files_of_its_currency(session, cast):
    assert propose(session, cast.petru).profile == "general"
    euro = propose(session, cast.petru, currency="EUR", iban="MD94AG000225100013104169")
    assert euro.profile == "sepa"


@pytest.mark.parametrize(("profile", "currency"), [("sepa", "MDL"), ("none-such", "MDL")])
def test_files_that_do_not_pay_in_the_currency_are_refused(session, cast, profile, currency):
    with pytest.raises(Invalid) as caught:
        propose(session, cast.petru, profile=profile, currency=currency)
    assert caught.value.code == "profile"


def test_a_statement_without_an_account_is_taken_when_one_account_alone_has_such_files(cast):
    alone = csv_profiles([cast.bank_account])
    assert (alone[0].account_iban, alone[0].currency) == (cast.bank_account.iban, "MDL")
    two = csv_profiles([cast.bank_account, cast.euro_bank_account])
    assert [layout.account_iban for layout in two] == [None]


def test_the_files_that_were_chosen_on_the_form_are_kept_and_shown(session, cast, sign_in):
    petru = sign_in(cast.petru)
    assert "General (CSV)" in petru.get("/bank/accounts/new?lang=en").text
    answer = petru.post("/bank/accounts/new", data=FORM | {"profile": "general"})
    assert "General (CSV)" in petru.get(f"{answer.location}?lang=en").text
    refused = petru.post("/bank/accounts/new", data=FORM | {"profile": "sepa"})
    assert refused.status_code == 422
