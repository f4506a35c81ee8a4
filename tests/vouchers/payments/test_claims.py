"""What a provider asks to be paid, and what finance says of it, line by line."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.clock import LOCAL
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, actor
from tests.factories.payments import make_claim, make_deliveries
from tests.factories.vouchers import deliver, make_voucher
from vouchers.payments.queries.claims import LATE_AFTER, checked_lines, unclaimed
from vouchers.payments.services import claims
from vouchers.payments.states import ClaimLineState, ClaimState
from vouchers.voucher.states import RedemptionState

ONE = Money(50_000, "MDL")


@pytest.fixture
def boris(session, cast):
    return actor(session, cast.boris)


@pytest.fixture
def petru(session, cast):
    return actor(session, cast.petru)


def ids(claim, count=None):
    return [line.id for line in claim.lines[:count]]


def send(session, claim, boris, invoiced, number="F-1"):
    claims.submit(session, claim, actor=boris, invoice_number=number, invoiced=invoiced, now=NOW)


def test_an_invoice_is_what_the_lines_are_worth_no_more_and_no_less(session, cast, boris):
    claim = make_claim(session, cast, submit=False)
    for differs, said in ((ONE * 2 + Money(1, "MDL"), "above"), (ONE, "below")):
        with pytest.raises(Invalid, match=said):
            send(session, claim, boris, differs)
    claims.leave_out(session, claim, actor=boris, line_ids=ids(claim, 1), now=NOW)
    send(session, claim, boris, ONE)
    assert claim.state == ClaimState.SUBMITTED


def test_an_invoice_number_is_used_once_unless_its_claim_was_withdrawn(session, cast, boris):
    both = [make_deliveries(session, cast, 1) for _ in range(2)]
    first = make_claim(session, cast, both[0], invoice="F-7")
    second = make_claim(session, cast, both[1], submit=False)
    with pytest.raises(Invalid, match="stands on claim"):
        send(session, second, boris, second.payable, "F-7")
    session.commit()
    claims.withdraw(session, first, actor=boris, now=NOW)
    session.commit()
    send(session, second, boris, second.payable, "F-7")
    assert second.invoice_number == "F-7"


def test_what_waits_for_a_confirmation_is_not_claimed(session, cast, boris):
    issued = make_voucher(session, cast)
    session.commit()
    waiting = deliver(session, cast.rita, issued, pin=None, without_pin="A uitat")
    session.commit()
    assert unclaimed(session, boris, currency="MDL") == []
    with pytest.raises(Conflict, match="claimed or taken back"):
        claims.draft(session, actor=boris, redemption_ids=[waiting.redemption_id], now=NOW)


def test_a_claim_that_was_sent_is_changed_only_after_it_is_withdrawn(session, cast, boris):
    claim = make_claim(session, cast)
    session.commit()
    with pytest.raises(Conflict, match="sent already"):
        claims.leave_out(session, claim, actor=boris, line_ids=ids(claim, 1), now=NOW)
    session.rollback()
    draft = make_claim(session, cast, submit=False)
    with pytest.raises(Invalid, match="at least one"):
        claims.leave_out(session, draft, actor=boris, line_ids=ids(draft), now=NOW)


def test_a_claim_is_right_when_each_line_has_its_answer(session, cast, petru):
    claim = make_claim(session, cast)
    claims.accept_lines(session, claim, actor=petru, line_ids=ids(claim, 1), now=NOW)
    with pytest.raises(Conflict, match="no answer yet"):
        claims.check(session, claim, actor=petru, now=NOW)
    claims.accept_lines(session, claim, actor=petru, line_ids=ids(claim), now=NOW)
    claims.check(session, claim, actor=petru, now=NOW)
    assert (claim.state, claim.checked_by) == (ClaimState.CHECKED, cast.petru.id)


def test_a_claim_with_something_to_pay_is_not_closed_and_one_with_nothing_not_checked(
    session, cast, petru
):
    claim = make_claim(session, cast)
    session.commit()
    with pytest.raises(Conflict, match="still to be paid"):
        claims.close(session, claim, actor=petru, now=NOW)
    session.rollback()
    for line in list(claim.lines):
        claims.refuse_line(session, line, actor=petru, reason="Nu a fost", now=NOW)
        session.commit()
    with pytest.raises(Conflict, match="close the claim instead"):
        claims.check(session, claim, actor=petru, now=NOW)
    claims.close(session, claim, actor=petru, now=NOW)
    assert claim.state == ClaimState.CLOSED


def test_a_provider_reads_that_finance_closed_its_claim_and_why(session, cast, petru, sign_in):
    claim = make_claim(session, cast)
    session.commit()
    for line in list(claim.lines):
        claims.refuse_line(session, line, actor=petru, reason="Ziua nu a fost ținută", now=NOW)
        session.commit()
    claims.close(session, claim, actor=petru, now=NOW)
    session.commit()
    browser = sign_in(cast.boris)
    own = browser.get(f"/claims/mine/{claim.id}?lang=en").text
    for said in (
        "Finance closed this claim",
        "Every line was refused, so nothing of it is paid.",
        "Ziua nu a fost ținută",
        "Please send a credit note of",
    ):
        assert said in own
    told = browser.get("/account/inbox?lang=en").text
    assert f"Claim {claim.reference} is closed by finance: every line was refused." in told
    everywhere = (
        own,
        told,
        browser.get("/claims/mine?lang=en").text,
        browser.get("/?lang=en").text,
    )
    assert "Closed by finance" in everywhere[2]
    assert not any("Withdrawn" in page or "withdrawn" in page for page in everywhere)
    staff = sign_in(cast.petru)
    for address in (f"/claims/{claim.id}?lang=en", "/claims/?show=all&lang=en"):
        page = staff.get(address).text
        assert "Closed by finance" in page
        assert "Withdrawn" not in page


def test_what_a_provider_withdrew_itself_is_not_called_closed(session, cast, boris, sign_in):
    claim = make_claim(session, cast)
    claims.withdraw(session, claim, actor=boris, now=NOW)
    session.commit()
    page = sign_in(cast.boris).get(f"/claims/mine/{claim.id}?lang=en").text
    assert "Withdrawn" in page
    assert "losed" not in page


def test_a_refused_line_reverses_its_delivery_and_the_provider_reads_why(
    session, cast, petru, sign_in
):
    claim = make_claim(session, cast)
    session.commit()
    line = claim.lines[0]
    voucher = line.redemption.voucher
    before = voucher.units_left
    claims.refuse_line(session, line, actor=petru, reason="Ziua nu a fost ținută", now=NOW)
    session.commit()
    assert line.redemption.state == RedemptionState.REVERSED
    assert voucher.units_left == before + 1
    assert (claim.payable, claim.credit) == (ONE, ONE)
    page = sign_in(cast.boris).get(f"/claims/mine/{claim.id}?lang=en").text
    assert "Ziua nu a fost ținută" in page
    assert "Please send a credit note of" in page
    withdrawing = sign_in(cast.boris).get(f"/claims/mine/{claim.id}/withdraw?lang=en").text
    assert "Its 1 line can be claimed again." in withdrawing


def test_a_dispute_reaches_the_provider_and_its_answer_is_checked_anew(session, cast, boris, petru):
    claim = make_claim(session, cast)
    with pytest.raises(Conflict, match="Choose the lines"):
        claims.dispute(session, claim, actor=petru, line_ids=[], reason="De ce?", now=NOW)
    claims.dispute(session, claim, actor=petru, line_ids=ids(claim, 1), reason="De ce?", now=NOW)
    told = session.scalars(
        select(InboxMessage.user_id).where(InboxMessage.link == f"/claims/mine/{claim.id}")
    ).all()
    assert set(told) == {cast.boris.id, cast.maria.id}
    with pytest.raises(Conflict):
        claims.check(session, claim, actor=petru, now=NOW)
    claims.answer(session, claim, actor=boris, text="Ambele zile au fost.", now=NOW)
    assert claim.state == ClaimState.SUBMITTED
    assert {line.state for line in claim.lines} == {ClaimLineState.OPEN}


def test_a_withdrawn_claim_frees_what_it_held(session, cast, boris):
    claim = make_claim(session, cast)
    assert unclaimed(session, boris, currency="MDL") == []
    claims.withdraw(session, claim, actor=boris, now=NOW)
    assert len(unclaimed(session, boris, currency="MDL")) == 2


def test_a_line_says_what_differs_and_only_equal_ones_are_ticked(session, cast, sign_in):
    same_day = make_claim(session, cast)
    session.commit()
    flags = [one.flags for one in checked_lines(session, same_day)]
    assert flags == [("same_day",), ("same_day",)]
    alone = make_claim(session, cast, make_deliveries(session, cast, 1))
    session.commit()
    assert [one.flags for one in checked_lines(session, alone)] == [()]
    petru = sign_in(cast.petru)
    page = petru.get(f"/claims/{alone.id}?lang=en").text
    assert "All three equal" in page
    assert " checked>" in page
    other = petru.get(f"/claims/{same_day.id}?lang=en").text
    assert "All three equal" not in other
    assert " checked>" not in other
    delivery = alone.lines[0].redemption
    late = delivery.delivered_on + LATE_AFTER.initially + timedelta(days=1)
    alone.created_at = datetime.combine(late, time(0, 30), LOCAL)  # the day before, elsewhere
    delivery.voucher.valid_from = late
    delivery.voucher.valid_until = late + timedelta(days=1)
    session.flush()
    assert checked_lines(session, alone)[0].flags == ("late", "outside_validity")


def test_a_bookkeeper_reads_receipts_and_no_made_up_name(session, cast, sign_in):
    claim = make_claim(session, cast)
    session.commit()
    pseudonym = claim.lines[0].redemption.voucher.pseudonym
    browser = sign_in(cast.boris)
    for address in (f"/claims/mine/{claim.id}", "/claims/mine", "/claims/mine/new"):
        assert pseudonym not in browser.get(f"{address}?lang=en").text
    assert browser.get("/redeem/").status_code == 403
    assert browser.get("/requests/").status_code in (403, 404)
