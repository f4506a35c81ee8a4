"""A budget line pays for the services that it names: in plans, at night, and when a voucher is made."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.codelists.eligibility import Helped, Mismatch, Terms, Wanted, mismatch
from reintegration.codelists.people import AgeGroup, Sex, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, DomainError, Invalid, NotPermitted
from reintegration.plans.services import approval, emergency, plan_lines, planning
from reintegration.plans.services.emergency import Funding, TonightNeeds
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.vouchers import make_voucher
from tests.plans.plan_makers import a_service, a_step, approve, submit, write_plan
from vouchers.books.services import funds

FORM = {"ages": "any", "sex_policy": "any"}
SHELTER, COUNSELLING = ServiceCategory.SHELTER, ServiceCategory.MENTAL_HEALTH


def refused(error: type[DomainError], code: str):
    return pytest.raises(error, check=lambda raised: raised.code == code)


def pays(session, cast, *categories, **more):
    petru, terms = actor(session, cast.petru), Terms(frozenset(categories), **more)
    funds.say_what_it_pays(session, cast.budget_line, actor=petru, terms=terms, now=NOW)


def another_line(session, cast, *categories, **more):
    petru, terms = actor(session, cast.petru), Terms(frozenset(categories), **more)
    return funds.add_line(
        session, cast.fund, actor=petru, code="N", name="Urgențe", terms=terms, now=NOW
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
    funding = Funding(line.id, line.available, "72 de ore", Terms(frozenset({SHELTER})))
    tonight = {"helped": Helped(), "on": TODAY}
    emergency.check_needs(TonightNeeds(nights=1), funding, **tonight)
    with refused(Invalid, "budget_line"):
        emergency.check_needs(TonightNeeds(nights=1, rides=1), funding, **tonight)


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
    assert (
        browser.post(address, data={**FORM, "categories": ["shelter", "medical"]}).status_code
        == 302
    )
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
            terms=Terms(frozenset({SHELTER})),
            now=NOW,
        )


def wanted(helped=None, *, first=TODAY, last=TODAY, wholly=True):
    return Wanted([SHELTER], helped or Helped(), first, last, wholly=wholly)


@pytest.mark.parametrize(
    ("born", "children", "adults"),
    [
        (5, True, False),
        (17, True, False),
        (18, True, True),
        (19, False, True),
        (None, False, False),
    ],
)
def test_the_age_that_money_is_for_is_known_by_the_year_alone(born, children, adults):
    helped = Helped(birth_year=None if born is None else TODAY.year - born)
    for ages, pays_then in ((AgeGroup.CHILDREN, children), (AgeGroup.ADULTS, adults)):
        why = None if pays_then else Mismatch.AGE
        assert mismatch(Terms(ages=ages), wanted(helped)) == why


@pytest.mark.parametrize(
    ("district", "places", "why"),
    [
        ("MD-UN", {"MD-UN", "MD-OR"}, None),
        ("MD-UN", {"left"}, Mismatch.PLACE),
        ("MD-SN", {"left"}, None),
        (None, {"left"}, Mismatch.PLACE),
        (None, (), None),
    ],
)
def test_money_for_a_place_is_for_who_is_known_to_live_there(district, places, why):
    helped = Helped(territorial_unit=district)
    assert mismatch(Terms(places=frozenset(places)), wanted(helped)) == why


@pytest.mark.parametrize(
    ("sex", "why"), [(Sex.FEMALE, None), (Sex.MALE, Mismatch.SEX), (Sex.UNSPECIFIED, Mismatch.SEX)]
)
def test_money_for_women_is_for_who_is_known_to_be_one(sex, why):
    assert mismatch(Terms(sex=SexPolicy.FEMALE), wanted(Helped(sex=sex))) == why


def test_a_step_needs_one_day_that_may_be_paid_and_a_voucher_all_of_its_days():
    week = timedelta(days=7)
    terms = Terms(first=TODAY, last=TODAY + week)
    over = {"first": TODAY + week, "last": TODAY + 2 * week}
    assert mismatch(terms, wanted(**over, wholly=False)) is None
    assert mismatch(terms, wanted(**over)) == Mismatch.DAYS
    assert mismatch(terms, wanted(last=TODAY + week)) is None
    past = wanted(first=TODAY + 2 * week, last=TODAY + 3 * week, wholly=False)
    assert mismatch(terms, past) == Mismatch.DAYS


@pytest.mark.parametrize(
    "terms",
    [
        {"ages": AgeGroup.CHILDREN},
        {"sex": SexPolicy.MALE},
        {"places": frozenset({"left"})},
        {"last": TODAY - timedelta(days=1)},
    ],
)
def test_a_line_for_others_is_neither_offered_nor_planned_nor_issued_on(
    session, cast, sign_in, terms
):
    work = make_casework(session, cast)
    written = write_plan(session, cast)
    pays(session, cast, **terms)
    session.commit()
    step = f"/cases/{written.case.id}/plan/milestones/{written.milestone.id}/lines/new"
    page = sign_in(cast.ana).get(f"{step}?category=mental_health&lang=en").text
    assert str(cast.budget_line.id) not in page
    with refused(Invalid, "budget_line_id"):
        plan_lines.edit_line(
            session,
            written.line,
            actor=written.ana,
            service=a_service(cast, units=3),
            revision=written.plan.revision,
            now=NOW,
        )
    with pytest.raises(Invalid):
        submit(session, written)
    session.rollback()
    with refused(Conflict, "not_eligible"):
        make_voucher(session, cast, work)


def test_at_night_a_line_for_others_does_not_pay(session, cast):
    line = cast.budget_line
    funding = Funding(line.id, line.available, "72 de ore", Terms(ages=AgeGroup.CHILDREN))
    child = Helped(birth_year=TODAY.year - 9)
    emergency.check_needs(TonightNeeds(nights=1), funding, helped=child, on=TODAY)
    with refused(Invalid, "budget_line"):
        emergency.check_needs(TonightNeeds(nights=1), funding, helped=Helped(), on=TODAY)


def test_whom_where_and_when_a_line_pays_is_said_and_shown_wherever_it_is_named(
    session, cast, sign_in
):
    written = write_plan(session, cast)
    submit(session, written)
    session.commit()
    until = TODAY + timedelta(days=300)
    chosen = {"ages": "adults", "sex_policy": "female", "places": ["right", "MD-OR"]}
    browser = sign_in(cast.petru)
    address = f"/funds/lines/{cast.budget_line.id}"
    said = browser.post(f"{address}/pays", data={**chosen, "pays_until": until.isoformat()})
    assert said.status_code == 302
    session.refresh(cast.budget_line)
    assert cast.budget_line.terms == Terms(
        ages=AgeGroup.ADULTS, sex=SexPolicy.FEMALE, places=frozenset({"right", "MD-OR"}), last=until
    )
    page = browser.get(f"{address}?lang=en").text
    assert "Adults, Women" in page
    assert "Orhei, Right bank of the Nistru" in page
    assert "approved plans stay approved" in browser.get(f"{address}/pays?lang=en").text
    terms = "only: Adults, Women; Orhei, Right bank of the Nistru; until"
    assert terms in browser.get(f"/funds/{cast.fund.id}?lang=en").text
    assert terms in sign_in(cast.ana).get(f"/cases/{written.case.id}/plan?lang=en").text
    review = sign_in(cast.sergiu).get(f"/cases/{written.case.id}/plan/decision?lang=en").text
    assert terms in review


def test_days_that_end_before_they_begin_are_refused(session, cast):
    with refused(Invalid, "pays_until"):
        pays(session, cast, first=TODAY, last=TODAY - timedelta(days=1))


def test_narrowing_a_line_leaves_what_was_approved_and_issued(session, cast):
    work = make_casework(session, cast)
    voucher = make_voucher(session, cast, work).voucher
    state, ceiling = voucher.state, work.line.approved_ceiling_minor
    pays(session, cast, ages=AgeGroup.CHILDREN)
    session.refresh(voucher)
    session.refresh(work.line)
    assert (voucher.state, work.line.approved_ceiling_minor) == (state, ceiling)


def test_a_plan_is_changed_and_sent_though_what_was_approved_no_longer_fits(session, cast):
    written = write_plan(session, cast)
    approve(session, written)
    pays(session, cast, ages=AgeGroup.CHILDREN)
    planning.add_milestone(
        session,
        written.plan,
        actor=written.ana,
        step=a_step("Acte"),
        revision=written.plan.revision,
        now=NOW,
    )
    assert submit(session, written) == 2
