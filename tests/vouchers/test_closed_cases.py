"""A closed case is read, not written: by every service, by the database, and at the same moment."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from providers.referrals.models import Referral
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.services import referrals
from providers.referrals.services.disclosure import Asked
from reintegration.cases.models import CaseFile
from reintegration.cases.services import case_moves
from reintegration.cases.states import ClosureReason
from reintegration.codelists.life_domains import Domain
from reintegration.kernel.errors import Conflict
from reintegration.kernel.ids import new_id
from reintegration.plans.models import EmergencyStart, Goal, Milestone, Need, PlanLine, PlanVersion
from reintegration.plans.services import approval, milestones, needs, planning
from reintegration.plans.services.planning import Step
from reintegration.plans.states import Priority, VersionState
from tests.at_once import at_once
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import PIN, deliver, make_referral, make_voucher
from vouchers.books.models import BudgetLine
from vouchers.payments.services import reversal
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import issuing

WHILE = timedelta(days=9)
SAID = {"domain": Domain.HEALTH, "priority": Priority.LOW, "description": "x"}
STEP = Step("x", Domain.HEALTH, TODAY, TODAY)


@pytest.fixture
def work(session, cast):
    """A case with everything in it that can be written on, but no voucher."""
    work = make_casework(session, cast)
    make_referral(session, cast, work)
    return work


@pytest.fixture
def closed(session, work):
    """The same case, closed over all of it."""
    case_id = work.case.id
    session.execute(
        text("UPDATE case_file SET state = 'closed', closed_at = now() WHERE id = :id"),
        {"id": case_id},
    )
    session.commit()
    session.expire_all()
    return work


def promise(session, work):
    referral = session.scalars(select(Referral).where(Referral.case_id == work.case.id)).one()
    return issuing.Promise(
        work.line, referral=referral, units=1, valid_from=TODAY, valid_until=TODAY + WHILE
    )


WRITES = {
    "a need is added": lambda s, w, ana: needs.add_need(s, w.case, actor=ana, now=NOW, **SAID),
    "a need is met": lambda s, w, ana: needs.meet(s, first(s, Need, w), actor=ana, now=NOW),
    "a goal is taken out": lambda s, w, ana: needs.remove_goal(
        s, first(s, Goal, w), actor=ana, now=NOW
    ),
    "the plan is begun": lambda s, w, ana: planning.start_plan(s, w.case, actor=ana, now=NOW),
    "a step is added": lambda s, w, ana: planning.add_milestone(
        s, w.plan, actor=ana, step=STEP, revision=w.plan.revision, now=NOW
    ),
    "a step begins": lambda s, w, ana: milestones.begin(s, w.milestone, actor=ana, now=NOW),
    "the plan is sent": lambda s, w, ana: approval.submit(
        s, w.plan, actor=ana, revision=w.plan.revision, now=NOW
    ),
    "a provider is asked": lambda s, w, ana: referrals.draft(
        s,
        actor=ana,
        found=LineWithCase(w.line, w.case),
        offering=s.scalars(select(Referral)).one().offering,
        asked=Asked(1, TODAY),
        now=NOW,
    ),
    "a voucher is drafted": lambda s, w, ana: issuing.draft(s, promise(s, w), actor=ana, now=NOW),
}


def first(session, model, work):
    return session.scalars(select(model).where(model.case_id == work.case.id).limit(1)).one()


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_nothing_is_written_on_a_closed_case(session, cast, closed, write):
    ana = actor(session, cast.ana)
    with pytest.raises(Conflict) as refused:
        write(session, closed, ana)
    assert refused.value.code == "closed"


def test_a_plan_that_waits_is_not_approved_after_closing(session, cast, work):
    make_wait(session, cast, work)
    close_by_force(session, work)
    with pytest.raises(Conflict) as refused:
        approval.approve(session, work.plan, actor=actor(session, cast.sergiu), number=2, now=NOW)
    assert refused.value.code == "closed"


def test_a_provider_does_not_accept_for_a_closed_case(session, cast, work):
    referral = session.scalars(select(Referral)).one()
    referral.state, referral.answered_at = "requested", None
    close_by_force(session, work)
    with pytest.raises(Conflict) as refused:
        referrals.accept(session, referral, actor=actor(session, cast.corina), now=NOW)
    assert refused.value.code == "closed"


def test_a_case_is_not_closed_while_its_plan_or_emergency_waits_for_a_decision(
    session, cast, work, app
):
    make_wait(session, cast, work)
    started = EmergencyStart(
        id=new_id(),
        case_id=work.case.id,
        started_by=cast.ana.id,
        started_at=NOW,
        ratify_by=NOW,
        ceiling_minor=1,
        currency="MDL",
    )
    session.add(started)
    session.flush()
    with app.test_request_context():
        said = case_moves.open_in_case(session, work.case)
    assert {"Planul așteaptă o decizie.", "Ajutorul de urgență așteaptă o decizie."} <= set(said)


def make_wait(session, cast, work):
    work.plan.state = "submitted"
    session.add(
        PlanVersion(
            id=new_id(),
            plan_id=work.plan.id,
            case_id=work.case.id,
            number=2,
            state=VersionState.SUBMITTED,
            snapshot={},
            submitted_by=cast.ana.id,
            submitted_at=NOW,
        )
    )
    session.flush()


def close_by_force(session, work):
    session.execute(
        text("UPDATE case_file SET state = 'closed' WHERE id = :id"), {"id": work.case.id}
    )
    session.commit()
    session.expire_all()


@pytest.mark.parametrize(
    "table", ["need", "goal", "plan", "milestone", "plan_line", "consent", "referral"]
)
def test_the_database_takes_no_new_row_of_a_closed_case(session, closed, table):
    copied = f"INSERT INTO {table} SELECT * FROM {table} WHERE case_id = :case LIMIT 1"
    refused_as_law(session, copied, closed)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE need SET met_at = now() WHERE case_id = :case",
        "DELETE FROM goal WHERE case_id = :case",
        "UPDATE plan SET approved_version = 7 WHERE case_id = :case",
        "UPDATE milestone SET title = 'x' WHERE case_id = :case",
        "UPDATE plan_line SET units = 1 WHERE case_id = :case",
        "UPDATE referral SET state = 'in_progress' WHERE case_id = :case",
    ],
)
def test_the_database_changes_no_row_of_a_closed_case(session, closed, change):
    refused_as_law(session, change, closed)


def test_what_ends_something_passes_in_a_closed_case(session, closed):
    for change in (
        "UPDATE consent SET withdrawn_at = now() WHERE case_id = :case",
        "UPDATE referral SET state = 'cancelled' WHERE case_id = :case",
    ):
        session.execute(text(change), {"case": closed.case.id})
    session.commit()


def refused_as_law(session, statement, work):
    with pytest.raises(IntegrityError, match="is closed"):
        session.execute(text(statement), {"case": work.case.id})
    session.rollback()


def test_the_database_closes_no_case_over_a_voucher(session, cast):
    work = make_voucher(session, cast).work
    session.commit()
    with pytest.raises(IntegrityError, match="a voucher of this case is open"):
        session.execute(
            text("UPDATE case_file SET state = 'closed' WHERE id = :id"), {"id": work.case.id}
        )
    session.rollback()


def test_a_case_is_not_closed_under_a_voucher_that_is_being_issued(session, cast, app):
    work = make_casework(session, cast)
    ana, case_id, line_id = actor(session, cast.ana), work.case.id, work.line.id

    def close(own):
        with app.test_request_context():
            case = own.get_one(CaseFile, case_id)
            case_moves.close(own, case, actor=ana, reason=ClosureReason.RELOCATED, now=NOW)

    def issue(own):
        wanted = issuing.Promise(
            own.get_one(PlanLine, line_id), units=1, valid_from=TODAY, valid_until=TODAY + WHILE
        )
        issuing.issue(own, wanted, actor=ana, pin=PIN, now=NOW)

    outcomes = at_once(session, close, issue)
    state = session.get(CaseFile, case_id).state
    vouchers = session.scalars(select(Voucher.state)).all()
    assert (state, vouchers) in (("active", ["issued"]), ("closed", [])), outcomes
    refused = [one for one in outcomes if one is not None and not isinstance(one, tuple)]
    assert [type(one) for one in refused] == [Conflict]


def test_in_a_closed_case_no_step_moves_by_itself(session, cast, closed):
    session.execute(text("UPDATE plan_line_delivery SET units = 12, amount_minor = 600000"), {})
    session.commit()
    milestones.follow_deliveries(session, now=NOW)
    session.commit()
    assert session.get(Milestone, closed.milestone.id).state == "planned"


def test_a_delivery_taken_back_in_a_closed_case_frees_its_money_and_opens_no_voucher(session, cast):
    issued = make_voucher(session, cast, units=1)
    free = session.get(BudgetLine, cast.budget_line.id).available_minor
    outcome = deliver(session, cast.rita, issued)
    session.scalars(select(Referral)).one().state = "completed"
    close_by_force(session, issued.work)
    redemption = session.get(Redemption, outcome.redemption_id)
    petru = actor(session, cast.petru)
    reversal.reverse(session, redemption, actor=petru, reason="greșit", now=NOW)
    session.commit()
    session.expire_all()
    assert session.get(Voucher, issued.voucher.id).state == "redeemed"
    line = session.get(BudgetLine, cast.budget_line.id)
    assert line.available_minor == free + issued.voucher.amount_minor
