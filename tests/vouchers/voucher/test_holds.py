"""Holds: several may stop one voucher, each with its cause; lifting one leaves the others."""

from dataclasses import replace as with_other
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from providers.vetting.services.offering_events import OfferingReinstated, OfferingSuspended
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock, hooks
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, DomainError, Invalid, NotPermitted
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import deliver, make_voucher
from vouchers.books.services.laws import broken
from vouchers.voucher.models import Redemption, VoucherHold
from vouchers.voucher.services import confirmation, holds
from vouchers.voucher.services.drawdown import Wanted, take
from vouchers.voucher.services.replacing import replace
from vouchers.voucher.services.voucher_by_code import find
from vouchers.voucher.states import HOLDS, HoldCause, RedemptionState

TEAM, OFFERING = HoldCause.CASE_TEAM, HoldCause.OFFERING_SUSPENDED


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def offering_of(cast):
    return cast.offerings[ServiceCategory.MENTAL_HEALTH].id


def stop(session, cast, issued, **more):
    return holds.place(
        session, issued.voucher, actor=actor(session, cast.ana), reason="Pauză", now=NOW, **more
    )


def announce(session, event, voucher):
    hooks.announce(session, event)
    session.refresh(voucher)


def test_lifting_one_hold_leaves_the_other_in_force(session, cast):
    issued = make_voucher(session, cast)
    hold = stop(session, cast, issued)
    announce(session, OfferingSuspended(offering_of(cast), NOW), issued.voucher)
    assert issued.voucher.live_holds == 2
    holds.lift(session, hold, actor=actor(session, cast.ana), now=NOW)
    with refused(Conflict, "suspended"):
        deliver(session, cast.rita, issued)


def test_what_the_team_stopped_stays_when_the_offering_returns(session, cast):
    issued = make_voucher(session, cast)
    stop(session, cast, issued)
    announce(session, OfferingSuspended(offering_of(cast), NOW), issued.voucher)
    announce(session, OfferingReinstated(offering_of(cast), NOW), issued.voucher)
    assert [hold.cause for hold in session.scalars(live())] == [TEAM]


def live():
    return select(VoucherHold).where(VoucherHold.lifted_at.is_(None))


def test_a_preview_counts_what_changes_for_the_person(session, cast):
    issued, other = make_voucher(session, cast), make_voucher(session, cast)
    stop(session, cast, issued)
    assert vouchers_in(session, OfferingSuspended(offering_of(cast), NOW)) == [1]
    hooks.announce(session, OfferingSuspended(offering_of(cast), NOW))
    session.refresh(other.voucher)
    assert vouchers_in(session, OfferingReinstated(offering_of(cast), NOW)) == [1]


def vouchers_in(session, event):
    changes = hooks.preview(session, event)
    return [change.count for change in changes if "Vouchers" in change.message]


def test_the_same_reason_counts_once(session, cast):
    issued = make_voucher(session, cast)
    stop(session, cast, issued)
    with refused(Conflict, "held"):
        stop(session, cast, issued)
    assert issued.voucher.live_holds == 1


def test_a_hold_is_lifted_once(session, cast):
    issued = make_voucher(session, cast)
    hold = stop(session, cast, issued)
    holds.lift(session, hold, actor=actor(session, cast.ana), now=NOW)
    with pytest.raises(Conflict):
        holds.lift(session, hold, actor=actor(session, cast.ana), now=NOW)
    assert (issued.voucher.live_holds, hold.lifted_by) == (0, cast.ana.id)


def test_it_can_be_stopped_again_after_it_was_lifted(session, cast):
    issued = make_voucher(session, cast)
    holds.lift(session, stop(session, cast, issued), actor=actor(session, cast.ana), now=NOW)
    stop(session, cast, issued)
    assert issued.voucher.is_held


def test_nobody_places_by_hand_what_follows_from_an_offering(session, cast):
    issued = make_voucher(session, cast)
    with pytest.raises(NotPermitted):
        stop(session, cast, issued, cause=OFFERING, reference=str(offering_of(cast)))


def test_a_paper_has_a_number(session, cast, monkeypatch):
    monkeypatch.setitem(HOLDS, TEAM, with_other(HOLDS[TEAM], paper="Number of the paper"))
    issued = make_voucher(session, cast)
    with refused(Invalid, "reference"):
        stop(session, cast, issued, reference="  ")
    stop(session, cast, issued, reference="1-23/2026")
    stop(session, cast, issued, reference="1-24/2026")
    assert issued.voucher.live_holds == 2


def test_the_trail_keeps_the_cause_and_not_the_number_of_a_paper(session, cast, monkeypatch):
    monkeypatch.setitem(HOLDS, TEAM, with_other(HOLDS[TEAM], paper="Number of the paper"))
    hold = stop(session, cast, make_voucher(session, cast), reference="1-23/2026")
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == "voucher:suspend")).one()
    assert noted.data == {
        "from": "issued",
        "to": "issued",
        "cause": "case_team",
        "hold": str(hold.id),
    }


def test_what_stops_a_voucher_stops_the_one_that_replaces_it(session, cast):
    issued = make_voucher(session, cast)
    announce(session, OfferingSuspended(offering_of(cast), NOW), issued.voucher)
    new, _secrets = replace(
        session, issued.voucher, actor=actor(session, cast.ana), reason="Pierdut", now=NOW
    )
    assert (new.standing(TODAY), issued.voucher.live_holds) == ("suspended", 0)
    announce(session, OfferingReinstated(offering_of(cast), NOW), new)
    assert new.standing(TODAY) == "issued"


def test_what_waits_is_confirmed_on_a_stopped_voucher_which_stays_stopped(session, cast):
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, units=2, pin=None, without_pin="Telefon pierdut")
    stop(session, cast, issued)
    redemption = session.scalars(select(Redemption)).one()
    confirmation.confirm(session, redemption, actor=actor(session, cast.ana), now=NOW)
    assert (issued.voucher.state, issued.voucher.is_held) == ("partly_redeemed", True)


def test_a_hold_placed_at_the_same_moment_stops_the_delivery(session, cast):
    issued = make_voucher(session, cast)
    rita = actor(session, cast.rita)
    found, _answered = find(session, actor=rita, voucher_id=issued.voucher.id)
    stop(session, cast, issued)
    sum_of_one = Money(found.unit_price_minor, found.currency)
    wanted = Wanted(1, sum_of_one, sum_of_one, TODAY, "pin", RedemptionState.ACCEPTED, "")
    assert take(session, found, wanted, actor=rita, today=TODAY) is None


def test_only_the_team_finance_and_the_auditor_read_holds(session, cast):
    stop(session, cast, make_voucher(session, cast))
    session.commit()
    read = []
    for name, person in cast.people.items():
        act_as(session, actor(session, person))
        if session.scalar(select(func.count()).select_from(VoucherHold)):
            read.append(name)
        session.rollback()
    assert sorted(read) == ["alina", "ana", "irina", "petru", "radu", "sergiu"]


def test_a_miscounted_hold_is_said_by_the_laws(session, cast):
    issued = make_voucher(session, cast)
    issued.voucher.live_holds = 1
    session.flush()
    assert "holds" in [one.law.name for one in broken(session)]


def living(session, cast):
    today = clock.local_day(clock.now())
    issued = make_voucher(
        session, cast, valid_from=today, valid_until=today + timedelta(days=30), now=clock.now()
    )
    stop(session, cast, issued)
    session.commit()
    return issued


def test_the_page_says_why_and_who_and_lifts_each(session, cast, sign_in):
    issued = living(session, cast)
    hooks.announce(session, OfferingSuspended(offering_of(cast), NOW))
    session.commit()
    page = sign_in(cast.ana).get(f"/vouchers/{issued.voucher.id}?lang=en").text
    assert "Stopped by the case team" in page
    assert "The provider&#39;s service is not approved now" in page
    assert page.count('name="hold"') == 2


def test_lifting_one_of_two_says_that_it_is_still_stopped(session, cast, sign_in):
    issued = living(session, cast)
    hooks.announce(session, OfferingSuspended(offering_of(cast), NOW))
    session.commit()
    ana, address = sign_in(cast.ana), f"/vouchers/{issued.voucher.id}/resume"
    assert ana.post(address).status_code == 409
    assert ana.post(address, data={"hold": issued.voucher.id}).status_code == 404
    hold = session.scalars(live().where(VoucherHold.cause == TEAM)).one()
    page = ana.post(f"{address}?lang=en", data={"hold": hold.id}, follow_redirects=True).text
    assert "Something else still stops it" in page


@pytest.mark.parametrize(
    ("shown", "found"), [("suspended", True), ("open", True), ("issued", False)]
)
def test_the_list_shows_a_stopped_voucher_as_stopped(session, cast, sign_in, shown, found):
    issued = living(session, cast)
    page = sign_in(cast.ana).get(f"/vouchers/?state={shown}").text
    assert (issued.voucher.reference in page) is found
