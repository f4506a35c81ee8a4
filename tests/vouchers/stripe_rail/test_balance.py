"""Each line of the Stripe balance stands in the books, or says why not; books and Stripe agree."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.kernel.errors import Conflict, NotPermitted
from reintegration.kernel.money import Money
from tests.at_once import at_once
from tests.factories.cast import NOW, actor
from tests.factories.payments import as_system, day
from tools.stripe_simulator.balance import PLATFORM
from tools.stripe_simulator.balance import book as book_at_stripe
from vouchers.bank.models import BankLine
from vouchers.bank.services import endings
from vouchers.bank.services.statement_import import import_file
from vouchers.books.models import LedgerEntry
from vouchers.books.services import laws
from vouchers.books.services.postings import PostingEvent
from vouchers.stripe_rail.credential import STRIPE
from vouchers.stripe_rail.models import StripeBalance, StripeLine
from vouchers.stripe_rail.objects import Notice
from vouchers.stripe_rail.queries import balance
from vouchers.stripe_rail.services import clearing, events, lines, sweep
from vouchers.stripe_rail.states import LineProblem, LineState


def swept(rail, **ahead):
    """Ask Stripe, and return what is kept of each line by its kind."""
    rail.later(**(ahead or {"minutes": 2}))
    as_system(rail.session)
    assert sweep.ask(rail.session, now=NOW + rail.after)
    rail.deliver()
    kept = rail.session.scalars(select(StripeLine).order_by(StripeLine.made_at))
    return {line.kind: line for line in kept}


def proven(rail):
    """Return the proof, after the laws of the books were asked."""
    as_system(rail.session)
    assert laws.broken(rail.session) == []
    found = balance.proof(rail.session, "MDL")
    assert found.difference == Money.zero("MDL")
    assert found.stripe == Money(rail.stripe.balance().get("mdl", 0), "MDL")
    return found


def moved_at_bank(rail, minor, offset=0):
    """Import a line of the bank and post it as money to or from Stripe."""
    as_system(rail.session)
    petru = actor(rail.session, rail.cast.petru)
    sign = "-" if minor < 0 else ""
    row = (
        f"{day(offset):%d.%m.%Y};{sign}{abs(minor) // 100},{abs(minor) % 100:02d};Stripe {offset}\n"
    )
    head = f"Cont;{rail.cast.bank_account.iban};\nValuta;MDL;\nData;Suma;Descriere\n"
    import_file(rail.session, actor=petru, name="x", content=(head + row).encode(), now=NOW)
    rail.session.commit()
    wanted = BankLine.amount_minor == minor, BankLine.booked_on == day(offset)
    found = rail.session.scalars(select(BankLine).where(*wanted)).one()
    endings.mark_moved(rail.session, found, actor=petru, now=NOW)
    rail.session.commit()
    return found


def at_stripe(rail, kind, minor, source=None):
    """Let Stripe change our balance by itself."""
    state = rail.stripe.state
    with state.changing():
        given = {"amount": minor, "currency": "mdl", "kind": kind, "source": source}
        book_at_stripe(state, at=state.now(), account=PLATFORM, **given)


def posted(rail, event):
    as_system(rail.session)
    found = select(LedgerEntry.id).where(LedgerEntry.event == event)
    return len(rail.session.scalars(found).all())


def test_a_payment_and_a_top_up_are_found_in_the_books_and_a_second_sweep_changes_nothing(rail):
    order = rail.order()
    rail.deliver()
    kept = swept(rail)
    assert (kept["transfer"].state, kept["transfer"].order_id) == (LineState.MATCHED, order.id)
    assert kept["topup"].problem is LineProblem.NO_BANK_LINE
    assert proven(rail).open_lines == Money(1_000_000, "MDL")
    bank = moved_at_bank(rail, -1_000_000)
    assert proven(rail).no_line_yet == Money(1_000_000, "MDL")
    kept = swept(rail)
    assert (kept["topup"].state, kept["topup"].bank_line_id) == (LineState.MATCHED, bank.id)
    before = rail.session.scalars(select(LedgerEntry.id)).all()
    swept(rail)
    assert set(rail.session.scalars(select(LedgerEntry.id))) == set(before)
    found = proven(rail)
    assert (found.open_lines, found.no_line_yet, found.is_whole) == (
        Money.zero("MDL"),
        Money.zero("MDL"),
        True,
    )


def test_an_order_whose_answer_was_lost_is_settled_by_the_sweep(rail):
    rail.wrong("drop_answer")
    order = rail.order()
    rail.deliver()
    assert order.state == "released"
    kept = swept(rail, seconds=1)
    assert (order.state, kept["transfer"].order_id) == ("settled", order.id)
    assert proven(rail)


def test_a_transfer_that_nobody_ordered_is_shown_and_settles_nothing(rail):
    rail.stripe.transfer(rail.account, 700, currency="mdl")
    kept = swept(rail)
    assert kept["transfer"].problem is LineProblem.UNKNOWN_TRANSFER
    assert proven(rail).open_lines == Money(1_000_000 - 700, "MDL")
    with pytest.raises(Conflict):
        clear(rail, kept["transfer"])


def test_a_fee_is_posted_once_when_its_line_comes(rail):
    at_stripe(rail, "stripe_fee", -250)
    kept = swept(rail)
    swept(rail)
    assert kept["stripe_fee"].state is LineState.MATCHED
    assert posted(rail, PostingEvent.STRIPE_FEE) == 1
    assert proven(rail)


def test_what_left_for_the_bank_and_came_back_changes_nothing(rail):
    at_stripe(rail, "payout", -400, "po_own")
    assert swept(rail)["payout"].problem is LineProblem.NO_BANK_LINE
    at_stripe(rail, "payout_failure", 400, "po_own")
    kept = swept(rail)
    assert {kept["payout"].state, kept["payout_failure"].state} == {LineState.MATCHED}
    assert proven(rail)


def clear(rail, line):
    """Have Petru note what a line is and Alina post it."""
    petru, alina = (actor(rail.session, who) for who in (rail.cast.petru, rail.cast.alina))
    clearing.note(rail.session, line, actor=petru, text="corecție, vezi mesajul", now=NOW)
    with pytest.raises(NotPermitted):
        clearing.post_charge(rail.session, line, actor=petru, now=NOW)
    clearing.post_charge(rail.session, line, actor=alina, now=NOW)
    rail.session.commit()


@pytest.mark.parametrize("minor", [-330, 330])
def test_a_correction_is_noted_by_one_posted_by_another_and_opened_again(rail, minor):
    at_stripe(rail, "adjustment", minor)
    line = swept(rail)["adjustment"]
    assert line.problem is LineProblem.UNKNOWN_KIND
    alina = actor(rail.session, rail.cast.alina)
    with pytest.raises(NotPermitted):
        clearing.post_charge(rail.session, line, actor=alina, now=NOW)
    for _again in range(2):
        clear(rail, line)
        assert (line.state, proven(rail).open_lines.minor) == (LineState.SETTLED, 1_000_000)
        petru = actor(rail.session, rail.cast.petru)
        clearing.undo(rail.session, line, actor=petru, now=NOW)
        rail.session.commit()
        assert (line.state, proven(rail).open_lines.minor) == (LineState.OPEN, 1_000_000 + minor)


def test_of_two_lines_that_fit_a_person_says_which(rail):
    rail.stripe.top_up(5_000, "mdl")
    rail.stripe.top_up(5_000, "mdl")
    first, _second = moved_at_bank(rail, -5_000, 0), moved_at_bank(rail, -5_000, 1)
    swept(rail)
    tops = select(StripeLine).where(StripeLine.amount_minor == 5_000)
    one, other = rail.session.scalars(tops).all()
    assert {one.problem, other.problem} == {LineProblem.SEVERAL_BANK_LINES}
    petru = actor(rail.session, rail.cast.petru)
    clearing.tie(rail.session, one, actor=petru, bank_line_id=first.id, now=NOW)
    rail.session.commit()
    with pytest.raises(Conflict):
        clearing.tie(rail.session, other, actor=petru, bank_line_id=first.id, now=NOW)
    rail.session.rollback()


def test_lines_that_do_not_add_up_have_everything_asked_for_anew(rail):
    swept(rail)
    swept(rail, days=10)
    as_system(rail.session)
    gone = rail.session.scalars(select(StripeLine)).one()
    rail.session.delete(gone)
    rail.session.commit()
    swept(rail)
    as_system(rail.session)
    assert not rail.session.get_one(StripeBalance, "MDL").is_whole
    swept(rail)
    as_system(rail.session)
    assert rail.session.get_one(StripeBalance, "MDL").is_whole


def test_the_same_lines_taken_in_twice_at_once_are_kept_once(rail):
    at_stripe(rail, "stripe_fee", -250)
    told = [one for one in rail_lines(rail) if one.kind == "stripe_fee"]

    def take(own):
        as_system(own)
        lines.book(own, told, now=NOW)

    at_once(rail.session, take, take)
    assert posted(rail, PostingEvent.STRIPE_FEE) == 1


def rail_lines(rail):
    stripe = rail.app.extensions["stripe"]
    return list(stripe.lines(since=NOW - timedelta(days=9), until=NOW + timedelta(days=9)))


def test_finance_sees_the_proof_and_the_lines_and_nobody_else_does(rail, sign_in):
    at_stripe(rail, "adjustment", -330)
    line = swept(rail)["adjustment"]
    petru = sign_in(rail.cast.petru)
    page = petru.get("/stripe/balance/").text
    assert "1120" in page
    assert petru.get(f"/stripe/balance/lines/{line.id}").status_code == 200
    assert petru.post(f"/stripe/balance/lines/{line.id}/note", data={"note": ""}).status_code == 422
    assert petru.post("/stripe/balance/ask", data={}).status_code == 302
    assert sign_in(rail.cast.maria).get("/stripe/balance/").status_code == 403


def test_a_message_of_a_top_up_has_stripe_asked_about_our_balance(rail):
    notice = Notice("evt_1", "topup.succeeded", "tu_1", "", NOW, live=False)
    as_system(rail.session)
    events.received(rail.session, notice, live=False, actor=STRIPE, now=NOW)
    rail.deliver()
    rail.later(minutes=2)
    rail.deliver()
    assert [one.kind for one in rail.session.scalars(select(StripeLine))] == ["topup"]


def test_a_year_of_lines_is_more_than_a_list_of_parameters_holds(rail):
    as_system(rail.session)
    many = [f"tr_{number}" for number in range(70_000)]
    assert sweep.unheard_of(rail.session, many) == many


def test_books_and_stripe_stand_beside_books_and_bank_and_an_administrator_sees_only_when(
    rail, sign_in
):
    petru, dan = sign_in(rail.cast.petru), sign_in(rail.cast.dan)
    assert "Books and Stripe" not in petru.get("/bank/?lang=en").text
    swept(rail)
    rail.session.commit()
    assert "Books and Stripe" in petru.get("/bank/?lang=en").text
    lei, euro = rail.cast.bank_account, rail.cast.euro_bank_account
    assert "Books and Stripe" in petru.get(f"/bank/?account={lei.id}&lang=en").text
    assert "Books and Stripe" not in petru.get(f"/bank/?account={euro.id}&lang=en").text
    assert "Not yet" not in dan.get("/stripe/?lang=en").text
    assert dan.get("/stripe/balance/").status_code == 403


@pytest.mark.parametrize("minor", [-5_000, 5_000])
def test_money_to_or_from_stripe_is_undone_and_books_and_stripe_agree(rail, minor):
    line, petru = moved_at_bank(rail, minor), actor(rail.session, rail.cast.petru)
    endings.undo_ending(rail.session, line, actor=petru, reason="altceva", now=NOW)
    rail.session.commit()
    as_system(rail.session)
    assert line.resolution is None
    assert laws.broken(rail.session) == []


def test_money_to_stripe_stays_while_its_other_side_is_matched(rail):
    line, petru = moved_at_bank(rail, -5_000), actor(rail.session, rail.cast.petru)
    at_stripe(rail, "topup", 5_000)
    swept(rail)
    [there] = rail.session.scalars(select(StripeLine).where(StripeLine.amount_minor == 5_000))
    assert there.bank_line_id == line.id
    with pytest.raises(Conflict, match="other side of this line"):
        endings.undo_ending(rail.session, line, actor=petru, reason="altceva", now=NOW)
    rail.session.rollback()
