"""The pages of the plan: who may, what they cost, two people at once, and what paper tells."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from reintegration.codelists.life_domains import Domain
from reintegration.kernel.db import db
from reintegration.kernel.ids import new_id
from reintegration.plans.models import Milestone, Plan, PlanLine, PlanLineDelivery
from reintegration.plans.queries import provision
from reintegration.plans.queries.provision import LineAction, LineMoney
from reintegration.plans.services import needs
from reintegration.plans.states import PlanState
from tests.factories.casework import make_case, make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.plans.answers import answers  # noqa: F401 - a fixture
from tests.plans.plan_makers import add_need, submit, write_plan

pytestmark = pytest.mark.usefixtures("answers")


@contextmanager
def counted(app):
    """Count the statements that the application sends meanwhile."""
    seen = []
    with app.app_context():
        engine = db.engine

    def note(_conn, _cursor, statement, *_args):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def add_lines(session, cast, w, count):
    for number in range(count):
        step = Milestone(
            id=new_id(),
            plan_id=w.plan.id,
            case_id=w.case.id,
            domain=Domain.HEALTH.value,
            title=f"Pas {number}",
            starts_on=TODAY,
            due_on=TODAY + timedelta(days=number),
            created_at=NOW,
        )
        session.add_all(
            [
                step,
                PlanLine(
                    id=new_id(),
                    case_id=w.case.id,
                    milestone=step,
                    category="medical",
                    unit="visit",
                    units=2,
                    unit_price_minor=100,
                    ceiling_minor=200,
                    currency="MDL",
                    budget_line_id=cast.budget_line.id,
                    created_at=NOW,
                    delivery=PlanLineDelivery(),
                ),
            ]
        )
    session.commit()


def test_the_plan_page_costs_the_same_with_5_and_with_50_services(app, session, cast, sign_in):
    few, many = make_casework(session, cast), make_casework(session, cast)
    add_lines(session, cast, few, 4)
    add_lines(session, cast, many, 49)
    browser = sign_in(cast.ana)
    counts = []
    for w in (few, many):
        browser.get(f"/cases/{w.case.id}/plan")
        with counted(app) as seen:
            page = browser.get(f"/cases/{w.case.id}/plan")
        assert page.status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_floors_above_are_asked_once_for_all_services(session, cast, sign_in, answers):  # noqa: F811
    w = make_casework(session, cast)
    add_lines(session, cast, w, 5)
    asked = []

    def actions(*, case, lines, actor):
        asked.append(len(lines))
        return [LineAction(w.line.id, "Find a provider", "/x", "Voucher issued", "sky", True)]

    answers.fill("plan_line.actions", actions)
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan?lang=en").text
    assert asked == [6]
    assert "Find a provider" in page
    assert "Voucher issued" in page


def test_the_budget_shows_what_is_paid_delivered_promised_and_free(session, cast, sign_in, answers):  # noqa: F811
    w = make_casework(session, cast)
    money = type(w.line.ceiling)
    answers.give(
        provision.money_of_case,
        lambda *_: [
            LineMoney(w.line.id, money(100_000, "MDL"), money(50_000, "MDL"), money(150_000, "MDL"))
        ],
    )
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan?lang=en").text
    for sum_ in ("1,000.00", "500.00", "1,500.00", "3,000.00"):
        assert sum_ in page


def test_what_was_delivered_is_shown_before_the_job_has_run(session, cast, sign_in):
    w = make_casework(session, cast)
    w.line.delivery.units, w.line.delivery.amount_minor = 7, 350_000
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan?lang=en").text
    assert "7 of 12 sessions" in page


def test_a_late_step_says_by_how_much(session, cast, sign_in):
    w = make_casework(session, cast, due_on=TODAY)
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan?lang=en").text
    late = re.search(r"Late by (\d+) day", page)
    from reintegration.kernel import clock

    days = (clock.local_day(clock.now()) - TODAY).days
    assert (int(late[1]) if late else 0) == days


def approve_by(browser, w):
    decision = {"number": 1, "decision": "approve"}
    return browser.post(f"/cases/{w.case.id}/plan/decision", data=decision)


def test_nobody_approves_their_own_plan_by_posting(session, cast, sign_in):
    w = write_plan(session, cast)
    submit(session, w)
    w.plan.submitted_by = w.plan.last_edited_by = cast.sergiu.id
    assert approve_by(sign_in(cast.sergiu), w).status_code == 403
    session.expire_all()
    assert w.plan.state == PlanState.SUBMITTED.value


def test_a_supervisor_reads_what_changed_and_approves(session, cast, sign_in):
    w = write_plan(session, cast)
    submit(session, w)
    browser = sign_in(cast.sergiu)
    assert w.case.code in browser.get("/cases/decisions").text
    page = browser.get(f"/cases/{w.case.id}/plan/decision?lang=en").text
    assert "+6,000.00" in page
    assert approve_by(browser, w).status_code == 302
    session.expire_all()
    assert w.plan.state == PlanState.APPROVED.value


def test_returning_without_a_comment_says_what_is_missing(session, cast, sign_in):
    w = write_plan(session, cast)
    submit(session, w)
    answer = sign_in(cast.sergiu).post(
        f"/cases/{w.case.id}/plan/decision?lang=en", data={"number": 1, "decision": "return"}
    )
    assert answer.status_code == 422
    assert "Give a reason" in answer.text


def line_form(cast, w, **typed):
    return {
        "revision": w.plan.revision,
        "unit": "session",
        "units": 12,
        "unit_price": "500",
        "ceiling": "",
        "budget_line_id": str(cast.budget_line.id),
        "description": "",
        **typed,
    }


def test_a_stale_edit_shows_what_changed_and_keeps_what_was_typed(session, cast, sign_in):
    w = write_plan(session, cast)
    url = f"/cases/{w.case.id}/plan/lines/{w.line.id}?lang=en"
    browser = sign_in(cast.ana)
    read = line_form(cast, w)
    assert browser.post(url, data=read | {"units": 14}).status_code == 302
    answer = browser.post(url, data=read | {"units": 9})
    assert answer.status_code == 409
    assert "Ana Lungu" in answer.text
    assert 'value="9"' in answer.text
    assert "<td>14</td>" in answer.text
    session.expire_all()
    assert w.line.units == 14
    revision = re.search(r'name="revision" type="hidden" value="(\d+)"', answer.text)[1]
    assert browser.post(url, data=read | {"units": 9, "revision": revision}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"units": "-1"},
        {"units": "x"},
        {"unit_price": "abc"},
        {"unit_price": "-5"},
        {"ceiling": "1"},
        {"budget_line_id": "nothing"},
        {"unit": "parsec"},
        {"units": "99999999999999999999"},
        {"unit_price": "1e9999"},
    ],
)
def test_garbage_in_a_service_is_refused_and_changes_nothing(session, cast, sign_in, typed):
    w = write_plan(session, cast)
    url = f"/cases/{w.case.id}/plan/lines/{w.line.id}"
    answer = sign_in(cast.ana).post(url, data=line_form(cast, w) | typed)
    assert answer.status_code == 422
    session.expire_all()
    assert w.line.units == 12


def test_paper_for_the_person_names_no_provider_no_state_and_no_case(session, cast, sign_in):
    w = make_casework(session, cast)
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan/print?lang=en").text
    paper = page[page.index("<main") : page.index("</main>")]
    assert "Counselling, 12 sessions" in paper
    for word in (w.case.code, "Speranța", "voucher", "victim", "traffick", "Punte", "In progress"):
        assert word not in paper
    assert "MDL" not in paper


def addresses(w, need):
    case = f"/cases/{w.case.id}"
    step = f"{case}/plan/milestones/{w.milestone.id}"
    return {
        "read": [
            f"{case}/plan",
            f"{case}/needs",
            f"{case}/plan/print",
            step,
            f"{case}/plan/decision",
        ],
        "write": [
            f"{case}/plan/milestones/new",
            f"{step}/edit",
            f"{step}/remove",
            f"{step}/complete",
            f"{case}/plan/lines/new",
            f"{case}/plan/lines/{w.line.id}",
            f"{case}/plan/lines/{w.line.id}/remove",
            f"{case}/plan/send",
        ],
        "post": [
            f"{case}/needs",
            f"{case}/needs/{need.id}",
            f"{case}/needs/{need.id}/goals",
            f"{case}/plan/milestones/new",
            f"{step}/edit",
            f"{step}/remove",
            f"{step}/begin",
            f"{case}/plan/lines/{w.line.id}",
            f"{case}/plan/send",
            f"{case}/plan/withdraw",
            f"{case}/plan/decision",
        ],
    }


@pytest.fixture
def walked(session, cast):
    w = write_plan(session, cast)
    need = add_need(session, w)
    submit(session, w)
    return addresses(w, need)


SHUT = {403, 404}
"""403 for who could never, 404 for who could in a case of their own: missing cases get the same."""
STRANGERS = ["calin", "vera", "petru", "irina", "dan", "rita", "maria"]


@pytest.mark.parametrize("name", STRANGERS)
def test_outside_the_team_there_is_nothing(cast, sign_in, walked, name):
    browser = sign_in(getattr(cast, name))
    for url in (*walked["read"], *walked["write"]):
        assert browser.get(url).status_code in SHUT, url
    for url in walked["post"]:
        assert browser.post(url).status_code in SHUT, url


def test_the_team_reads_and_only_the_worker_writes(cast, sign_in, walked):
    ana, sergiu = sign_in(cast.ana), sign_in(cast.sergiu)
    for url in walked["read"]:
        assert (ana.get(url).status_code, sergiu.get(url).status_code) == (200, 200), url
    for url in walked["write"]:
        assert ana.get(url).status_code == 200, url
        assert sergiu.get(url).status_code == 403, url
    for url in walked["post"]:
        wanted = ana if url.endswith("decision") else sergiu
        assert wanted.post(url).status_code == 403, url


def test_only_supervisors_have_decisions(cast, sign_in):
    assert sign_in(cast.sergiu).get("/cases/decisions").status_code == 200
    for name in ("ana", *STRANGERS):
        assert sign_in(getattr(cast, name)).get("/cases/decisions").status_code == 403, name


def test_a_whole_plan_is_written_sent_and_withdrawn_with_plain_forms(session, cast, sign_in):
    case = make_case(session, cast)
    browser = sign_in(cast.ana)
    base = f"/cases/{case.id}"
    assert browser.get(f"{base}/plan").status_code == 200
    assert (
        browser.post(
            f"{base}/needs", data={"description": "Acte", "domain": "health", "priority": "urgent"}
        ).status_code
        == 302
    )
    assert browser.post(f"{base}/plan").status_code == 302
    plan = session.query(Plan).filter_by(case_id=case.id).one()
    answer = browser.post(
        f"{base}/plan/milestones/new",
        data={
            "revision": plan.revision,
            "title": "Buletin nou",
            "domain": "documents_rights",
            "starts_on": "2026-11-24",
            "due_on": "2026-12-24",
        },
    )
    assert answer.status_code == 302
    step = session.query(Milestone).filter_by(case_id=case.id).one()
    session.expire_all()
    answer = browser.post(
        f"{base}/plan/milestones/{step.id}/lines/new?category=documents",
        data={
            "revision": plan.revision,
            "unit": "item",
            "units": 1,
            "unit_price": "1.250,50",
            "budget_line_id": str(cast.budget_line.id),
        },
    )
    assert answer.status_code == 302
    session.expire_all()
    sent = browser.post(f"{base}/plan/send?lang=en", data={"revision": plan.revision})
    assert sent.status_code == 422
    assert "no goal yet" in sent.text
    need = needs.reading.needs_of(session, case.id)[0]
    browser.post(f"{base}/needs/{need.id}/goals", data={"description": "Are buletin"})
    assert browser.post(f"{base}/plan/send", data={"revision": plan.revision}).status_code == 302
    assert browser.post(f"{base}/plan/withdraw").status_code == 302
    session.expire_all()
    assert plan.state == PlanState.DRAFT.value
    assert step.lines[0].ceiling_minor == 125_050


def test_today_names_what_waits_for_each(session, cast, sign_in):
    w = write_plan(session, cast)
    submit(session, w)
    assert w.case.code in sign_in(cast.sergiu).get("/account/today").text
    late = make_casework(session, cast, due_on=TODAY - timedelta(days=20))
    assert actor(session, cast.ana).caseload
    page = sign_in(cast.ana).get("/account/today?lang=en").text
    assert f"{late.case.code}: “Consiliere” is late" in page


def test_a_first_plan_promises_nothing_that_stays_in_force(session, cast, sign_in):
    written = write_plan(session, cast)
    session.commit()
    browser, line = sign_in(cast.ana), written.line
    page = browser.get(f"/cases/{written.case.id}/plan/send?lang=en").text
    assert "and nothing in it can be arranged" in page
    assert "stays in force" not in page
    typed = {
        "revision": written.plan.revision,
        "unit": "session",
        "units": 3,
        "unit_price": "500",
        "budget_line_id": str(cast.budget_line.id),
    }
    address = f"/cases/{written.case.id}/plan/lines/{line.id}?lang=en"
    said = browser.post(address, data=typed, follow_redirects=True).text
    assert "The service is changed." in said
    assert "stays in force" not in said


@pytest.fixture
def new_case(session, cast):
    case = make_case(session, cast)
    session.commit()
    return case


NEED = {"description": "Acte", "domain": "documents_rights", "priority": "urgent"}


def test_a_need_is_written_with_its_goal_in_one_go(session, cast, sign_in, new_case):
    browser, address = sign_in(cast.ana), f"/cases/{new_case.id}/needs"
    assert 'name="goal"' in browser.get(address).text
    browser.post(address, data={**NEED, "goal": "Are buletin", "own_words": "vreau acte"})
    (goal,) = needs.reading.goals_of(session, new_case.id)
    assert (goal.description, goal.own_words) == ("Are buletin", "vreau acte")
    assert goal.need.description == "Acte"


def test_own_words_without_their_goal_are_asked_about(session, cast, sign_in, new_case):
    address = f"/cases/{new_case.id}/needs?lang=en"
    answer = sign_in(cast.ana).post(address, data={**NEED, "own_words": "vreau acte"})
    assert answer.status_code == 422
    assert "Write the goal too" in answer.text
    assert not needs.reading.needs_of(session, new_case.id)


@pytest.mark.parametrize("missing", ["domain", "priority"])
def test_no_area_and_no_urgency_is_chosen_by_a_list(session, cast, sign_in, new_case, missing):
    browser, address = sign_in(cast.ana), f"/cases/{new_case.id}/needs"
    assert browser.get(address).text.count('<option value="">Alegeți</option>') == 2
    said = {name: value for name, value in NEED.items() if name != missing}
    assert browser.post(address, data=said).status_code == 422
    assert not needs.reading.needs_of(session, new_case.id)


def test_a_step_stands_in_the_area_of_its_goal(session, cast, sign_in):
    work = write_plan(session, cast)
    said = {"description": "Doarme", "own_words": ""}
    goal = needs.add_goal(session, add_need(session, work), actor=work.ana, now=NOW, **said)
    session.commit()
    browser, address = sign_in(cast.ana), f"/cases/{work.case.id}/plan/milestones/new?lang=en"
    days = {"starts_on": "2026-11-24", "due_on": "2026-12-24"}
    said = {"revision": work.plan.revision, "title": "Un pas nou", "domain": "", **days}
    refused = browser.post(address, data=said)
    assert refused.status_code == 422
    assert "Choose an area of life, or the goal that it serves." in refused.text
    assert browser.post(address, data={**said, "goal_id": str(goal.id)}).status_code == 302
    step = session.query(Milestone).filter_by(title="Un pas nou").one()
    assert step.domain == goal.need.domain


def test_a_closed_case_draws_no_way_to_write(session, cast, sign_in):
    work = make_casework(session, cast)
    session.commit()
    browser = sign_in(cast.ana)
    address = f"/cases/{work.case.id}"
    pages = {
        f"{address}/needs": "new=1",
        f"{address}/plan": "/milestones/new",
        f"{address}/plan/milestones/{work.milestone.id}": "/edit",
    }
    assert [way for page, way in pages.items() if way not in browser.get(page).text] == []
    work.case.state, work.case.closed_at = "closed", NOW
    session.commit()
    assert [way for page, way in pages.items() if way in browser.get(page).text] == []


def test_a_new_step_leads_to_how_much_of_its_first_service(session, cast, sign_in):
    work = write_plan(session, cast)
    session.commit()
    said = {
        "revision": work.plan.revision,
        "title": "Un pas nou",
        "domain": "health",
        "starts_on": "2026-11-24",
        "due_on": "2026-12-24",
        "category": "medical",
    }
    address = f"/cases/{work.case.id}/plan/milestones/new?lang=en"
    page = sign_in(cast.ana).post(address, data=said, follow_redirects=True)
    assert page.request.path.endswith("/lines/new")
    assert page.request.args["category"] == "medical"
    assert 'name="units"' in page.text


def figure_of(page, address):
    """Return the figure beside a place in the menu, or nothing."""
    link = re.search(rf'href="{address}"[^>]*>(.*?)</a>', page, re.DOTALL)
    found = re.search(r'class="count">([^<]*)<', link.group(1)) if link else None
    return found.group(1) if found else ""


def test_decisions_count_what_one_may_decide_and_show_ones_own_apart(session, cast, sign_in):
    mine, own = write_plan(session, cast), write_plan(session, cast)
    submit(session, mine)
    submit(session, own)
    own.plan.submitted_by = own.plan.last_edited_by = cast.sergiu.id
    page = sign_in(cast.sergiu).get("/cases/decisions?lang=en").text
    assert figure_of(page, "/cases/decisions") == "1"
    to_decide, _line, others = page.partition('id="others"')
    assert mine.case.code in to_decide
    assert own.case.code not in to_decide
    assert own.case.code in others
