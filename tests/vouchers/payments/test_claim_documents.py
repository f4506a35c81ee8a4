"""The act of acceptance and the advice of payment of a claim: what stands on them, and for whom."""

import csv
import io

import pypdfium2
import pytest
from sqlalchemy import select

from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, PEOPLE, actor
from tests.factories.payments import (
    as_system,
    make_batch,
    make_checked_claim,
    make_claim,
    make_deliveries,
)
from tests.vouchers.payments.payments_driver import Payments
from vouchers.payments.models import Claim
from vouchers.payments.queries.claim_documents import act_of, advice_of
from vouchers.payments.services import claims, reversal

ACT, ADVICE = ("act.pdf", "act.csv"), ("payment.pdf", "payment.csv")
ONE = Money(50_000, "MDL")


@pytest.fixture
def paid(session, cast):
    """A claim that an order has paid."""
    [order] = make_batch(session, cast, until="released").orders
    payments = Payments(session, cast)
    payments.settle(order, NOW)
    session.commit()
    as_system(session)
    return session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()


def statuses(browser, claim, papers):
    return {browser.get(f"/claims/{claim.id}/{paper}").status_code for paper in papers}


def words_of(answer) -> str:
    paper = pypdfium2.PdfDocument(answer.data)
    return "\n".join(page.get_textpage().get_text_range() for page in paper)


@pytest.mark.parametrize("person", PEOPLE)
def test_they_open_for_the_books_and_for_the_providers_own_bookkeepers(sign_in, cast, paid, person):
    may = {"petru", "alina", "radu", "irina", "boris", "maria"}
    expected = 200 if person in may else 404 if person == "oleg" else 403
    assert statuses(sign_in(getattr(cast, person)), paid, ACT + ADVICE) == {expected}


def test_nothing_is_signed_before_it_is_checked_nor_advised_before_it_is_sent(
    sign_in, session, cast
):
    claim = make_claim(session, cast)
    session.commit()
    boris = sign_in(cast.boris)
    assert statuses(boris, claim, ACT + ADVICE) == {409}
    as_system(session)
    checked = make_checked_claim(session, cast)
    assert (statuses(boris, checked, ACT), statuses(boris, checked, ADVICE)) == ({200}, {409})
    as_system(session)
    make_batch(session, cast, [checked])
    assert statuses(boris, checked, ADVICE) == {409}
    assert statuses(boris, type("Gone", (), {"id": new_id()}), ACT) == {404}
    page = boris.get(f"/claims/mine/{checked.id}?lang=en").text
    assert (f"/claims/{checked.id}/act.pdf" in page, "payment.pdf" in page) == (True, False)


def test_the_act_sums_what_was_accepted_and_tells_what_was_refused(sign_in, session, cast):
    claim = make_claim(session, cast, make_deliveries(session, cast, 3))
    session.commit()
    petru = actor(session, cast.petru)
    claims.refuse_line(session, claim.lines[0], actor=petru, reason="no signature", now=NOW)
    session.commit()
    lines = [line.id for line in claim.lines]
    claims.accept_lines(session, claim, actor=petru, line_ids=lines, now=NOW)
    claims.check(session, claim, actor=petru, now=NOW)
    session.commit()
    as_system(session)
    [service] = act_of(session, claim).services
    assert (service.units, service.price, service.amount) == (2, ONE, ONE * 2)
    text = words_of(sign_in(cast.boris).get(f"/claims/{claim.id}/act.pdf?lang=en"))
    assert text.count("refused") >= 1
    assert cast.provider.legal_name in text
    assert text.count("Position and signature") == 2
    answer = sign_in(cast.petru).get(f"/claims/{claim.id}/act.csv?lang=en")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert sorted(row[7] for row in rows[1:]) == ["accepted", "accepted", "refused"]


def test_the_advice_tells_the_day_the_masked_account_and_each_claim(sign_in, session, cast):
    both = [
        make_checked_claim(session, cast, deliveries=make_deliveries(session, cast, 1))
        for _ in range(2)
    ]
    [order] = make_batch(session, cast, both, until="released").orders
    as_system(session)
    text = words_of(sign_in(cast.boris).get(f"/claims/{both[0].id}/payment.pdf?lang=en"))
    assert "Expected on" in text
    for claim in both:
        assert claim.reference in text
        assert claim.invoice_number in text
    assert order.payee_iban not in text.replace(" ", "")
    assert order.payee_iban[-4:] in text


def test_what_is_set_off_and_what_is_paid_are_the_lines_of_an_advice(sign_in, session, cast, paid):
    petru = actor(session, cast.petru)
    reversal.reverse(session, paid.lines[0].redemption, actor=petru, reason="a mistake", now=NOW)
    session.commit()
    as_system(session)
    checked = make_checked_claim(session, cast)
    [order] = make_batch(session, cast, [checked], until="released").orders
    as_system(session)
    advice = advice_of(session, checked)
    assert sum(line.amount.minor for line in advice.lines) == (order.amount + order.offset).minor
    answer = sign_in(cast.boris).get(f"/claims/{checked.id}/payment.csv?lang=en")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]
    assert sum(float(row[6]) for row in rows) == float(order.amount.decimal)


@pytest.mark.parametrize(
    ("lang", "titles"),
    [
        ("en", ("Act of acceptance of services", "Advice of payment")),
        ("ro", ("Act de primire-predare a serviciilor", "Aviz de plată")),
        ("ru", ("Акт приёма-передачи услуг", "Извещение о платеже")),
    ],
)
def test_both_are_tagged_in_three_languages_and_name_nobody(sign_in, cast, paid, lang, titles):
    browser = sign_in(cast.boris)
    for paper, title in zip(("act.pdf", "payment.pdf"), titles, strict=True):
        answer = browser.get(f"/claims/{paid.id}/{paper}?lang={lang}")
        said = words_of(answer)
        assert title in said
        assert b"StructTreeRoot" in answer.data
        for word in ("Punte", "trafficking", "Boris", "Petru", "Rita", "Ana Lungu"):
            assert word.casefold() not in said.casefold()
            assert word.encode() not in answer.data
        assert "Punte" not in answer.headers["Content-Disposition"]
