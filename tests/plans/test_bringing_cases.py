"""Running cases come in by a table, without names: whole, once, by the services of every day."""

import csv
import io
import stat
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import Organisation
from reintegration.cases.models import CaseFile, CaseOrigin, Consent, PersonIdentity
from reintegration.cases.services import origins, vault
from reintegration.cases.states import CaseState, ConsentMode
from reintegration.codelists.units import Unit
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.models import Goal, Milestone, Need, Plan, PlanLine
from reintegration.plans.services import deliveries, milestones
from reintegration.plans.services.bringing_cases.columns import EXAMPLES, NAMES
from reintegration.plans.services.bringing_cases.reading import check
from reintegration.plans.states import MilestoneState, PlanState
from reintegration.plans.views.bringing import CASES
from reintegration.web.bringing import bring_in
from reintegration.web.table_reading import read
from tests.at_once import at_once
from tests.factories.casework import make_casework, say_yes
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.tables import importer, run_tasks, table, upload

BEFORE = (TODAY - timedelta(days=40)).isoformat()
CASE = {
    "case": "12/2025",
    "case manager": "ana@demo.example",
    "since": BEFORE,
    "consent on": BEFORE,
    "agreed to": "file, providers",
    "language": "rusă",
    "sex": "woman",
    "birth year": "1998",
    "district": "Ungheni",
}
NEED = {"need": "A safe place", "need area": "housing", "priority": "high", "goal": "A room"}
STEP = {
    "step": "Move into a room",
    "begins": TODAY.isoformat(),
    "due": (TODAY + timedelta(days=60)).isoformat(),
}
SERVICE = {
    "service": "consiliere",
    "units": "8",
    "unit price": "500,00",
    "budget line": "SPR-1/SPR-1-A",
}
WHOLE = CASE | NEED | STEP | SERVICE


def cases(*rows):
    return table(NAMES, *rows)


@pytest.fixture
def bring(app, session, cast, tmp_path):
    return importer(app, session, tmp_path, "cases")


def brought(session, reference="12/2025"):
    office = session.scalar(select(Organisation.id).where(Organisation.name == "Echipa Ungheni"))
    return origins.case_of_reference(session, office, reference)


def how_many(session, *models):
    return [session.scalar(select(func.count()).select_from(model)) for model in models]


def test_a_case_comes_in_with_its_consent_needs_and_plan_and_without_a_name(session, cast, bring):
    reached = {"step": "Papers", "step area": "documents", "begins": BEFORE, "due": BEFORE}
    more = {"case": "12/2025"} | reached | {"reached on": BEFORE, "evidence": "She has them"}
    code, said = bring(cases(WHOLE, more))
    assert (code, said["errors"]) == (0, [])
    assert said["counts"] == {
        "cases_added": 1,
        "consents_added": 1,
        "needs_added": 1,
        "goals_added": 1,
        "steps_added": 2,
        "services_added": 1,
        "waiting": 0,
        "unchanged": 0,
    }
    case = brought(session)
    assert (case.manager_id, case.birth_year, case.territorial_unit) == (cast.ana.id, 1998, "MD-UN")
    assert case.code != "12/2025"
    assert origins.reference_of(session, case) == "12/2025"
    assert session.get(PersonIdentity, case.id) is None
    consents = session.scalars(select(Consent).where(Consent.case_id == case.id)).all()
    assert {one.mode for one in consents} == {ConsentMode.WRITTEN}
    assert {one.text_version for one in consents} == {"before"}
    assert {one.valid_until for one in consents} == {TODAY + timedelta(days=325)}
    plan = session.scalar(select(Plan).where(Plan.case_id == case.id))
    assert plan.state == PlanState.DRAFT
    states = {one.title: one.state for one in plan.milestones}
    assert states == {
        "Move into a room": MilestoneState.PLANNED,
        "Papers": MilestoneState.COMPLETED,
    }
    line = session.scalar(select(PlanLine).where(PlanLine.case_id == case.id))
    assert (line.units, line.ceiling.minor, line.is_approved) == (8, 400_000, False)


def test_a_dry_run_says_what_the_run_does_and_does_nothing(session, bring):
    _, tried = bring(cases(WHOLE), "--dry-run")
    assert how_many(session, CaseFile, CaseOrigin, Need, Goal, Milestone) == [0] * 5
    _, done = bring(cases(WHOLE))
    assert (tried.pop("written"), done.pop("written")) == (False, True)
    assert tried == done


def test_the_same_file_again_changes_nothing(session, bring):
    bring(cases(WHOLE))
    before = how_many(session, CaseFile, Consent, Need, Milestone, PlanLine)
    code, said = bring(cases(WHOLE | {"case": "12 2025"}))
    assert (code, said["counts"]["unchanged"]) == (0, 1)
    assert how_many(session, CaseFile, Consent, Need, Milestone, PlanLine) == before


def test_a_case_without_consent_waits_for_it_and_gets_its_plan_afterwards(session, cast, bring):
    silent = WHOLE | {"consent on": "", "agreed to": ""}
    code, said = bring(cases(silent))
    assert (code, said["counts"]["cases_added"], said["counts"]["waiting"]) == (0, 1, 1)
    assert "12/2025" in said["notes"][0]
    assert how_many(session, Consent, Need, Plan) == [0, 0, 0]
    say_yes(session, cast, brought(session), "case_management")
    code, said = bring(cases(silent))
    assert (said["counts"]["cases_added"], said["counts"]["services_added"]) == (0, 1)


def test_the_trail_says_who_brought_a_case_in_each_time_that_something_came(session, cast, bring):
    def brought_in():
        kinds = select(AuditEvent.actor_kind).where(AuditEvent.action == "case:bring_in")
        return session.scalars(kinds).all()

    silent = WHOLE | {"consent on": "", "agreed to": ""}
    bring(cases(silent))
    assert brought_in() == ["operator"]
    bring(cases(silent))
    assert brought_in() == ["operator"]
    bring(cases(WHOLE))
    assert brought_in() == ["operator"] * 2
    bring(cases(WHOLE))
    assert brought_in() == ["operator"] * 2


def test_no_paper_of_before_replaces_a_consent_that_was_withdrawn_here(session, cast, bring):
    bring(cases(CASE))
    case = brought(session)
    for one in session.scalars(select(Consent).where(Consent.case_id == case.id)):
        one.withdrawn_at = NOW
    code, said = bring(cases(WHOLE))
    assert (code, said["counts"]["consents_added"], said["counts"]["waiting"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"case": ""}, "case"),
        ({"case": "//"}, "case"),
        ({"need": "…"}, "need"),
        ({"step": "?"}, "step"),
        ({"since": "soon"}, "since"),
        ({"consent on": "", "agreed to": "file"}, "consent on"),
        ({"agreed to": "everything"}, "agreed to"),
        ({"agreed by": "a friend"}, "agreed by"),
        ({"birth year": "98"}, "birth year"),
        ({"district": "Atlantida"}, "district"),
        ({"places to avoid": "Atlantida"}, "places to avoid"),
        ({"access needs": "pool"}, "access needs"),
        ({"need area": ""}, "need area"),
        ({"need": "", "need area": ""}, "goal"),
        ({"priority": "soon"}, "priority"),
        ({"due": ""}, "due"),
        ({"service": "flying"}, "service"),
        ({"units": "0"}, "units"),
        ({"unit price": "much"}, "unit price"),
        ({"budget line": ""}, "budget line"),
        ({"step": ""}, "step"),
    ],
)
def test_each_wrong_cell_is_named_by_row_and_column(changed, column):
    found = check(read(cases(WHOLE | changed).encode()))
    assert column in [one.column for one in found.errors]
    assert {one.row for one in found.errors} == {2}


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"case manager": "nobody@demo.example"}, "case manager"),
        ({"case manager": "vera@demo.example"}, "case manager"),
        ({"case manager": ""}, "case manager"),
        ({"consent until": "2040-01-01"}, "consent until"),
        ({"consent on": "2020-01-01"}, "consent until"),
        ({"consent on": (TODAY + timedelta(days=2)).isoformat()}, "consent on"),
        ({"places to avoid": "Ungheni"}, "places to avoid"),
        ({"due": "2020-01-01"}, "due"),
        ({"budget line": "SPR-1/NONE"}, "budget line"),
        ({"at most": "1.00"}, "at most"),
    ],
)
def test_what_a_service_refuses_is_an_error_of_its_row_and_nothing_stays(
    session, bring, changed, column
):
    code, said = bring(cases(WHOLE | changed, CASE | {"case": "13/2025"}))
    assert (code, [(one["row"], one["column"]) for one in said["errors"]]) == (1, [(2, column)])
    assert how_many(session, CaseFile, Need) == [0, 0]


def errors(*rows):
    return [(one.row, one.column) for one in check(read(cases(*rows).encode())).errors]


def test_what_two_rows_say_of_one_case_must_be_the_same():
    assert errors(WHOLE, {"case": "12/2025", "district": "Orhei"}) == [(3, "district")]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"need area": "health"}, "need area"),
        ({"priority": "low"}, "priority"),
        ({"own words": "A door of my own"}, "own words"),
        ({"begins": BEFORE}, "begins"),
        ({"due": TODAY.isoformat()}, "due"),
        ({"reached on": BEFORE}, "reached on"),
        ({"evidence": "She has the key"}, "evidence"),
        ({"step area": "health"}, "step area"),
        ({"goal": "A flat"}, "goal"),
    ],
)
def test_what_a_second_row_says_otherwise_of_a_need_a_goal_or_a_step_is_told(changed, column):
    again = {"case": "12/2025"} | NEED | STEP
    assert errors(WHOLE, again) == []
    assert errors(WHOLE, again | changed) == [(3, column)]


def test_a_wrong_fact_of_a_case_is_told_in_the_row_where_it_stands():
    assert errors(WHOLE | {"sex": ""}, {"case": "12/2025", "sex": "tall"}) == [(3, "sex")]


def test_a_refused_fact_of_a_case_is_told_in_the_row_where_it_stands(bring):
    late = {"case": "12/2025", "consent until": "2040-01-01"}
    _, said = bring(cases(WHOLE, late))
    assert [(one["row"], one["column"]) for one in said["errors"]] == [(3, "consent until")]


@pytest.mark.parametrize(
    ("column", "longest"),
    [("need", 500), ("goal", 200), ("own words", 500), ("step", 120), ("evidence", 500)],
)
def test_a_table_takes_what_a_form_takes_and_not_a_letter_more(column, longest):
    assert errors(WHOLE | {column: "x" * longest}) == []
    assert errors(WHOLE | {column: "x" * (longest + 1)}) == [(2, column)]


@pytest.mark.parametrize(("age", "wrong"), [(0, []), (100, []), (101, ["birth year"])])
def test_nobody_who_comes_in_was_born_more_than_a_hundred_years_ago(age, wrong):
    born = str(TODAY.year - age)
    assert [column for _, column in errors(WHOLE | {"birth year": born})] == wrong


def test_two_at_once_bring_a_case_in_once(session, cast):
    def act(own):
        return bring_in(own, CASES, read(cases(WHOLE).encode()), actor=OPERATOR, now=NOW)

    done = at_once(session, act, act)
    assert sorted(one.counts["cases_added"] for one in done) == [0, 1]


def test_a_case_manager_brings_in_their_own_cases_and_nobody_elses(app, session, cast, sign_in):
    ana = sign_in(cast.ana)
    foreign = WHOLE | {"case": "14/2025", "case manager": "calin@demo.example"}
    page = upload(ana, "/cases/import/", cases(WHOLE, foreign))
    run_tasks(app, session)
    assert "14/2025" in ana.get(page).text
    page = upload(ana, "/cases/import/", cases(WHOLE | {"case manager": ""}))
    task = run_tasks(app, session)
    assert "safe place" not in str(task.result)
    done = ana.post(f"{page}/confirm").location
    run_tasks(app, session)
    assert ana.get(done).status_code == 200
    case = brought(session)
    assert "12/2025" in ana.get(f"/cases/{case.id}").text
    assert case.manager_id == cast.ana.id


def test_nobody_but_case_managers_brings_cases_in(cast, sign_in):
    for person in (cast.dan, cast.sergiu, cast.petru):
        assert sign_in(person).get("/cases/import/").status_code == 403


def test_somebody_elses_code_is_no_case_that_one_finds(session, cast, bring):
    bring(cases(WHOLE))
    code = brought(session).code
    calin = actor(session, cast.calin)
    text = cases(CASE | {"case": code, "case manager": ""})
    done = bring_in(session, CASES, read(text.encode()), actor=calin, now=NOW)
    assert done.counts["cases_added"] == 1


def test_who_was_erased_does_not_come_back(session, cast, bring):
    bring(cases(CASE))
    case = brought(session)
    vault.destroy_key(session, case)
    assert origins.reference_of(session, case) == ""
    assert bring(cases(CASE))[1]["counts"]["unchanged"] == 1


@pytest.fixture
def take_out(app, session, tmp_path):
    """Return a function that runs `flask cases export` and gives its rows."""

    def run(name="taken.csv"):
        session.commit()
        file = tmp_path / name
        answer = app.test_cli_runner().invoke(args=["cases", "export", str(file)])
        assert answer.exit_code == 0, answer.output
        session.expire_all()
        return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))

    return run


def give(session, line, units):
    whole = line.unit_price * units
    deliveries.record_service_delivered(session, line.id, units=units, amount=whole, on=TODAY)
    milestones.follow_deliveries(session, now=NOW)


def test_what_is_still_to_come_of_a_service_is_taken_out(session, cast, take_out):
    work = make_casework(session, cast, units=12, unit_price=Money(500_00, "MDL"))
    give(session, work.line, 5)
    (row,) = [one for one in take_out() if one["service"]]
    assert (row["units"], row["unit price"], row["at most"]) == ("7", "500.00", "3500.00")


def test_what_is_left_of_a_sum_is_taken_out(session, cast, take_out):
    work = make_casework(session, cast, units=1, unit_price=Money(900_00, "MDL"))
    work.line.unit = Unit.AMOUNT
    amount = Money(250_00, "MDL")
    deliveries.record_service_delivered(session, work.line.id, units=0, amount=amount, on=TODAY)
    (row,) = [one for one in take_out() if one["service"]]
    assert (row["units"], row["unit price"], row["at most"]) == ("1", "650.00", "650.00")


def test_a_service_that_is_delivered_stays_and_its_step_says_in_words_how_one_knows(
    session, cast, take_out
):
    work = make_casework(session, cast, units=12)
    give(session, work.line, 12)
    rows = take_out()
    assert {row["service"] for row in rows} == {""}
    (step,) = [row for row in rows if row["step"]]
    assert step["evidence"] == "Every planned service was delivered (1 of 1)."


def test_two_steps_of_one_title_leave_and_come_in_as_two(session, cast, take_out, tmp_path):
    work = make_casework(session, cast)
    first = work.milestone
    later = first.due_on + timedelta(days=30)
    said = {"title": first.title, "domain": first.domain, "goal_id": first.goal_id}
    session.add(
        Milestone(
            id=new_id(),
            plan=work.plan,
            case_id=work.case.id,
            starts_on=first.due_on,
            due_on=later,
            created_at=NOW,
            **said,
        )
    )
    rows = take_out("two.csv")
    assert {row["step"] for row in rows} == {"", "Consiliere", "Consiliere (2)"}
    found = check(read((tmp_path / "two.csv").read_bytes()))
    assert (found.errors, len(found.rows[0].steps)) == ((), 2)


def test_a_budget_line_that_is_closed_is_named_by_its_code(session, cast, take_out):
    make_casework(session, cast)
    cast.budget_line.closed_at = NOW
    codes = {row["budget line"] for row in take_out() if row["service"]}
    assert codes == {"SPR-1/SPR-1-A"}


@pytest.mark.parametrize(
    "ended", [{"withdrawn_at": NOW}, {"valid_until": TODAY - timedelta(days=1)}]
)
def test_a_consent_that_holds_no_more_is_not_taken_out(session, cast, take_out, ended):
    case = make_casework(session, cast).case
    for one in session.scalars(select(Consent).where(Consent.case_id == case.id)):
        for name, value in ended.items():
            setattr(one, name, value)
    assert {(row["consent on"], row["agreed to"]) for row in take_out()} == {("", "")}


def test_what_is_taken_out_comes_in_again_as_nothing_new(app, session, bring, tmp_path):
    bring(cases(WHOLE, CASE | {"case": "13/2025"}))
    file = tmp_path / "out.csv"
    answer = app.test_cli_runner().invoke(args=["cases", "export", str(file)])
    assert answer.exit_code == 0, answer.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert {row["case"] for row in rows} == set(session.scalars(select(CaseFile.code)))
    assert {row["service"] for row in rows} == {"", "mental_health"}
    code, said = bring(file.read_bytes())
    assert (code, said["errors"], said["counts"]["unchanged"]) == (0, [], 2)
    assert session.scalar(select(AuditEvent.data).where(AuditEvent.action == "case:export"))
    assert app.test_cli_runner().invoke(args=["cases", "export", str(file)]).exit_code == 1


def test_a_closed_case_is_not_taken_out(app, session, bring, tmp_path):
    bring(cases(CASE))
    brought(session).state = CaseState.CLOSED
    session.commit()
    file = tmp_path / "out.xlsx"
    answer = app.test_cli_runner().invoke(args=["cases", "export", str(file)])
    assert answer.output.startswith("0 rows")


def test_our_own_template_can_be_read():
    text = "\n".join(";".join(row) for row in (NAMES, *EXAMPLES))
    found = check(read(text.encode()))
    assert (found.errors, found.ignored, found.total) == ((), (), 1)
    assert {len(row) for row in EXAMPLES} == {len(NAMES)}
