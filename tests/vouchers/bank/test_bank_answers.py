"""What a bank refuses for certain fails its order by itself; all else a person decides, once."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.kernel import tasks
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.cast import NOW, actor
from tests.factories.payments import (
    LATER,
    as_system,
    bank_line,
    make_batch,
    make_checked_claim,
    statement,
)
from tests.vouchers.formats.writers import Status, pain002
from vouchers.bank.models import BankAnswer, BankFile, OrderAnswer
from vouchers.bank.services import bank_answers, bank_files
from vouchers.bank.services.bank_answers import import_answer
from vouchers.bank.services.statement_import import import_file
from vouchers.books.services.balances import provider_balances
from vouchers.payments.models import Claim, PaymentOrder


@pytest.fixture
def batch(session, cast):
    """A batch of one order that has left."""
    return make_batch(session, cast, until="released")


@pytest.fixture
def order(batch):
    return batch.orders[0]


def rejected(order, status="RJCT", **changes):
    said = {"minor": order.amount_minor, "currency": order.currency, "iban": order.payee_iban}
    return Status(order.end_to_end_id, status, **said | changes)


def take(session, cast, content, *, who="petru", name="raspuns.xml", **more):
    person = actor(session, cast.people[who])
    report = import_answer(session, actor=person, name=name, content=content, now=LATER, **more)
    session.commit()
    as_system(session)
    return report


def state(session, order):
    return str(session.get_one(PaymentOrder, order.id, populate_existing=True).state)


def answers(session):
    return session.scalars(select(OrderAnswer).order_by(OrderAnswer.position)).all()


def test_a_rejection_that_names_reference_amount_and_account_fails_its_order(
    session, cast, batch, order
):
    owed = order.amount
    report = take(session, cast, pain002(batch.message_id, rejected(order, text="cont închis")))
    assert (report.failed, report.waiting, report.noted) == (1, 0, 0)
    assert state(session, order) == "failed"
    assert order.failure == "AC04 cont închis"
    claim = session.scalars(select(Claim)).one()
    assert (str(claim.state), claim.payment_order_id) == ("checked", None)
    balance = provider_balances(session, [order.provider_id])[order.provider_id, "MDL"]
    assert balance.payable == owed


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"minor": None}, "amount_unsaid"),
        ({"minor": 1}, "amount_differs"),
        ({"currency": "EUR"}, "amount_differs"),
        ({"iban": "RO49AAAA1B31007593840000"}, "account_differs"),
        ({"instruction": "PO-OTHERS"}, "names_differ"),
        ({"status": "CANC"}, "not_rejected"),
        ({"status": "BLCK"}, "not_rejected"),
    ],
)
def test_in_any_doubt_the_order_stays_and_a_person_is_asked(
    session, cast, batch, order, changes, doubt
):
    report = take(session, cast, pain002(batch.message_id, rejected(order, **changes)))
    assert (report.failed, report.waiting) == (0, 1)
    assert state(session, order) == "released"
    (one,) = answers(session)
    assert (str(one.state), str(one.doubt)) == ("waiting", doubt)


def test_a_rejection_inside_an_accepted_file_is_a_doubt(session, cast, batch, order):
    content = pain002(batch.message_id, rejected(order), group="ACCP")
    assert take(session, cast, content).waiting == 1
    assert str(answers(session)[0].doubt) == "whole_accepted"
    assert state(session, order) == "released"


def test_an_order_number_of_ours_names_it_as_well(session, cast, batch, order):
    named = rejected(order, instruction=order.reference)
    named.end_to_end = None
    assert take(session, cast, pain002(batch.message_id, named)).failed == 1
    assert state(session, order) == "failed"


@pytest.mark.parametrize("status", ["ACTC", "ACCP", "ACSP", "ACSC", "PDNG", "RCVD", "ABCD"])
def test_what_is_no_rejection_is_only_noted(session, cast, batch, order, status):
    report = take(session, cast, pain002(batch.message_id, rejected(order, status, code=None)))
    assert (report.failed, report.waiting, report.noted) == (0, 0, 1)
    assert state(session, order) == "released"


def test_a_whole_file_is_rejected_by_itself_only_with_its_number_and_sum(
    session, cast, batch, order
):
    whole = str(order.amount.decimal)
    for number, (count, total) in enumerate([(None, ""), (1, "0.01"), (2, whole)]):
        content = pain002(
            batch.message_id, group="RJCT", count=count, total=total, number=f"R{number}"
        )
        assert take(session, cast, content).waiting == 1
        assert state(session, order) == "released"
    content = pain002(
        batch.message_id, group="RJCT", code="AM04", count=1, total=whole, number="R9"
    )
    assert take(session, cast, content).failed == 1
    assert (state(session, order), order.failure) == ("failed", "AM04")


def test_a_part_says_nothing_of_an_order_that_is_not_named(session, cast, batch, order):
    report = take(session, cast, pain002(batch.message_id, group="PART"))
    assert (report.failed, report.waiting, report.noted) == (0, 0, 0)
    assert answers(session) == []


def test_what_is_said_of_a_block_stands_over_the_whole_and_under_the_payment(
    session, cast, batch, order
):
    take(session, cast, pain002(batch.message_id, group="ACCP", block="ACSP"))
    assert answers(session)[0].status == "ACSP"
    named = rejected(order, "ACSC", code=None)
    take(session, cast, pain002(batch.message_id, named, group="ACCP", block="ACSP", number="R2"))
    assert sorted(one.status for one in answers(session)) == ["ACSC", "ACSP"]


def test_the_same_answer_twice_changes_nothing(session, cast, batch, order):
    content = pain002(batch.message_id, rejected(order))
    first = take(session, cast, content)
    again = take(session, cast, content, name="iar.xml")
    spaced = take(session, cast, content.replace(b"><GrpHdr", b">\n <GrpHdr"))
    assert again.imported_before
    assert spaced.imported_before
    assert {again.answer_id, spaced.answer_id} == {first.answer_id}
    assert session.scalar(select(func.count()).select_from(BankAnswer)) == 1
    assert len(answers(session)) == 1


def test_the_same_number_with_other_words_is_refused(session, cast, batch, order):
    take(session, cast, pain002(batch.message_id, rejected(order, "ACCP", code=None)))
    with pytest.raises(Conflict, match="says something else"):
        take(session, cast, pain002(batch.message_id, rejected(order)))
    session.rollback()
    assert state(session, order) == "released"


def test_a_second_answer_that_rejects_what_failed_before_is_noted(session, cast, batch, order):
    take(session, cast, pain002(batch.message_id, rejected(order)))
    report = take(session, cast, pain002(batch.message_id, rejected(order), number="R2"))
    assert (report.failed, report.waiting, report.noted) == (0, 0, 1)


def test_an_order_that_the_statement_paid_does_not_fail(session, cast, batch, order):
    petru = actor(session, cast.petru)
    paid = statement(cast, bank_line(order))
    import_file(session, actor=petru, name="zi.xml", content=paid, now=LATER)
    session.commit()
    assert take(session, cast, pain002(batch.message_id, rejected(order))).waiting == 1
    (one,) = answers(session)
    assert str(one.doubt) == "not_under_way"
    assert not bank_answers.can_fail(one)
    with pytest.raises(Conflict, match="not under way"):
        bank_answers.confirm(
            session, one.answer, actor=actor(session, cast.petru), ids=[one.id], now=LATER
        )
    session.rollback()
    assert state(session, order) == "settled"


@pytest.mark.parametrize("number", ["FREMD", "M00000000000000000000"])
def test_an_answer_to_a_file_that_is_not_ours_is_refused(session, cast, order, number):
    with pytest.raises(Invalid, match="none of ours left so"):
        take(session, cast, pain002(number, rejected(order)))


def test_an_answer_to_a_batch_that_has_not_left_is_refused(session, cast):
    waits = make_batch(session, cast, until="approved")
    with pytest.raises(Invalid, match="none of ours left so"):
        take(session, cast, pain002(waits.message_id, rejected(waits.orders[0])))


def test_an_order_of_another_batch_is_told_and_left_alone(session, cast, batch, order):
    other = make_batch(session, cast, [make_checked_claim(session, cast)], until="released")
    report = take(session, cast, pain002(batch.message_id, rejected(other.orders[0])))
    assert report.unknown == [other.orders[0].end_to_end_id]
    assert (report.failed, state(session, other.orders[0])) == (0, "released")


def test_one_payment_named_by_both_its_numbers_counts_once(session, cast, batch, order):
    by_number = Status(None, "ACCP", code=None, instruction=order.reference)
    report = take(session, cast, pain002(batch.message_id, rejected(order, "ACSP"), by_number))
    assert report.unknown == [order.reference]
    assert [one.status for one in answers(session)] == ["ACSP"]


def test_a_look_says_what_follows_and_keeps_nothing(session, cast, batch, order):
    report = take(session, cast, pain002(batch.message_id, rejected(order)), dry_run=True)
    assert (report.failed, report.orders[0]["reference"]) == (1, order.reference)
    assert state(session, order) == "released"
    assert session.scalar(select(func.count()).select_from(BankAnswer)) == 0


def test_what_was_not_looked_at_is_not_kept(session, cast, batch, order):
    with pytest.raises(Conflict, match="read otherwise"):
        take(session, cast, pain002(batch.message_id, rejected(order)), seen="0" * 64)


@pytest.mark.parametrize("who", ["alina", "radu", "irina", "boris"])
def test_only_a_preparer_reads_one_in(session, cast, batch, order, who):
    with pytest.raises(NotPermitted):
        take(session, cast, pain002(batch.message_id, rejected(order)), who=who)


def test_a_person_confirms_what_waits_once(session, cast, batch, order):
    take(session, cast, pain002(batch.message_id, rejected(order, minor=None)))
    (one,) = answers(session)
    petru = actor(session, cast.petru)
    assert bank_answers.confirm(session, one.answer, actor=petru, ids=[one.id], now=LATER) == 1
    session.commit()
    assert (state(session, order), str(one.state)) == ("failed", "failed")
    assert one.decided_by == cast.petru.id
    with pytest.raises(Conflict):
        bank_answers.confirm(session, one.answer, actor=petru, ids=[one.id], now=LATER)
    session.rollback()


def test_a_person_discards_what_waits_with_a_reason(session, cast, batch, order):
    take(session, cast, pain002(batch.message_id, rejected(order, minor=None)))
    (one,) = answers(session)
    petru = actor(session, cast.petru)
    with pytest.raises(Invalid, match="reason"):
        bank_answers.discard(session, one, actor=petru, reason=" ", now=LATER)
    bank_answers.discard(session, one, actor=petru, reason="Banca a greșit.", now=LATER)
    session.commit()
    assert (state(session, order), str(one.state)) == ("released", "discarded")


def test_its_file_stays_for_good(session, cast, batch, order):
    take(session, cast, pain002(batch.message_id, rejected(order)))
    assert bank_files.forget(session, now=NOW + timedelta(days=60)) == 0
    assert session.scalar(select(func.count()).select_from(BankFile)) == 1


def test_the_bank_pays_all_the_same_and_the_line_is_not_matched(session, cast, batch, order):
    take(session, cast, pain002(batch.message_id, rejected(order)))
    petru, paid = actor(session, cast.petru), statement(cast, bank_line(order))
    report = import_file(session, actor=petru, name="zi.xml", content=paid, now=LATER)
    assert (report.matched, report.exceptions) == (0, 1)


def test_pages_say_it_in_three_languages_and_an_unknown_code_as_it_is(
    session, cast, sign_in, batch, order
):
    content = pain002(batch.message_id, rejected(order, minor=None, code="AG01"), group="XXXX")
    report = take(session, cast, content)
    browser = sign_in(cast.petru)
    for language, said in (
        ("en", "such a payment is not allowed on this account (AG01)"),
        ("ro", "pe acest cont nu este permisă o astfel de plată (AG01)"),
        ("ru", "такой платёж по этому счёту не разрешён (AG01)"),
    ):
        for address in (f"/bank/answers/{report.answer_id}", f"/batches/orders/{order.id}"):
            assert said in browser.get(f"{address}?lang={language}").text
        assert "XXXX" in browser.get(f"/bank/answers/{report.answer_id}?lang={language}").text
        assert "R1" in browser.get(f"/batches/{batch.id}?lang={language}").text


def test_today_tells_a_preparer_what_waits_and_confirming_ends_it(
    session, cast, sign_in, batch, order
):
    report = take(session, cast, pain002(batch.message_id, rejected(order, minor=None)))
    (one,) = answers(session)
    browser = sign_in(cast.petru)
    said = "Refusals of the bank to confirm"
    assert said in browser.get("/account/today?lang=en").text
    confirm = f"/bank/answers/orders/{one.id}/confirm"
    assert "Did the bank refuse order" in browser.get(f"{confirm}?lang=en").text
    assert browser.post(f"{confirm}?lang=en").status_code == 302
    page = browser.get(f"/bank/answers/{report.answer_id}?lang=en").text
    assert "Order failed" in page
    assert said not in browser.get("/account/today?lang=en").text


def test_an_auditor_sees_an_answer_and_decides_nothing(session, cast, sign_in, batch, order):
    report = take(session, cast, pain002(batch.message_id, rejected(order, minor=None)))
    (one,) = answers(session)
    browser = sign_in(cast.irina)
    assert browser.get(f"/bank/answers/{report.answer_id}").status_code == 200
    assert browser.get(f"/bank/answers/orders/{one.id}/confirm").status_code in (403, 404)
    assert sign_in(cast.boris).get(f"/bank/answers/{report.answer_id}").status_code in (403, 404)


def run_tasks(session):
    while (task := tasks.next_task(session, now=LATER)) is not None:
        session.commit()
        tasks.run_task(session, task, now=LATER)
        session.commit()
    as_system(session)


@pytest.mark.parametrize("language", ["en", "ro", "ru"])
def test_uploaded_beside_statements_it_is_looked_at_then_imported(
    session, cast, sign_in, batch, order, language
):
    browser = sign_in(cast.petru)
    content = pain002(batch.message_id, rejected(order))
    sent = {"file": (io.BytesIO(content), "camt053.csv")}
    looked = browser.post("/bank/import", data=sent).location
    run_tasks(session)
    page = browser.get(f"{looked}?lang={language}").text
    for said in (order.reference, "AC04", batch.reference):
        assert said in page
    assert state(session, order) == "released"
    done = browser.post(f"{looked}/confirm").location
    run_tasks(session)
    page = browser.get(f"{done}?lang={language}").text
    assert f"/bank/answers/{session.scalars(select(BankAnswer.id)).one()}" in page
    assert state(session, order) == "failed"
    again = browser.post("/bank/import", data={"file": (io.BytesIO(content), "x.xml")}).location
    run_tasks(session)
    assert browser.get(again).status_code == 200
    assert browser.post(f"{again}/confirm").status_code == 409


def test_the_page_says_why_an_answer_is_refused(session, cast, sign_in, batch, order):
    browser = sign_in(cast.petru)
    sent = {"file": (io.BytesIO(pain002("FREMD", rejected(order))), "x.xml")}
    looked = browser.post("/bank/import", data=sent).location
    run_tasks(session)
    assert "none of ours left so" in browser.get(f"{looked}?lang=en").text


def test_the_command_reads_an_answer_too(app, session, cast, batch, order, tmp_path):
    file = tmp_path / "raspuns.xml"
    file.write_bytes(pain002(batch.message_id, rejected(order)))
    looked = app.test_cli_runner().invoke(args=["bank", "import", str(file), "--dry-run"])
    assert "1 failed, 0 to decide" in looked.output
    assert state(session, order) == "released"
    done = app.test_cli_runner().invoke(args=["bank", "import", str(file), "--json"])
    assert (done.exit_code, '"failed": 1' in done.output) == (0, True)
    assert state(session, order) == "failed"
