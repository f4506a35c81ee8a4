"""What a person decides about a line of the bank, and what a file does by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.money import Money
from tests.factories.cast import TODAY
from tests.factories.payments import LATER, bank_line, statement
from tests.vouchers.formats.writers import Line
from tests.vouchers.payments.payments_driver import Payments
from vouchers.bank.models import BankLine, BankMatch
from vouchers.bank.services import endings, reconciliation
from vouchers.bank.states import BankLineState, Resolution
from vouchers.books.models import LedgerEntry
from vouchers.books.queries.funds import unallocated
from vouchers.formats.problems import StatementFileError
from vouchers.payments.models import Claim, PaymentOrder
from vouchers.payments.services import reversal
from vouchers.payments.states import ClaimState, OrderState
from vouchers.voucher.models import Redemption


def entries(session, event):
    asked = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.event == event)
    return session.scalar(asked)


def test_what_is_certain_is_matched_posted_and_paid_by_itself(session, cast, take, order):
    report = take(statement(cast, bank_line(order)))
    session.refresh(order)
    claim = session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()
    assert (report.matched, order.state, claim.state) == (1, OrderState.SETTLED, ClaimState.PAID)
    assert session.scalars(select(BankMatch)).one().automatic
    assert Payments(session, cast).balance(cast.provider.id).payable == Money(0, "MDL")


def test_a_line_is_imported_once_whatever_file_it_comes_in(session, cast, take, order):
    line = bank_line(order)
    take(statement(cast, line))
    again = take(statement(cast, line, Line(-1_000, "MDL", TODAY, reference="N1")), "alt.xml")
    assert again.new == 1
    assert session.scalar(select(func.count()).select_from(BankLine)) == 2
    assert entries(session, "settled_by_bank") == 1


def test_nothing_stays_of_a_file_that_cannot_be_read(session, cast, take):
    iban = cast.bank_account.iban
    good = f"{TODAY:%d.%m.%Y};-10,00;MDL;{iban}"
    for bad in (f"31.31.2026;-1,00;MDL;{iban}", f"{TODAY:%d.%m.%Y};zece;MDL;{iban}"):
        content = f"Data;Suma;Valuta;Cont\n{good}\n{bad}\n".encode()
        with pytest.raises(StatementFileError):
            take(content, "zi.csv")
        session.rollback()
    assert session.scalar(select(func.count()).select_from(BankLine)) == 0


def test_a_person_matches_a_line_with_orders_of_exactly_its_sum(session, petru, line_of, order):
    line = line_of(-order.amount_minor - 100)
    with pytest.raises(Invalid, match="together"):
        reconciliation.match_orders(session, line, actor=petru, order_ids=[order.id], now=LATER)
    session.rollback()
    with pytest.raises(Invalid, match="Choose the orders"):
        reconciliation.match_orders(session, line, actor=petru, order_ids=[], now=LATER)


def test_an_undone_match_posts_a_reversal_and_the_order_waits_again(
    session, cast, take, petru, order
):
    take(statement(cast, bank_line(order)))
    line = session.scalars(select(BankLine)).one()
    reconciliation.undo_match(session, line, actor=petru, reason="Alt ordin", now=LATER)
    session.commit()
    session.refresh(order)
    assert (line.state, order.state) == (BankLineState.EXCEPTION, OrderState.RELEASED)
    assert entries(session, "unsettled") == 1
    assert entries(session, "settled_by_bank") == 1
    assert session.scalars(select(BankMatch)).one().undone_reason == "Alt ordin"
    reconciliation.match_orders(session, line, actor=petru, order_ids=[order.id], now=LATER)
    assert order.state == OrderState.SETTLED


def test_a_fee_leaves_and_a_grant_arrives(session, cast, petru, line_of):
    out, come_in = line_of(-1_500), line_of(700_000)
    with pytest.raises(Invalid, match="this line came in"):
        endings.mark_fee(session, come_in, actor=petru, now=LATER)
    session.rollback()
    with pytest.raises(Invalid, match="this line left"):
        endings.mark_grant(session, out, actor=petru, fund=cast.fund, now=LATER)
    session.rollback()
    before = unallocated(session, cast.fund)
    endings.mark_fee(session, out, actor=petru, now=LATER)
    session.commit()
    endings.mark_grant(session, come_in, actor=petru, fund=cast.fund, now=LATER)
    session.commit()
    assert unallocated(session, cast.fund) == before + Money(700_000, "MDL")
    assert (out.resolution, come_in.resolution) == (Resolution.FEE, Resolution.GRANT)
    with pytest.raises(Conflict, match="settled this line already"):
        endings.mark_fee(session, out, actor=petru, now=LATER)


def test_what_is_refused_beside_a_line_keeps_what_was_chosen_and_typed(
    session, cast, take, petru, line_of, order, sign_in
):
    take(statement(cast, bank_line(order)))
    paid = session.scalars(select(Redemption)).first()
    reversal.reverse(session, paid, actor=petru, reason="Greșit", now=LATER)
    line, provider = line_of(paid.amount_minor + 1), cast.provider
    session.commit()
    browser, address = sign_in(cast.petru), f"/bank/lines/{line.id}/repaid?lang=en"
    nothing = browser.post(address)
    assert nothing.status_code == 422
    assert "Choose who paid back." in nothing.text
    answer = browser.post(address, data={"provider": str(provider.id)})
    assert answer.status_code == 422
    assert f"{provider.name} does not owe this much: it owes 500.00\xa0MDL." in answer.text
    assert f'<option value="{provider.id}" selected>' in answer.text
    told = {"owner": str(cast.alina.id), "note": "x" * 501}
    parked = browser.post(f"/bank/lines/{line.id}/park?lang=en", data=told)
    assert parked.status_code == 422
    assert "x" * 500 in parked.text
    assert f'<option value="{cast.alina.id}" selected>' in parked.text


def test_a_provider_gives_back_no_more_than_it_owes(session, cast, take, petru, line_of, order):
    take(statement(cast, bank_line(order)))
    paid = session.scalars(select(Redemption)).first()
    owed = paid.amount_minor
    line, more = line_of(owed), line_of(owed + 1)
    provider = cast.provider
    with pytest.raises(Invalid, match="does not owe this much"):
        endings.mark_repaid(session, line, actor=petru, provider=provider, now=LATER)
    session.rollback()
    reversal.reverse(session, paid, actor=petru, reason="Greșit", now=LATER)
    session.commit()
    with pytest.raises(Invalid, match="does not owe this much"):
        endings.mark_repaid(session, more, actor=petru, provider=provider, now=LATER)
    session.rollback()
    endings.mark_repaid(session, line, actor=petru, provider=provider, now=LATER)
    assert line.resolution == Resolution.REPAID


def test_a_line_that_is_not_known_stays_with_who_finds_out_and_what_is_known(
    session, cast, petru, line_of, sign_in
):
    line = line_of(5_000)
    for owner, note in ((None, "Am întrebat banca."), (cast.petru.id, "  ")):
        with pytest.raises(Invalid):
            reconciliation.park(session, line, actor=petru, owner_id=owner, note=note, now=LATER)
    reconciliation.park(
        session, line, actor=petru, owner_id=cast.petru.id, note="Am întrebat banca.", now=LATER
    )
    session.commit()
    assert line.state == BankLineState.EXCEPTION
    page = sign_in(cast.alina).get("/bank/?lang=en").text
    assert "Petru Sandu finds out." in page
    assert "Am întrebat banca." in page


def test_a_payment_that_came_back_is_paid_again(session, cast, take, petru, order):
    take(statement(cast, bank_line(order)))
    claim = session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()
    back = bank_line(
        order,
        minor=order.amount_minor,
        end_to_end="",
        text="retur",
        reference="R9",
        day=TODAY + timedelta(days=1),
    )
    take(statement(cast, back))
    line = session.scalars(select(BankLine).where(BankLine.amount_minor > 0)).one()
    paid = session.get_one(PaymentOrder, order.id)
    if line.state != BankLineState.RESOLVED:
        endings.mark_returned(session, line, actor=petru, order=paid, now=LATER)
    assert (paid.state, claim.state) == (OrderState.RETURNED, ClaimState.CHECKED)
    assert Payments(session, cast).balance(cast.provider.id).payable == claim.payable


def test_a_statement_of_another_account_is_refused(session, cast, take):
    content = statement(cast, Line(-1_000, "MDL", TODAY, reference="Z1"))
    other = content.replace(cast.bank_account.iban.encode(), cast.euro_bank_account.iban.encode())
    with pytest.raises(Invalid, match="the account is in"):
        take(other)
