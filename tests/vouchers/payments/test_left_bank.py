"""Who is paid on the left bank is said in the text of the payment, and checked before it is used."""

from datetime import timedelta

import pytest

from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import make_batch, make_checked_claim
from vouchers.formats import left_bank
from vouchers.formats.mdl_csv import CsvExport
from vouchers.payments.models import PayeeAccount
from vouchers.payments.queries.batch_news import news
from vouchers.payments.services import batches, payees, settlement

TRANSIT = "MD16TI000022510000000077"
OTHER = "MD24AG000225100013104168"
FINAL = {"final_code": "0200012345", "final_account": "2212000011", "final_name": "Центр «Надежда»"}


def propose(session, cast, *, who="petru", iban=TRANSIT, currency="MDL", **changes):
    return payees.propose(
        session,
        actor=actor(session, cast.people[who]),
        provider=cast.provider,
        currency=currency,
        iban=iban,
        holder=cast.provider.legal_name,
        now=NOW,
        **(FINAL | changes),
    )


def use(session, cast, **changes):
    account = propose(session, cast, **changes)
    payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    account.pays_from = TODAY
    session.commit()
    return account


def refused(session, cast, **changes):
    with pytest.raises(Invalid) as error:
        propose(session, cast, **changes)
    session.rollback()
    return error.value.code, error.value.field


def test_the_three_parts_are_kept_and_a_second_person_approves_them(session, cast):
    account = propose(session, cast)
    assert (account.bic[:8], account.final_code) == (left_bank.BIC, "0200012345")
    assert (account.final_account, account.final_name) == ("2212000011", "Центр «Надежда»")
    with pytest.raises(NotPermitted):
        payees.approve(session, account, actor=actor(session, cast.petru), now=NOW)
    payees.approve(session, account, actor=actor(session, cast.alina), now=NOW)
    assert account.approved_by == cast.alina.id


@pytest.mark.parametrize("field", sorted(FINAL))
@pytest.mark.parametrize("empty", ["", "   "])
def test_each_part_is_needed_where_the_bank_is_the_transit_bank(session, cast, field, empty):
    assert refused(session, cast, **{field: empty}) == ("final_missing", field)


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("final_code", "02000 12345"),
        ("final_code", "0200/12345"),
        ("final_code", "1" * 21),
        ("final_account", "2212-000011"),
        ("final_account", "2212"),
        ("final_account", "2" * 35),
        ("final_name", "X//CONT/999//DENM/Y"),
        ("final_name", "Nume/"),
        ("final_name", "/Nume"),
        ("final_name", "Nume; alt"),
        ("final_name", 'Nume "X"'),
        ("final_name", "Nume\nalt"),
        ("final_name", "Nume\u202ealt"),
        ("final_name", "12345"),
        ("final_name", "N" * 101),
    ],
)
def test_what_the_text_cannot_carry_is_refused_and_names_its_field(session, cast, field, part):
    assert refused(session, cast, **{field: part}) == (field, field)


@pytest.mark.parametrize("field", sorted(FINAL))
@pytest.mark.parametrize(("iban", "currency"), [(OTHER, "MDL"), (TRANSIT, "EUR")])
def test_where_it_would_not_be_said_it_is_refused_and_not_forgotten(
    session, cast, field, iban, currency
):
    empty = dict.fromkeys(FINAL, "")
    code = refused(session, cast, iban=iban, currency=currency, **empty | {field: FINAL[field]})
    assert code == ("final_unused", field)


def test_the_longest_parts_still_fit_into_the_text_of_a_bank():
    parts = "1" * left_bank.LONGEST_CODE, "2" * left_bank.LONGEST_ACCOUNT, "N" * 100
    left_bank.refuse_parts(*parts)
    assert len(left_bank.text(*parts, "PO-ABCDEF servicii")) <= CsvExport().longest_text


def test_the_file_says_for_whom_the_payment_is_and_names_the_transit_account(session, cast):
    use(session, cast)
    batch = make_batch(session, cast, until="released")
    (order,) = batch.orders
    line = batch.file_content.decode("utf-8-sig").split("\r\n")[1].split(";")
    assert line[7:10] == [
        TRANSIT,
        order.payee_bic,
        f"//IDCD/0200012345//CONT/2212000011//DENM/Центр «Надежда»//{order.text}",
    ]


def test_another_final_account_behind_the_same_transit_account_is_another_account(session, cast):
    first = use(session, cast)
    with pytest.raises(Conflict, match="already in use"):
        propose(session, cast)
    session.rollback()
    waiting = make_batch(session, cast)
    assert batches.changed_payees(session, waiting) == []
    second = propose(session, cast, final_account="2212999999")
    payees.approve(session, second, actor=actor(session, cast.alina), now=NOW)
    session.commit()
    assert second.pays_from > TODAY
    assert session.get_one(PayeeAccount, first.id).retired_at is not None
    assert batches.changed_payees(session, waiting) == [waiting.orders[0].payee_name]
    with pytest.raises(Conflict, match="has changed"):
        batches.approve(session, waiting, actor=actor(session, cast.alina), now=NOW)
    session.rollback()


def test_the_approver_of_a_batch_sees_another_final_account(session, cast):
    use(session, cast)
    paid = make_batch(session, cast, until="released")
    settlement.settle_order(
        session, paid.orders[0], actor=actor(session, cast.petru), on=TODAY, note={}, now=NOW
    )
    session.commit()
    use(session, cast, final_name="Другой центр")
    batch = make_batch(
        session, cast, [make_checked_claim(session, cast)], now=NOW + timedelta(hours=1)
    )
    assert [str(one.kind) for one in news(session, batch)] == ["account"]
    session.rollback()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Payments to this bank say for whom they are: enter it."),
        ("ro", "Plățile către această bancă spun pentru cine sunt: completați."),
        ("ru", "В платежах в этот банк указывают, для кого они: заполните."),
    ],
)
def test_the_form_says_which_part_is_missing(session, cast, sign_in, language, said):
    form = {"currency": "MDL", "iban": TRANSIT, "holder": "X", "final_account": "2212000011"}
    address = f"/payees/new/{cast.provider.id}?lang={language}"
    answer = sign_in(cast.petru).post(address, data=form)
    assert answer.status_code == 422
    assert said in answer.text


def test_the_page_of_the_account_shows_the_approver_all_three(session, cast, sign_in):
    account = propose(session, cast)
    session.commit()
    page = sign_in(cast.alina).get(f"/payees/{account.id}?lang=en").text
    for said in FINAL.values():
        assert said in page
