"""A budget line pays for the services that it names: in plans, at night, and when a voucher is made."""

import pytest
from sqlalchemy import select

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, DomainError, Invalid, NotPermitted
from reintegration.plans.services import approval, emergency, plan_lines
from reintegration.plans.services.emergency import Funding, TonightNeeds
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, actor
from tests.factories.vouchers import make_voucher
from tests.plans.plan_makers import a_service, submit, write_plan
from vouchers.books.services import funds

SHELTER, COUNSELLING = ServiceCategory.SHELTER, ServiceCategory.MENTAL_HEALTH


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def pays(session, cast, *categories):
    petru = actor(session, cast.petru)
    funds.say_what_it_pays(session, cast.budget_line, actor=petru, categories=categories, now=NOW)


def another_line(session, cast, *categories):
    petru = actor(session, cast.petru)
    return funds.add_line(
        session, cast.fund, actor=petru, code="N", name="Urgențe", categories=categories, now=NOW
    )


def test_a_service_is_not_planned_on_a_line_that_does_not_pay_for_it(session, cast):
    written = write_plan(session, cast)
    pays(session, cast, SHELTER)
    with refused(Invalid, "budget_line_id"):
        plan_lines.edit_line(
            session,
            written.line,
            actor=written.ana,
            service=a_service(cast, units=3),
            revision=written.plan.revision,
            now=NOW,
        )


def test_a_plan_is_neither_sent_nor_approved_on_a_line_that_may_not_pay(session, cast):
    written = write_plan(session, cast)
    number = submit(session, written)
    pays(session, cast, SHELTER)
    with pytest.raises(Conflict):
        approval.approve(session, written.plan, actor=written.sergiu, number=number, now=NOW)
    approval.withdraw(session, written.plan, actor=written.ana, now=NOW)
    with pytest.raises(Invalid):
        submit(session, written)


def test_no_voucher_is_made_on_a_line_that_may_not_pay(session, cast):
    work = make_casework(session, cast)
    pays(session, cast, SHELTER)
    session.commit()
    with refused(Conflict, "not_eligible"):
        make_voucher(session, cast, work)


def test_at_night_a_line_pays_only_for_what_it_names(session, cast):
    line = cast.budget_line
    funding = Funding(line.id, line.available, "72 de ore", frozenset({SHELTER}))
    emergency.check_needs(TonightNeeds(nights=1), funding)
    with refused(Invalid, "budget_line"):
        emergency.check_needs(TonightNeeds(nights=1, rides=1), funding)


def test_only_lines_that_pay_for_the_service_are_offered_and_none_is_preset(session, cast, sign_in):
    written = write_plan(session, cast)
    bed = another_line(session, cast, SHELTER)
    session.commit()
    browser = sign_in(cast.ana)
    step = f"/cases/{written.case.id}/plan/milestones/{written.milestone.id}/lines/new"
    talk = browser.get(f"{step}?category=mental_health&lang=en").text
    night = browser.get(f"{step}?category=shelter&lang=en").text
    assert str(bed.id) not in talk
    assert str(bed.id) in night
    assert "Choose…" in night
    assert "selected" not in night.partition('name="budget_line_id"')[2].partition("</select>")[0]


def test_the_plan_and_its_review_say_what_each_service_is_paid_from(session, cast, sign_in):
    written = write_plan(session, cast)
    submit(session, written)
    session.commit()
    name = f"{cast.fund.code} · {cast.budget_line.name}"
    assert name in sign_in(cast.ana).get(f"/cases/{written.case.id}/plan").text
    review = sign_in(cast.sergiu).get(f"/cases/{written.case.id}/plan/decision").text
    assert name in review.partition("change__text")[2].partition("</p>")[0]


def test_the_preparer_says_on_the_page_what_a_line_pays_for(session, cast, sign_in):
    session.commit()
    address = f"/funds/lines/{cast.budget_line.id}/pays"
    browser = sign_in(cast.petru)
    assert browser.post(address, data={"categories": ["shelter", "medical"]}).status_code == 302
    session.refresh(cast.budget_line)
    assert cast.budget_line.categories == [SHELTER, ServiceCategory.MEDICAL]
    page = browser.get(f"/funds/lines/{cast.budget_line.id}?lang=en").text
    assert "Temporary accommodation, Medical care" in page
    trail = select(AuditEvent.action).where(AuditEvent.subject_id == cast.budget_line.id)
    assert "budget_line:say_what_it_pays" in session.scalars(trail).all()


@pytest.mark.parametrize("who", ["ana", "sergiu", "alina", "irina", "maria"])
def test_nobody_else_says_what_a_line_pays_for(session, cast, who):
    with pytest.raises(NotPermitted):
        funds.say_what_it_pays(
            session,
            cast.budget_line,
            actor=actor(session, cast.people[who]),
            categories=[SHELTER],
            now=NOW,
        )
