"""The emergency start: used once, within its ceiling, decided by a second person."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import InboxMessage, Organisation
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.services import registration
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.codelists.eligibility import Helped
from reintegration.kernel.actor import Role
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.jobs.emergency import EMERGENCY_OVERDUE
from reintegration.plans.models import EmergencyStart, Plan, PlanLine
from reintegration.plans.queries import emergencies
from reintegration.plans.queries.provision import BudgetChoice, budget_lines_to_plan_with
from reintegration.plans.services import emergency, emergency_decision, plan_lines
from reintegration.plans.services.deliveries import record_service_delivered
from reintegration.plans.services.emergency import Funding, TonightNeeds
from reintegration.plans.services.emergency_decision import EmergencyRefused
from reintegration.plans.states import EMERGENCY_ALLOWANCE
from reintegration.web import slots
from reintegration.web.navigation import navigation
from tests.factories.casework import make_case, make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.deputies import deputy_of
from tests.factories.hearing import hear

BED_TAXI_MEDICINE = TonightNeeds(nights=2, rides=1, medicine=Money(25_000, "MDL"))


@pytest.fixture
def funding(cast):
    return Funding(cast.budget_line.id, Money(10_000_000, "MDL"), "Primele 72 de ore")


@pytest.fixture
def at_the_door(session, cast, funding):
    """Return a function with which Ana starts help for somebody new."""

    def start(who="ana", needs=BED_TAXI_MEDICINE, by=None):
        return emergency.start_new(
            session,
            actor=by or actor(session, cast.people[who]),
            needs=needs,
            funding=funding,
            facts=CaseFacts(language="ru", territorial_unit="MD-UN"),
            consent_locale="ru",
            identity=Identity(given_name="Zeamă"),
            circumstances="la ușă, la 23:00",
            now=NOW,
        )

    return start


@pytest.fixture
def offer(monkeypatch, cast):
    """Fill the slot of budget lines as the floor above does."""

    def budget_lines(_session, _actor, currency, _on):
        line = cast.budget_line
        return [BudgetChoice(line.id, "SPR-1-A", line.available)] if currency == "MDL" else []

    monkeypatch.setattr(budget_lines_to_plan_with, "_answer", budget_lines)


@pytest.fixture
def heard(monkeypatch):
    """Subscribe to refusals for this test."""
    return hear(monkeypatch, EmergencyRefused, "%(count)s vouchers will stop.", 2)


def test_one_call_makes_case_consents_plan_and_approved_lines(session, cast, at_the_door):
    started = at_the_door()
    case = session.get(CaseFile, started.case_id)
    assert {member.user_id for member in case.members} == {cast.ana.id, cast.sergiu.id}
    consents = session.scalars(select(Consent).order_by(Consent.scope)).all()
    assert [(c.scope, c.mode, c.locale, c.valid_until) for c in consents] == [
        ("case_management", "oral", "ru", TODAY + timedelta(days=30)),
        ("share_with_provider", "oral", "ru", TODAY + timedelta(days=30)),
    ]
    assert session.scalars(select(Plan)).one().state == "draft"
    assert [
        (line.category, line.unit, line.units, line.approved_ceiling_minor, line.is_approved)
        for line in emergencies.lines_of(session, case.id)
    ] == [
        ("transport", "ride", 1, 25_000, True),
        ("shelter", "night", 2, 80_000, True),
        ("medical", "amount", 1, 25_000, True),
    ]
    assert all(line.delivery is not None for line in emergencies.lines_of(session, case.id))


def test_it_waits_for_a_second_person_who_is_told(session, cast, at_the_door):
    started = at_the_door()
    assert (started.state, started.ratify_by) == ("pending", NOW + timedelta(hours=72))
    message = session.scalars(select(InboxMessage)).one()
    assert (message.user_id, message.params["asked"]) == (cast.sergiu.id, "1300.00 MDL")


def test_a_worker_starts_it_under_row_level_security(session, cast, at_the_door):
    act_as(session, actor(session, cast.ana))
    assert at_the_door().state == "pending"


def test_a_manager_without_a_supervisor_is_covered_by_one_of_the_house(session, cast, at_the_door):
    cast.calin.supervisor_id = None
    session.flush()
    case = session.get(CaseFile, at_the_door("calin").case_id)
    assert cast.sergiu.id in {member.user_id for member in case.members}


def test_a_house_without_its_own_supervisor_is_covered_by_another(session, cast, at_the_door):
    cast.calin.supervisor_id = None
    cast.sergiu.organisation_id = _another_office(session)
    session.flush()
    case = session.get(CaseFile, at_the_door("calin").case_id)
    assert cast.sergiu.id in {member.user_id for member in case.members}


def test_the_allowance_is_used_once_in_a_case(session, cast, at_the_door, funding):
    case = session.get(CaseFile, at_the_door().case_id)
    with pytest.raises(Conflict):
        _start_in(session, cast, case, funding)


@pytest.mark.parametrize(
    "needs",
    [
        TonightNeeds(),
        TonightNeeds(nights=EMERGENCY_ALLOWANCE.initially.nights + 1),
        TonightNeeds(rides=EMERGENCY_ALLOWANCE.initially.rides + 1),
        TonightNeeds(medicine=EMERGENCY_ALLOWANCE.initially.ceiling + Money(1, "MDL")),
        TonightNeeds(nights=3, rides=4, medicine=Money(80_001, "MDL")),
    ],
)
def test_nothing_or_too_much_is_refused(at_the_door, needs):
    with pytest.raises(Invalid):
        at_the_door(needs=needs)


def test_the_whole_allowance_may_be_used(at_the_door):
    started = at_the_door(needs=TonightNeeds(nights=3, rides=4, medicine=Money(80_000, "MDL")))
    assert started.ceiling_minor == 300_000


def test_an_empty_budget_line_is_refused(session, cast):
    with pytest.raises(Invalid) as refused:
        emergency.check_needs(
            BED_TAXI_MEDICINE,
            Funding(cast.budget_line.id, Money(129_999, "MDL"), "x"),
            helped=Helped(),
            on=TODAY,
        )
    assert refused.value.code == "budget_line"


def test_a_known_case_keeps_its_plan_and_the_consents_that_hold(session, cast, funding):
    work = make_casework(session, cast)
    before = session.scalar(select(func.count()).select_from(Consent))
    _start_in(session, cast, work.case, funding)
    assert session.scalar(select(func.count()).select_from(Consent)) == before
    assert session.scalars(select(Plan)).one().state == "approved"
    assert work.line.approved_ceiling_minor == 600_000


def test_a_supervisor_does_not_start_and_an_outsider_does_not_either(session, cast, funding):
    case = make_case(session, cast)
    for who in ("sergiu", "calin", "petru", "rita"):
        with pytest.raises(NotPermitted):
            _start_in(session, cast, case, funding, who)


def test_ratifying_keeps_the_lines(session, cast, at_the_door, heard):
    started = at_the_door()
    emergency_decision.ratify(
        session, started, actor=actor(session, cast.sergiu), comment="bine", now=NOW
    )
    assert (started.state, started.decided_by, started.comment) == (
        "ratified",
        cast.sergiu.id,
        "bine",
    )
    assert sum(line.approved_ceiling_minor for line in session.scalars(select(PlanLine))) == 130_000
    assert heard == []


def test_refusing_keeps_what_was_delivered_and_stops_the_rest(session, cast, at_the_door, heard):
    started = at_the_door()
    bed = session.scalars(select(PlanLine).where(PlanLine.category == "shelter")).one()
    record_service_delivered(session, bed.id, units=1, amount=Money(15_000, "MDL"), on=TODAY)
    emergency_decision.refuse(
        session, started, actor=actor(session, cast.sergiu), comment="alt loc", now=NOW
    )
    assert [event.case_id for event in heard] == [started.case_id]
    left = {
        line.category: (line.approved_units, line.approved_ceiling_minor)
        for line in session.scalars(select(PlanLine))
    }
    assert left == {"shelter": (1, 15_000), "transport": (0, 0), "medical": (0, 0)}
    assert bed.ceiling_minor == 80_000


def test_lines_of_the_plan_itself_survive_a_refusal(session, cast, funding, heard):
    work = make_casework(session, cast)
    started = _start_in(session, cast, work.case, funding)
    emergency_decision.refuse(
        session, started, actor=actor(session, cast.sergiu), comment="nu", now=NOW
    )
    session.refresh(work.line)
    assert work.line.approved_ceiling_minor == 600_000


def test_a_refusal_needs_a_reason(session, cast, at_the_door, heard):
    with pytest.raises(Invalid):
        emergency_decision.refuse(
            session, at_the_door(), actor=actor(session, cast.sergiu), comment=" ", now=NOW
        )


def test_whoever_started_does_not_decide_even_as_a_supervisor(session, cast, at_the_door):
    started = at_the_door()
    from dataclasses import replace

    both = replace(actor(session, cast.ana), roles=frozenset({Role.CASE_MANAGER, Role.SUPERVISOR}))
    with pytest.raises(NotPermitted):
        emergency_decision.ratify(session, started, actor=both, comment="", now=NOW)


def test_what_is_told_of_a_start_and_its_decision_says_for_whom_deputies_acted(
    session, cast, at_the_door, heard, sign_in
):
    started = at_the_door(by=deputy_of(session, cast.ana, cast.calin))
    page = sign_in(cast.sergiu).get("/account/inbox?lang=en").text
    assert "Călin Rusu for Ana Lungu started emergency help in case" in page
    there = deputy_of(session, cast.sergiu, cast.victor)
    session.refresh(started)
    emergency_decision.ratify(session, started, actor=there, comment="", now=NOW)
    for reader in (cast.ana, cast.calin):
        page = sign_in(reader).get("/account/inbox?lang=en").text
        assert "Victor Balan for Sergiu Munteanu ratified the emergency help" in page


def test_a_decision_is_made_once(session, cast, at_the_door, heard):
    started, sergiu = at_the_door(), actor(session, cast.sergiu)
    emergency_decision.ratify(session, started, actor=sergiu, comment="", now=NOW)
    with pytest.raises(Conflict):
        emergency_decision.refuse(session, started, actor=sergiu, comment="nu", now=NOW)
    assert heard == []


@pytest.mark.parametrize(
    ("hours", "told"),
    [(47, set()), (48, {"sergiu"}), (72, {"sergiu", "ana"}), (200, {"sergiu", "ana"})],
)
def test_who_must_decide_is_reminded(session, cast, at_the_door, hours, told):
    at_the_door()
    EMERGENCY_OVERDUE.run(session, NOW + timedelta(hours=hours))
    EMERGENCY_OVERDUE.run(session, NOW + timedelta(hours=hours, minutes=30))
    reminded = session.scalars(
        select(InboxMessage.user_id).where(~InboxMessage.key.endswith("started"))
    ).all()
    assert sorted(reminded, key=str) == sorted((cast.people[who].id for who in told), key=str)


def test_a_decided_start_is_not_reminded(session, cast, at_the_door):
    emergency_decision.ratify(
        session, at_the_door(), actor=actor(session, cast.sergiu), comment="", now=NOW
    )
    assert EMERGENCY_OVERDUE.run(session, NOW + timedelta(hours=80)) is None


def test_pending_lists_own_cases_with_what_they_may_cost(session, cast, at_the_door):
    at_the_door()
    (row,) = emergencies.pending(session, actor(session, cast.sergiu))
    assert (row.asked, row.started_by) == (Money(130_000, "MDL"), "Ana Lungu")
    assert emergencies.pending(session, actor(session, cast.calin)) == []
    assert emergencies.pending_count(session, actor(session, cast.sergiu)) == 1
    assert emergencies.pending_count(session, actor(session, cast.ana)) == 0


def menu(app, sign_in, user, path):
    """Return the menu of a person on a page: {address: (count, whether it is this place)}."""
    with app.test_request_context(
        path, headers={"Cookie": f"punte-session={_token(sign_in, user)}"}
    ):
        return {place["url"]: (place["count"], place["active"]) for place in navigation()}


def _token(sign_in, user):
    return sign_in(user).get_cookie("punte-session").value


def test_supervisors_have_a_place_for_it_with_how_many_wait(app, cast, sign_in, at_the_door):
    started = at_the_door()
    for path in ("/cases/emergencies", f"/cases/emergencies/{started.id}"):
        places = menu(app, sign_in, cast.sergiu, path)
        assert places["/cases/emergencies"] == (1, True)
        assert [url for url, (_, active) in places.items() if active] == ["/cases/emergencies"]
    for path in ("/cases/", f"/cases/{started.case_id}", f"/cases/{started.case_id}/emergency"):
        places = menu(app, sign_in, cast.sergiu, path)
        assert [url for url, (_, active) in places.items() if active] == ["/cases/"]
    assert "/cases/emergencies" not in menu(app, sign_in, cast.ana, "/cases/")


def test_what_the_supervisor_started_waits_for_another(app, session, cast, sign_in, at_the_door):
    started = at_the_door()
    started.started_by = cast.sergiu.id
    session.flush()
    assert menu(app, sign_in, cast.sergiu, "/cases/")["/cases/emergencies"] == (0, False)


def test_on_a_phone_one_page_does_it(session, cast, sign_in, offer):
    answer = sign_in(cast.ana).post("/cases/emergency", data=_typed(cast))
    started = session.scalars(select(EmergencyStart)).one()
    assert answer.location == f"/cases/{started.case_id}/emergency"
    assert sign_in(cast.ana).get(answer.location).status_code == 200


def test_without_the_persons_yes_nothing_is_kept_and_nothing_typed_is_lost(
    session, cast, sign_in, offer
):
    typed = _typed(cast, given_name="Zeamă", medicine="250,50", nights="3")
    del typed["agreed"]
    answer = sign_in(cast.ana).post("/cases/emergency", data=typed)
    assert answer.status_code == 422
    for kept in ('value="Zeamă"', 'value="250,50"', 'value="3"'):
        assert kept in answer.text
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"medicine": "-5"},
        {"medicine": "mult"},
        {"medicine": "99999999"},
        {"nights": "9"},
        {"nights": "-1"},
        {"nights": "0", "rides": "0"},
        {"nights": "x"},
        {"budget_line": "else"},
    ],
)
def test_garbage_is_refused_in_words(session, cast, sign_in, offer, wrong):
    answer = sign_in(cast.ana).post("/cases/emergency", data=_typed(cast, **wrong))
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


def test_without_a_budget_line_the_page_says_what_to_do(cast, sign_in, monkeypatch):
    monkeypatch.setattr(budget_lines_to_plan_with, "_answer", lambda *_: [])
    page = sign_in(cast.ana).get("/cases/emergency?lang=en").text
    assert "No budget line can pay for this" in page


def test_a_floor_above_adds_its_tap_to_each_line(session, cast, sign_in, monkeypatch, at_the_door):
    monkeypatch.setitem(
        slots._slots,
        "emergency.actions",
        [lambda *, line, **_: f"<a href='/x'>voucher {line.category}</a>"],
    )
    page = sign_in(cast.ana).get(f"/cases/{at_the_door().case_id}/emergency").text
    assert "voucher shelter</a>" in page
    assert "voucher medical</a>" in page


def test_the_supervisor_decides_on_the_page(session, cast, sign_in, at_the_door, heard):
    started = at_the_door()
    boss = sign_in(cast.sergiu)
    page = boss.get(f"/cases/emergencies/{started.id}?lang=en").text
    assert "2 vouchers will stop." in page
    assert boss.get("/cases/emergencies").status_code == 200
    refused = boss.post(f"/cases/emergencies/{started.id}", data={"decision": "refuse"})
    assert refused.status_code == 422
    assert (
        boss.post(
            f"/cases/emergencies/{started.id}", data={"decision": "ratify", "comment": "bine"}
        ).status_code
        == 302
    )
    session.refresh(started)
    assert started.state == "ratified"


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("ana", 200, 403),
        ("calin", 404, 403),
        ("vera", 403, 403),
        ("petru", 403, 403),
        ("irina", 403, 403),
        ("dan", 403, 403),
        ("rita", 403, 403),
        ("boris", 403, 403),
    ],
)
def test_nobody_else_decides(session, cast, sign_in, at_the_door, who, reads, writes):
    started = at_the_door()
    browser = sign_in(cast.people[who])
    assert browser.get(f"/cases/emergencies/{started.id}").status_code == reads
    answer = browser.post(f"/cases/emergencies/{started.id}", data={"decision": "ratify"})
    assert answer.status_code == writes
    session.refresh(started)
    assert started.state == "pending"


def _another_office(session):
    office = Organisation(id=new_id(), name="Echipa Cahul", kind="programme", created_at=NOW)
    session.add(office)
    session.flush()
    return office.id


def _typed(cast, **values):
    return {
        "nights": "2",
        "rides": "1",
        "medicine": "",
        "consent_locale": "ru",
        "agreed": "y",
        "circumstances": "",
        "budget_line": str(cast.budget_line.id),
        "given_name": "",
        "language": "ru",
        "sex": "female",
        "territorial_unit": "MD-UN",
        **values,
    }


def _start_in(session, cast, case, funding, who="ana"):
    return emergency.start(
        session,
        actor=registration.with_case(actor(session, cast.ana), case)
        if who == "ana"
        else actor(session, cast.people[who]),
        case=case,
        needs=BED_TAXI_MEDICINE,
        funding=funding,
        consent_locale="ro",
        circumstances="",
        now=NOW,
    )


def test_nobody_edits_what_was_promised_at_night_so_its_starter_wrote_all_of_it(
    session, cast, funding
):
    case = make_case(session, cast)
    started = _start_in(session, cast, case, funding)
    plan = session.scalars(select(Plan).where(Plan.case_id == case.id)).one()
    (line, *_) = emergencies.lines_of(session, case.id)
    service = plan_lines.Service(line.unit, 1, line.unit_price, line.budget_line_id)
    with pytest.raises(Conflict):
        plan_lines.edit_line(
            session,
            line,
            actor=actor(session, cast.ana),
            service=service,
            revision=plan.revision,
            now=NOW,
        )
    assert plan.written_by == [started.started_by]
