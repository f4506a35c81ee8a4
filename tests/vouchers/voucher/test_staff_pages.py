"""Vouchers of staff: who lists, issues, prints, stops and confirms; and who does not."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from providers.referrals.models import Referral
from providers.referrals.states import ReferralState
from reintegration.accounts.models import InboxMessage
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.codelists.units import Unit
from reintegration.kernel import clock
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.ids import group_typed_code, new_id
from reintegration.kernel.money import Money
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import deliver, living_voucher, make_referral
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import issuing

CASE_PEOPLE = {"ana", "sergiu"}
BOOKS = {"petru", "alina", "radu", "irina"}


def today():
    return clock.local_day(clock.now())


def fields(**more):
    return {
        "form_key": str(new_id()),
        "bound_to": "anywhere",
        "units": "2",
        "valid_from": today().isoformat(),
        "valid_until": (today() + timedelta(days=20)).isoformat(),
        "pin": "402917",
    } | more


def test_the_list_shows_each_one_what_they_may_see(session, cast, sign_in):
    issued = living_voucher(session, cast)
    for name, person in cast.people.items():
        answer = sign_in(person).get("/vouchers/")
        assert (answer.status_code == 200) == (name in CASE_PEOPLE | BOOKS | {"calin"}), name
        assert (issued.voucher.reference in answer.text) == (name in CASE_PEOPLE | BOOKS), name


def test_a_voucher_opens_within_reach_only(session, cast, sign_in):
    issued = living_voucher(session, cast)
    for name, person in cast.people.items():
        browser = sign_in(person)
        present = browser.get(f"/vouchers/{issued.voucher.id}").status_code
        missing = browser.get(f"/vouchers/{new_id()}").status_code
        if name in CASE_PEOPLE | BOOKS:
            assert (present, missing) == (200, 404), name
        else:
            assert present == missing, name
            assert present in (403, 404), name


def test_finance_sees_the_pseudonym_and_no_case_code(session, cast, sign_in):
    issued = living_voucher(session, cast)
    page = sign_in(cast.petru).get(f"/vouchers/{issued.voucher.id}").text
    assert issued.voucher.pseudonym in page
    assert issued.work.case.code not in page


@pytest.mark.parametrize(
    "query",
    [
        "state=open",
        "state=redeemed",
        "state=nonsense",
        "category=mental_health",
        "provider=x",
        "q=v-unknown",
    ],
)
def test_filters_never_break_the_list(session, cast, sign_in, query):
    living_voucher(session, cast)
    assert sign_in(cast.petru).get(f"/vouchers/?{query}").status_code == 200


def test_a_reference_finds_its_voucher(session, cast, sign_in):
    first, second = living_voucher(session, cast), living_voucher(session, cast)
    page = sign_in(cast.petru).get(f"/vouchers/?q={first.voucher.reference.lower()}").text
    assert first.voucher.reference in page
    assert second.voucher.reference not in page


def test_a_case_manager_issues_on_an_accepted_referral(session, cast, sign_in):
    work = make_casework(session, cast)
    referral = make_referral(session, cast, work)
    ana = sign_in(cast.ana)
    address = f"/vouchers/lines/{work.line.id}/new"
    assert f"referral-{referral.id}" in ana.get(address).text
    answer = ana.post(address, data=fields(bound_to=f"referral-{referral.id}"))
    assert answer.status_code == 200, answer.text
    assert "402 917" in answer.text
    voucher = session.scalars(select(Voucher)).one()
    assert (voucher.state, voucher.provider_id) == ("issued", cast.provider.id)


def test_sending_the_form_twice_makes_one_voucher(session, cast, sign_in):
    work = make_casework(session, cast)
    ana = sign_in(cast.ana)
    sent = fields()
    first, again = (ana.post(f"/vouchers/lines/{work.line.id}/new", data=sent) for _ in range(2))
    assert (again.status_code, again.text) == (200, first.text)
    assert len(session.scalars(select(Voucher)).all()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": "13"},
        {"units": "0"},
        {"units": "x"},
        {"units": "99999999999999999999"},
        {"bound_to": "elsewhere"},
        {"valid_until": "2020-01-01"},
        {"valid_until": "2099-01-01"},
        {"pin": "12"},
        {"pin": "111111"},
        {"pin": "123456"},
    ],
)
def test_what_cannot_be_issued_comes_back_with_a_reason(session, cast, sign_in, wrong):
    work = make_casework(session, cast)
    answer = sign_in(cast.ana).post(f"/vouchers/lines/{work.line.id}/new", data=fields(**wrong))
    assert answer.status_code == 422
    assert session.scalars(select(Voucher)).all() == []


def test_nobody_else_issues(session, cast, sign_in):
    work = make_casework(session, cast)
    for name, person in cast.people.items():
        if name != "ana":
            answer = sign_in(person).post(f"/vouchers/lines/{work.line.id}/new", data=fields())
            assert answer.status_code in (403, 404), name
    assert session.scalars(select(Voucher)).all() == []


def test_above_the_threshold_a_second_person_approves(session, cast, sign_in):
    work = make_casework(session, cast, unit_price=Money(600_000, "MDL"))
    ana, sergiu = sign_in(cast.ana), sign_in(cast.sergiu)
    answer = ana.post(f"/vouchers/lines/{work.line.id}/new", data=fields())
    address = answer.location
    assert session.scalars(select(Voucher.state)).one() == "draft"
    assert ana.post(f"{address}/approve").status_code == 403
    assert ana.post(f"{address}/issue", data={"pin": ""}).status_code == 409
    assert sergiu.post(f"{address}/approve").status_code == 302
    assert "402 917" in ana.post(f"{address}/issue", data={"pin": "402917"}).text


def test_what_waits_for_an_approval_stands_under_decisions_and_in_one_list(session, cast, sign_in):
    work = make_casework(session, cast, unit_price=Money(600_000, "MDL"))
    ana, sergiu = sign_in(cast.ana), sign_in(cast.sergiu)
    ana.post(f"/vouchers/lines/{work.line.id}/new", data=fields())
    voucher = session.scalars(select(Voucher)).one()
    assert f"/vouchers/{voucher.id}" in sergiu.get("/cases/decisions").text
    assert "/vouchers/?state=to_approve" in sergiu.get("/account/today").text
    assert voucher.reference in sergiu.get("/vouchers/?state=to_approve").text
    assert voucher.reference not in ana.get("/vouchers/?state=to_approve").text
    sergiu.post(f"/vouchers/{voucher.id}/approve")
    assert f"/vouchers/{voucher.id}" not in sergiu.get("/cases/decisions").text
    assert "/vouchers/?state=to_issue" in ana.get("/account/today").text
    assert voucher.reference in ana.get("/vouchers/?state=to_issue").text
    assert voucher.reference not in sergiu.get("/vouchers/?state=to_issue").text


def test_the_paper_names_neither_person_nor_programme(session, cast, sign_in):
    issued = living_voucher(session, cast)
    ana = sign_in(cast.ana)
    page = ana.get(f"/vouchers/{issued.voucher.id}/print")
    pdf = ana.get(f"/vouchers/{issued.voucher.id}/print.pdf")
    assert pdf.mimetype == "application/pdf"
    reader = PdfReader(BytesIO(pdf.data))
    text = reader.pages[0].extract_text()
    code = group_typed_code(issued.secrets.code)
    assert code in page.text
    assert code in text
    for words in (page.text, text, str(reader.metadata)):
        for hidden in ("Punte", issued.work.case.code, issued.secrets.qr, "402917", "traffic"):
            assert hidden not in words
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("language", ["ro", "ru", "en"])
def test_the_paper_speaks_the_persons_language(session, cast, sign_in, language):
    issued = living_voucher(session, cast)
    issued.work.case.language = language
    pdf = sign_in(cast.ana).get(f"/vouchers/{issued.voucher.id}/print.pdf")
    assert PdfReader(BytesIO(pdf.data)).trailer["/Root"]["/Lang"] == language


def test_printing_is_noted(session, cast, sign_in):
    issued = living_voucher(session, cast)
    sign_in(cast.ana).get(f"/vouchers/{issued.voucher.id}/print.pdf")
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == "voucher:print")).one()
    assert (noted.actor_id, noted.case_id) == (cast.ana.id, issued.work.case.id)


@pytest.mark.parametrize("address", ["print", "print.pdf"])
def test_only_the_case_manager_prints(session, cast, sign_in, address):
    issued = living_voucher(session, cast)
    for name, person in cast.people.items():
        answer = sign_in(person).get(f"/vouchers/{issued.voucher.id}/{address}")
        assert (answer.status_code == 200) == (name == "ana"), name


def test_a_used_up_voucher_is_printed_no_more(session, cast, sign_in):
    issued = living_voucher(session, cast, units=1)
    deliver(session, cast.rita, issued, now=clock.now())
    assert sign_in(cast.ana).get(f"/vouchers/{issued.voucher.id}/print").status_code == 409


def asks_why(browser, address, reason):
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={"reason": ""}).status_code == 422
    assert browser.post(address, data={"reason": reason}).status_code == 302


@pytest.mark.parametrize(
    ("move", "state"), [("suspend", "suspended"), ("cancel", "cancelled"), ("replace", "replaced")]
)
def test_a_move_asks_first_and_wants_a_reason(session, cast, sign_in, move, state):
    issued = living_voucher(session, cast)
    ana = sign_in(cast.ana)
    address = f"/vouchers/{issued.voucher.id}/{move}"
    asks_why(ana, address, "Hârtie pierdută\x00")
    session.refresh(issued.voucher)
    assert issued.voucher.standing(TODAY) == state


def test_a_stopped_voucher_is_resumed(session, cast, sign_in):
    issued = living_voucher(session, cast)
    ana = sign_in(cast.ana)
    ana.post(f"/vouchers/{issued.voucher.id}/suspend", data={"reason": "x"})
    assert ana.post(f"/vouchers/{issued.voucher.id}/resume").status_code == 302
    session.refresh(issued.voucher)
    assert (issued.voucher.state, issued.voucher.live_holds) == ("issued", 0)


def unconfirmed(session, cast):
    issued = living_voucher(session, cast)
    deliver(session, cast.rita, issued, pin=None, without_pin="Telefon pierdut", now=clock.now())
    return issued, session.scalars(select(Redemption)).one()


def test_the_queue_confirms(session, cast, sign_in):
    issued, redemption = unconfirmed(session, cast)
    ana = sign_in(cast.ana)
    assert "Telefon pierdut" in ana.get("/vouchers/unconfirmed").text
    assert ana.post(f"/vouchers/redemptions/{redemption.id}/confirm").status_code == 302
    session.refresh(issued.voucher)
    assert (issued.voucher.units_left, issued.voucher.state) == (4, "partly_redeemed")


def test_the_queue_refuses_with_a_reason(session, cast, sign_in):
    issued, redemption = unconfirmed(session, cast)
    ana = sign_in(cast.ana)
    address = f"/vouchers/redemptions/{redemption.id}/refuse"
    asks_why(ana, address, "Nu a fost acolo")
    session.refresh(issued.voucher)
    assert issued.voucher.units_free == 5


def test_the_provider_reads_why_a_delivery_was_refused(session, cast, sign_in):
    _issued, redemption = unconfirmed(session, cast)
    address = f"/vouchers/redemptions/{redemption.id}/refuse"
    asks_why(sign_in(cast.ana), address, "Nu a fost acolo")
    link = f"/redeem/receipts/{redemption.id}"
    told = select(InboxMessage.user_id).where(InboxMessage.link == link)
    assert set(session.scalars(told)) == {cast.rita.id, cast.corina.id, cast.maria.id}
    assert "Nu a fost acolo" in sign_in(cast.rita).get(f"{link}?lang=en").text


def test_the_provider_never_confirms_alone(session, cast, sign_in):
    _issued, redemption = unconfirmed(session, cast)
    for name, person in cast.people.items():
        if name not in CASE_PEOPLE:
            answer = sign_in(person).post(f"/vouchers/redemptions/{redemption.id}/confirm")
            assert answer.status_code in (403, 404), name
    session.refresh(redemption)
    assert redemption.state == "unconfirmed"


def test_finance_takes_a_delivery_back(session, cast, sign_in):
    issued = living_voucher(session, cast)
    deliver(session, cast.rita, issued, now=clock.now())
    redemption = session.scalars(select(Redemption)).one()
    address = f"/vouchers/redemptions/{redemption.id}/reverse"
    petru = sign_in(cast.petru)
    assert petru.get(address).status_code == 200
    assert petru.post(address, data={"reason": "Dublă"}).status_code == 302
    session.refresh(redemption)
    assert redemption.state == "reversed"


def test_the_plan_leads_to_a_voucher(session, cast, sign_in):
    work = make_casework(session, cast)
    make_referral(session, cast, work)
    page = sign_in(cast.ana).get(f"/cases/{work.case.id}/plan")
    assert f"/vouchers/lines/{work.line.id}/new" in page.text


def test_today_says_what_waits(session, cast, sign_in):
    unconfirmed(session, cast)
    assert "/vouchers/unconfirmed" in sign_in(cast.ana).get("/account/today").text


def test_at_night_a_bed_and_a_taxi_are_two_taps(session, cast, sign_in):
    from reintegration.plans.models import EmergencyStart

    work = make_casework(
        session, cast, category=ServiceCategory.SHELTER, units=3, unit_price=Money(40_000, "MDL")
    )
    work.line.origin = "emergency"
    session.add(
        EmergencyStart(
            id=new_id(),
            case_id=work.case.id,
            started_by=cast.ana.id,
            started_at=clock.now(),
            ratify_by=clock.now() + timedelta(hours=72),
            ceiling_minor=300_000,
            currency="MDL",
        )
    )
    session.flush()
    ana = sign_in(cast.ana)
    assert f"/vouchers/lines/{work.line.id}/new" in ana.get(f"/cases/{work.case.id}/emergency").text
    bed = cast.offerings[ServiceCategory.SHELTER]
    address = f"/vouchers/lines/{work.line.id}/new"
    bed.provider.phone, bed.updated_at = "+37322000111", clock.now() - timedelta(days=40)
    page = ana.get(address).text
    assert f"offering-{bed.id}" in page
    note = page.partition(f"offering-{bed.id}")[2]
    where = bed.site.place
    assert (where.locality or TERRITORIAL_UNITS[where.territorial_unit].name) in note
    assert "+37322000111" in note
    assert "sunați mai întâi" in note
    ana.post(address, data=fields(bound_to=f"offering-{bed.id}", units="3"))
    voucher = session.scalars(select(Voucher)).one()
    assert (voucher.state, voucher.offering_id, voucher.amount_minor) == ("issued", bed.id, 45_000)


def test_medicine_is_money_up_to_a_sum(session, cast, sign_in):
    work = make_casework(
        session, cast, category=ServiceCategory.MEDICAL, units=1, unit_price=Money(60_000, "MDL")
    )
    work.line.unit = Unit.AMOUNT.value
    sent = fields(amount="450,50")
    del sent["units"]
    answer = sign_in(cast.ana).post(f"/vouchers/lines/{work.line.id}/new", data=sent)
    assert answer.status_code == 200, answer.text
    voucher = session.scalars(select(Voucher)).one()
    assert (voucher.kind, voucher.amount_minor) == ("value", 45_050)


def test_no_voucher_is_offered_when_every_unit_is_on_one_though_money_is_left(
    session, cast, sign_in
):
    work = make_casework(session, cast, units=5, unit_price=Money(90_000, "MDL"))
    referral = make_referral(session, cast, work, unit_price_minor=50_000)
    session.commit()
    plan, new = f"/cases/{work.case.id}/plan?lang=en", f"/vouchers/lines/{work.line.id}/new"
    browser = sign_in(cast.ana)
    assert new in browser.get(plan).text
    ana = actor(session, cast.ana)
    promise = issuing.Promise(
        work.line,
        referral=referral,
        units=5,
        valid_from=TODAY,
        valid_until=TODAY + timedelta(days=30),
    )
    issuing.issue(session, promise, actor=ana, now=NOW)
    session.commit()
    assert new not in browser.get(plan).text


def test_what_is_delivered_reads_under_way_nowhere_and_offers_nothing_more(session, cast, sign_in):
    work = make_casework(session, cast, units=5)
    issued = living_voucher(session, cast, work=work, units=5)
    referral = session.get_one(Referral, issued.voucher.referral_id)
    referral.state, referral.unit_price_minor = ReferralState.IN_PROGRESS, 40_000
    session.commit()
    ana, plan = sign_in(cast.ana), f"/cases/{work.case.id}/plan"
    assert "Under way" in ana.get(f"{plan}?lang=en").text
    deliver(session, cast.rita, issued, units=5, now=clock.now())
    session.commit()
    shown, printed = (ana.get(f"{plan}{of}?lang=en").text for of in ("", "/print"))
    assert "5 of 5 sessions" in shown
    assert "Delivered" in shown
    assert "Under way" not in shown
    assert "Issue a voucher" not in shown
    assert "5 sessions · Delivered" in printed


def test_what_a_lower_price_left_over_is_offered_back(session, cast, sign_in):
    work = make_casework(session, cast, units=5)
    line = work.line
    line.ceiling_minor = line.approved_ceiling_minor = 300_000  # five at the agreed price: 250,000
    issued = living_voucher(session, cast, work=work, units=5)
    session.commit()
    ana, plan = sign_in(cast.ana), f"/cases/{work.case.id}/plan?lang=en"
    assert "left over" not in ana.get(plan).text
    deliver(session, cast.rita, issued, units=5, now=clock.now())
    session.commit()
    page = ana.get(plan).text
    assert "5 sessions: 500.00\N{NO-BREAK SPACE}MDL are left over." in page
    line.ceiling_minor = 250_000
    session.commit()
    assert "are left over" not in ana.get(plan).text
