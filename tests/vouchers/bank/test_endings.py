"""Every line of the bank ends: what it was, what that posts, and how it is taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.at_once import at_once
from tests.factories.cast import TODAY, actor
from tests.factories.payments import LATER, as_system, bank_line, make_batch, statement
from tests.vouchers.payments.payments_driver import Payments
from vouchers.bank.models import BankLine, BankMatch, LineEnding
from vouchers.bank.queries import recorded
from vouchers.bank.services import endings, reconciliation
from vouchers.bank.states import BankLineState, NextStep, Resolution, Rest
from vouchers.books.models import LedgerEntry, LedgerLine, OpeningBalance
from vouchers.books.queries.funds import unallocated
from vouchers.books.services import allocation, funds, laws
from vouchers.payments.models import Claim, PaymentOrder
from vouchers.payments.services.settlement import fail_order
from vouchers.payments.states import ClaimState, OrderState


@pytest.fixture
def paid(session, cast, order, take):
    """An order that the bank has paid."""
    take(statement(cast, bank_line(order)))
    return session.get_one(PaymentOrder, order.id)


def balance(session, account):
    """Return debit less credit of an account, in bani."""
    asked = select(func.sum(LedgerLine.debit_minor - LedgerLine.credit_minor))
    return session.scalar(asked.where(LedgerLine.account == account)) or 0


def broken(session):
    as_system(session)
    return [str(law) for law in laws.broken(session)]


def undo(session, line, petru):
    endings.undo_ending(session, line, actor=petru, reason="Era altceva", now=LATER)
    session.commit()


SIMPLE = {
    Resolution.FEE: (endings.mark_fee, -1_000, "6100", 1_000),
    Resolution.INTEREST: (endings.mark_interest, 1_000, "4200", -1_000),
    Resolution.OTHERS: (endings.mark_others, 1_000, "2190", -1_000),
}


@pytest.mark.parametrize("kind", SIMPLE)
def test_what_a_line_was_is_posted_and_taken_back_and_said_anew(session, petru, line_of, kind):
    mark, minor, account, posted = SIMPLE[kind]
    line, bank = line_of(minor), balance(session, "1110")
    for _ in range(2):
        mark(session, line, actor=petru, now=LATER)
        session.commit()
        assert (line.state, line.resolution) == (BankLineState.RESOLVED, kind)
        assert (balance(session, account), balance(session, "1110")) == (posted, bank + minor)
        assert broken(session) == []
        undo(session, line, petru)
        assert (line.state, line.resolution) == (BankLineState.EXCEPTION, None)
        assert (balance(session, account), balance(session, "1110")) == (0, bank)
        assert broken(session) == []
    assert session.scalar(select(func.count()).select_from(LineEnding)) == 2


def test_what_left_for_others_is_taken_from_what_is_held_for_them(session, petru, line_of):
    endings.mark_others(session, line_of(5_000), actor=petru, now=LATER)
    endings.mark_others(session, line_of(-2_000), actor=petru, now=LATER)
    session.commit()
    assert balance(session, "2190") == -3_000


@pytest.mark.parametrize(
    ("mark", "minor"),
    [
        (endings.mark_interest, -1_000),
        (endings.mark_fee, 1_000),
        (endings.mark_before_books, 1_000),
    ],
)
def test_a_line_is_nothing_that_it_cannot_be(session, petru, line_of, mark, minor):
    line = line_of(minor)
    with pytest.raises(Invalid):
        mark(session, line, actor=petru, now=LATER)
    session.rollback()
    assert line.state == BankLineState.EXCEPTION


def test_a_line_that_ended_does_not_end_again(session, petru, line_of):
    line = line_of(1_000)
    endings.mark_interest(session, line, actor=petru, now=LATER)
    session.commit()
    with pytest.raises(Conflict, match="settled this line"):
        endings.mark_others(session, line, actor=petru, now=LATER)
    session.rollback()
    undo(session, line, petru)
    with pytest.raises(Conflict):
        endings.undo_ending(session, line, actor=petru, reason="din nou", now=LATER)


def test_two_who_end_a_line_at_once_end_it_once(session, cast, petru, line_of):
    line_id = line_of(1_000).id

    def end(own):
        found = own.get_one(BankLine, line_id)
        endings.mark_interest(own, found, actor=petru, now=LATER)

    answers = at_once(session, end, end)
    assert sum(isinstance(one, Conflict) for one in answers) == 1
    as_system(session)
    assert balance(session, "4200") == -1_000


def test_only_who_prepares_payments_undoes_an_ending(session, cast, petru, line_of):
    line = line_of(1_000)
    endings.mark_interest(session, line, actor=petru, now=LATER)
    session.commit()
    for person in (cast.alina, cast.radu, cast.ana):
        with pytest.raises(NotPermitted):
            endings.undo_ending(session, line, actor=actor(session, person), reason="x", now=LATER)
        session.rollback()


# The order's amount, and what the bank took or gave


def test_the_bank_keeps_its_fee_inside_of_the_line(session, petru, line_of, order):
    line = line_of(-order.amount_minor - 700)
    with pytest.raises(Invalid, match="its fee"):
        reconciliation.match_orders(session, line, actor=petru, order_ids=[order.id], now=LATER)
    session.rollback()
    match(session, petru, line, order, Rest.FEE)
    assert (line.state, order.state) == (BankLineState.MATCHED, OrderState.SETTLED)
    assert balance(session, "6100") == 700
    assert broken(session) == []
    reconciliation.undo_match(session, line, actor=petru, reason="alt ordin", now=LATER)
    session.commit()
    assert (balance(session, "6100"), order.state) == (0, OrderState.RELEASED)
    assert broken(session) == []


def test_a_fee_inside_of_a_line_counts_with_the_other_fees(session, petru, line_of, order):
    line = line_of(-order.amount_minor - 50_001)
    with pytest.raises(Invalid, match="one person alone"):
        match(session, petru, line, order, Rest.FEE)


def test_several_lines_pay_one_order(session, cast, petru, line_of, order):
    first = order.amount_minor // 3
    lines = [line_of(-first), line_of(-order.amount_minor + first)]
    with pytest.raises(Invalid, match="under way"):
        match(session, petru, lines[0], order, None)
    session.rollback()
    match(session, petru, lines[0], order, Rest.UNDER_WAY)
    assert (order.state, order.paid_minor) == (OrderState.RELEASED, first)
    assert balance(session, "2200") == -(order.amount_minor - first)
    assert broken(session) == []
    match(session, petru, lines[1], order, None)
    claim = session.scalars(select(Claim).where(Claim.payment_order_id == order.id)).one()
    assert (order.state, claim.state) == (OrderState.SETTLED, ClaimState.PAID)
    assert balance(session, "2200") == 0
    assert broken(session) == []


def test_each_part_is_undone_by_itself_and_can_be_paid_again(session, petru, line_of, order):
    first = order.amount_minor // 3
    lines = [line_of(-first), line_of(-order.amount_minor + first)]
    for _ in range(2):
        match(session, petru, lines[0], order, Rest.UNDER_WAY)
        match(session, petru, lines[1], order, None)
        for line in lines:
            reconciliation.undo_match(session, line, actor=petru, reason="greșit", now=LATER)
            session.commit()
            assert broken(session) == []
        assert (order.state, order.paid_minor) == (OrderState.RELEASED, 0)
    assert session.scalar(select(func.count()).select_from(BankMatch)) == 4


def test_what_is_left_of_an_order_is_found_by_the_next_statement(
    session, cast, petru, take, line_of, order
):
    first = order.amount_minor // 3
    match(session, petru, line_of(-first), order, Rest.UNDER_WAY)
    rest = bank_line(order, minor=-(order.amount_minor - first))
    report = take(statement(cast, rest), "rest.xml")
    session.refresh(order)
    assert (report.matched, order.state) == (1, OrderState.SETTLED)
    assert broken(session) == []


def test_an_order_of_which_a_part_was_paid_is_not_refused_whole(
    session, cast, petru, line_of, order
):
    match(session, petru, line_of(-1_000), order, Rest.UNDER_WAY)
    with pytest.raises(Conflict, match="undo that match first"):
        fail_order(session, order, actor=petru, reason="AC04", now=LATER)


def test_two_lines_at_once_never_pay_more_than_the_order(session, petru, line_of, order):
    most = order.amount_minor - 1
    lines, order_id = [line_of(-most).id, line_of(-most + 1).id], order.id

    def pay(line_id):
        def act(own):
            found = own.get_one(BankLine, line_id)
            reconciliation.match_orders(
                own, found, actor=petru, order_ids=[order_id], rest=Rest.UNDER_WAY, now=LATER
            )

        return act

    answers = at_once(session, *(pay(one) for one in lines))
    assert sum(isinstance(one, Invalid) for one in answers) == 1
    as_system(session)
    session.refresh(order)
    assert order.paid_minor in (most, most - 1)
    assert broken(session) == []


def test_parts_are_of_one_order_and_less_than_it(session, petru, line_of, order):
    more = line_of(-order.amount_minor - 1)
    with pytest.raises(Invalid):
        match(session, petru, more, order, Rest.UNDER_WAY)


def match(session, petru, line, order, rest):
    reconciliation.match_orders(
        session, line, actor=petru, order_ids=[order.id], rest=rest, now=LATER
    )
    session.commit()
    session.refresh(order)


# Paid twice


def test_what_was_paid_twice_is_owed_told_and_set_off_against_the_next_payment(
    session, cast, petru, line_of, paid
):
    line = line_of(-paid.amount_minor)
    endings.mark_paid_twice(session, line, actor=petru, order=paid, now=LATER)
    session.commit()
    payments = Payments(session, cast)
    assert payments.balance(paid.provider_id).receivable == paid.amount
    assert broken(session) == []
    told = select(InboxMessage).where(InboxMessage.key.startswith("paid_twice:"))
    assert cast.boris.id in {message.user_id for message in session.scalars(told)}
    following = make_batch(session, cast)
    assert following.orders[0].offset == paid.amount


def test_a_second_payment_is_undone_unless_it_was_paid_back(session, cast, petru, line_of, paid):
    line = line_of(-paid.amount_minor)
    endings.mark_paid_twice(session, line, actor=petru, order=paid, now=LATER)
    session.commit()
    undo(session, line, petru)
    payments = Payments(session, cast)
    assert payments.balance(paid.provider_id).receivable.minor == 0
    assert broken(session) == []
    endings.mark_paid_twice(session, line, actor=petru, order=paid, now=LATER)
    back = line_of(paid.amount_minor)
    endings.mark_repaid(session, back, actor=petru, provider=cast.provider, now=LATER)
    session.commit()
    with pytest.raises(Conflict, match="paid it back"):
        undo(session, line, petru)
    session.rollback()
    undo(session, back, petru)
    undo(session, line, petru)
    assert broken(session) == []


def test_an_order_that_was_never_paid_is_not_paid_twice(session, petru, line_of, order):
    line = line_of(-order.amount_minor - 5)
    with pytest.raises(Invalid):
        endings.mark_paid_twice(session, line, actor=petru, order=order, now=LATER)


# Money that came back


def test_a_return_is_undone_and_the_claim_is_paid_again(session, cast, petru, line_of, paid):
    claim = session.scalars(select(Claim).where(Claim.payment_order_id == paid.id)).one()
    line = line_of(paid.amount_minor - 300)
    for _ in range(2):
        endings.mark_returned(session, line, actor=petru, order=paid, now=LATER)
        session.commit()
        assert (paid.state, claim.state) == (OrderState.RETURNED, ClaimState.CHECKED)
        assert broken(session) == []
        undo(session, line, petru)
        assert (paid.state, claim.state) == (OrderState.SETTLED, ClaimState.PAID)
        assert claim.payment_order_id == paid.id
        assert (balance(session, "6100"), balance(session, "2100")) == (0, 0)
        assert broken(session) == []


def test_a_return_whose_claim_is_in_another_batch_stays(session, cast, petru, line_of, paid):
    claim = session.scalars(select(Claim).where(Claim.payment_order_id == paid.id)).one()
    line = line_of(paid.amount_minor)
    endings.mark_returned(session, line, actor=petru, order=paid, now=LATER)
    session.commit()
    make_batch(session, cast, [claim])
    with pytest.raises(Conflict, match="paid or changed since"):
        undo(session, line, petru)


def test_an_old_payment_that_came_back_is_found_by_a_word(session, cast, sign_in, paid, line_of):
    paid.settled_on = TODAY - timedelta(days=900)
    line = line_of(paid.amount_minor)
    page = sign_in(cast.petru).get(f"/bank/?line={line.id}&as=returned&pq={paid.reference}&lang=en")
    assert f'value="{paid.id}"' in page.text
    assert "Post the return" in page.text


# Grants, exchanges and what was before


def test_the_bank_keeps_a_part_of_a_grant(session, cast, petru, line_of):
    before, line = unallocated(session, cast.fund), line_of(99_500)
    fee = Money(500, "MDL")
    endings.mark_grant(session, line, actor=petru, fund=cast.fund, fee=fee, now=LATER)
    session.commit()
    assert unallocated(session, cast.fund) == before + Money(100_000, "MDL")
    assert balance(session, "6100") == 500
    assert broken(session) == []
    undo(session, line, petru)
    assert unallocated(session, cast.fund) == before
    assert balance(session, "6100") == 0
    assert broken(session) == []


def test_a_grant_whose_money_was_given_on_is_not_taken_back(session, cast, petru, line_of):
    line = line_of(100_000)
    endings.mark_grant(session, line, actor=petru, fund=cast.fund, now=LATER)
    session.commit()
    alina, free = actor(session, cast.alina), unallocated(session, cast.fund)
    line_of_budget = cast.budget_line
    allocation.allocate(session, line_of_budget, actor=alina, amount=free, key=new_id(), now=LATER)
    session.commit()
    with pytest.raises(Conflict, match="from its lines first"):
        undo(session, line, actor(session, cast.petru))


def test_a_grant_that_was_recorded_before_its_line_is_tied_to_it_once(
    session, cast, petru, line_of
):
    funds.record_grant(
        session,
        cast.fund,
        actor=petru,
        account=cast.bank_account,
        amount=Money(70_000, "MDL"),
        key=new_id(),
        now=LATER,
    )
    session.commit()
    bank, line = balance(session, "1110"), line_of(70_000)
    [entry] = recorded.fitting(session, line)
    endings.mark_recorded(session, line, actor=petru, entry_id=entry.id, now=LATER)
    session.commit()
    assert (line.resolution, balance(session, "1110")) == (Resolution.RECORDED, bank)
    assert recorded.fitting(session, line) == []
    undo(session, line, petru)
    assert [found.id for found in recorded.fitting(session, line)] == [entry.id]


def test_an_entry_explains_one_line_only_and_none_of_another_sum(session, cast, petru, line_of):
    line, other = line_of(70_000), line_of(70_001)
    endings.mark_grant(session, line, actor=petru, fund=cast.fund, now=LATER)
    session.commit()
    entry = session.scalars(
        select(LedgerEntry.id)
        .where(LedgerEntry.event == "grant_received")
        .order_by(LedgerEntry.posted_at.desc())
        .limit(1)
    ).one()
    with pytest.raises(Conflict, match="another line"):
        endings.mark_recorded(session, other, actor=petru, entry_id=entry, now=LATER)
    session.rollback()
    with pytest.raises(Conflict):
        endings.mark_recorded(session, other, actor=petru, entry_id=new_id(), now=LATER)


def test_a_line_of_before_the_books_posts_nothing(session, cast, petru, line_of):
    line, bank = line_of(4_000), balance(session, "1110")
    session.add(
        OpeningBalance(
            id=new_id(),
            as_of=line.booked_on,
            content={
                "accounts": [{"id": str(cast.bank_account.id), "minor": 1, "currency": "MDL"}]
            },
            proposed_by=cast.petru.id,
            proposed_at=LATER,
            approved_by=cast.alina.id,
            approved_at=LATER,
        )
    )
    session.commit()
    endings.mark_before_books(session, line, actor=petru, now=LATER)
    session.commit()
    assert (line.resolution, balance(session, "1110")) == (Resolution.BEFORE_BOOKS, bank)
    undo(session, line, petru)


# Writing off


def test_one_person_writes_little_off_and_a_second_the_rest(session, cast, petru, line_of):
    small, large = line_of(-5_000), line_of(-1)
    write_off(session, petru, small)
    assert balance(session, "6200") == 5_000
    with pytest.raises(Invalid, match="one person alone writes off"):
        write_off(session, petru, large)
    session.rollback()
    alina = actor(session, cast.alina)
    with pytest.raises(NotPermitted):
        write_off(session, alina, large)
    session.rollback()
    reconciliation.park(
        session, large, actor=petru, owner_id=cast.alina.id, note="nimeni nu știe", now=LATER
    )
    session.commit()
    write_off(session, alina, large)
    assert (large.resolution, balance(session, "6200")) == (Resolution.WRITTEN_OFF, 5_001)
    assert broken(session) == []


def test_nothing_is_written_off_without_a_reason_or_that_came_in(session, petru, line_of):
    with pytest.raises(Invalid, match="belongs to somebody"):
        write_off(session, petru, line_of(10))
    session.rollback()
    with pytest.raises(Invalid, match="why"):
        endings.mark_written_off(session, line_of(-10), actor=petru, reason=" ", now=LATER)


def write_off(session, who, line):
    endings.mark_written_off(session, line, actor=who, reason="nu se știe", now=LATER)
    session.commit()


# What waits


def test_whoever_finds_out_has_the_line_on_today_when_its_day_comes(
    session, cast, petru, line_of, sign_in
):
    line = line_of(9_000)
    with pytest.raises(Invalid, match="past"):
        park(session, cast, petru, line, TODAY - timedelta(days=10))
    session.rollback()
    park(session, cast, petru, line, LATER.date())
    page = sign_in(cast.petru).get("/bank/?account=every&show=mine&lang=en")
    assert "X9000" in page.text
    assert "Ask the donor" in page.text
    due = sign_in(cast.petru).get("/bank/?account=every&show=due&lang=en")
    assert "X9000" not in due.text
    line.next_on = TODAY
    session.commit()
    due = sign_in(cast.petru).get("/bank/?account=every&show=due&lang=en")
    assert "X9000" in due.text
    assert (
        "Bank lines whose next step is due"
        in sign_in(cast.petru).get("/account/today?lang=en").text
    )


def park(session, cast, petru, line, day):
    reconciliation.park(
        session,
        line,
        actor=petru,
        owner_id=cast.petru.id,
        note="scris donatorului",
        next_step=NextStep.ASK_DONOR,
        next_on=day,
        now=LATER,
    )
    session.commit()


PAGES = [
    (2_000, kind)
    for kind in ("grant", "returned", "repaid", "interest", "others", "recorded", "later")
] + [(-2_000, kind) for kind in ("fee", "paid_twice", "written_off", "service", "later")]


@pytest.mark.parametrize("lang", ["en", "ro", "ru"])
def test_each_ending_has_its_page_in_every_language(cast, line_of, sign_in, lang):
    lines, browser = {minor: line_of(minor) for minor in (2_000, -2_000)}, sign_in(cast.petru)
    for minor, kind in PAGES:
        answer = browser.get(f"/bank/?line={lines[minor].id}&as={kind}&lang={lang}")
        assert answer.status_code == 200, kind
        assert 'id="what"' in answer.text or kind == "service"


def test_every_ending_is_posted_and_undone_on_its_page(session, cast, sign_in, line_of):
    browser = sign_in(cast.petru)
    for minor, act in ((-1_001, "fee"), (1_002, "interest"), (1_003, "others")):
        line = line_of(minor)
        assert browser.post(f"/bank/lines/{line.id}/{act}").status_code == 302
        session.refresh(line)
        assert line.state == BankLineState.RESOLVED
        nothing = browser.post(f"/bank/lines/{line.id}/undo-ending", data={"reason": " "})
        assert nothing.status_code == 422
        answer = browser.post(f"/bank/lines/{line.id}/undo-ending", data={"reason": "greșit"})
        assert answer.status_code == 302
        session.refresh(line)
        assert line.state == BankLineState.EXCEPTION
