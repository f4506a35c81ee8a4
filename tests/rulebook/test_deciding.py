"""A rule is proposed by one person, approved by another, before the day from which it holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from reintegration.accounts.models import InboxMessage, UserRole
from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, DomainError, Invalid, NotPermitted
from reintegration.kernel.money import Money
from reintegration.plans.states import EMERGENCY_ALLOWANCE, EmergencyAllowance
from reintegration.rulebook.models import RuleVersion
from reintegration.rulebook.services import deciding
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.rules import proposal, set_rule
from vouchers.voucher.services.issuing import AUTO_APPROVE_BELOW, is_approved_by_rule
from vouchers.voucher.services.validity import RECORDED_WITHIN, earliest_recorded, recorded_until

SOON = TODAY + timedelta(days=5)
LATER = SOON + timedelta(days=30)
LESS = {"MDL": Money(100_000, "MDL"), "EUR": Money(5_000, "EUR")}
TEN = timedelta(days=10)


def proposed(session, cast, rule=RECORDED_WITHIN, value=TEN, *, by="dan", **changes):
    """Return a proposal of Dan's, committed."""
    told = {"first_day": SOON, "reason": "Providers asked for it", "now": NOW, **changes}
    who = actor(session, getattr(cast, by))
    version = deciding.propose(session, rule, actor=who, value=value, **told)
    session.commit()
    return version


def approved(session, cast, version, *, by="sergiu", now=NOW):
    deciding.approve(session, version, actor=actor(session, getattr(cast, by)), now=now)
    session.commit()
    session.connection()  # as a transaction begins, this process hears of it
    return version


def test_what_is_approved_holds_from_its_first_day_on_and_not_before(session, cast):
    approved(session, cast, proposed(session, cast))
    act_as(session, SYSTEM)
    assert RECORDED_WITHIN.on(SOON - timedelta(days=1)) == timedelta(days=14)
    assert RECORDED_WITHIN.on(SOON) == RECORDED_WITHIN.on(LATER) == TEN


def test_a_proposal_alone_changes_nothing(session, cast):
    proposed(session, cast)
    act_as(session, SYSTEM)
    assert RECORDED_WITHIN.on(LATER) == timedelta(days=14)


def test_days_have_no_gap_and_no_overlap(session, cast):
    approved(session, cast, proposed(session, cast))
    approved(session, cast, proposed(session, cast, value=3 * TEN, first_day=LATER))
    act_as(session, SYSTEM)
    days = [SOON - timedelta(days=1), SOON, LATER - timedelta(days=1), LATER]
    assert [RECORDED_WITHIN.on(day).days for day in days] == [14, 10, 10, 30]
    with pytest.raises(Conflict) as refused:
        proposed(session, cast, value=2 * TEN, first_day=LATER)
    assert (refused.value.code, refused.value.field) == ("overlap", "first_day")


def test_a_delivery_is_judged_by_the_rule_of_its_own_day(session, cast):
    """What a provider was told when it gave the service stays true."""
    set_rule(session, cast, RECORDED_WITHIN, timedelta(days=5), since=TODAY)
    assert recorded_until(TODAY - timedelta(days=1)) == TODAY + timedelta(days=13)
    assert recorded_until(TODAY) == TODAY + timedelta(days=5)
    assert earliest_recorded(TODAY) == TODAY - timedelta(days=14)
    assert earliest_recorded(TODAY + timedelta(days=20)) == TODAY + timedelta(days=15)


@pytest.mark.parametrize("days", [0, -1, 731])
def test_it_begins_tomorrow_at_the_earliest_and_within_two_years(session, cast, days):
    with pytest.raises(Invalid) as refused:
        proposed(session, cast, first_day=TODAY + timedelta(days=days))
    assert refused.value.field == "first_day"


@pytest.mark.parametrize(
    ("rule", "value", "field"),
    [
        (RECORDED_WITHIN, timedelta(days=91), "value"),
        (RECORDED_WITHIN, timedelta(days=0), "value"),
        (RECORDED_WITHIN, timedelta(days=14), "value"),
        (AUTO_APPROVE_BELOW, LESS | {"EUR": Money(-1, "EUR")}, "value_eur"),
    ],
)
def test_what_cannot_be_meant_and_what_holds_already_is_refused(session, cast, rule, value, field):
    with pytest.raises(Invalid) as refused:
        proposed(session, cast, rule, value)
    assert refused.value.field == field


def test_nobody_is_reminded_after_the_time_to_decide(session, cast):
    late = EMERGENCY_ALLOWANCE.initially
    late = type(late)(**{**as_dict(late), "remind_after": late.ratify_within})
    with pytest.raises(Invalid) as refused:
        proposed(session, cast, EMERGENCY_ALLOWANCE, late)
    assert refused.value.field == "value_remind_after"


def test_a_consent_given_at_night_holds_no_longer_than_its_text_says(session, cast):
    longer = as_dict(EMERGENCY_ALLOWANCE.initially) | {"consent_for": timedelta(days=31)}
    with pytest.raises(Invalid) as refused:
        proposed(session, cast, EMERGENCY_ALLOWANCE, EmergencyAllowance(**longer))
    assert refused.value.field == "value_consent_for"


def as_dict(made):
    return {name: getattr(made, name) for name in made.__slots__}


def test_a_second_proposal_waits_for_the_first(session, cast):
    proposed(session, cast)
    with pytest.raises(Conflict, match="Another proposal"):
        proposed(session, cast, value=3 * TEN, first_day=LATER)


@pytest.mark.parametrize("who", ["ana", "sergiu", "irina", "victor", "rita"])
def test_only_an_administrator_proposes(session, cast, who):
    with pytest.raises(NotPermitted):
        proposed(session, cast, by=who)


def test_who_answers_for_people_decides_of_people_and_finance_of_money(session, cast):
    of_people, of_money = proposed(session, cast), proposed(session, cast, AUTO_APPROVE_BELOW, LESS)
    for version, wrong in ((of_people, "alina"), (of_money, "sergiu"), (of_money, "petru")):
        with pytest.raises(NotPermitted):
            approved(session, cast, version, by=wrong)
        session.rollback()
    approved(session, cast, of_people, by="sergiu")
    approved(session, cast, of_money, by="alina")
    act_as(session, SYSTEM)
    assert AUTO_APPROVE_BELOW.on(SOON) == LESS
    assert not is_approved_by_rule(Money(100_000, "MDL"), Money.zero("MDL"), on=SOON)


def test_nobody_approves_what_they_proposed(session, cast):
    cast.dan.roles.append(UserRole(role=Role.SUPERVISOR))
    version = proposed(session, cast)
    with pytest.raises(NotPermitted):
        approved(session, cast, version, by="dan")
    session.rollback()
    with pytest.raises(IntegrityError, match="four_eyes"):
        session.execute(
            text("UPDATE rule_version SET approved_by = proposed_by, approved_at = now()")
        )
    session.rollback()


def test_on_its_first_day_it_is_too_late_to_approve(session, cast):
    version = proposed(session, cast)
    with pytest.raises(Conflict) as refused:
        approved(session, cast, version, now=clock.start_of(SOON))
    assert refused.value.code == "day"


def test_what_this_program_does_not_allow_is_not_approved_though_one_before_it_did(session, cast):
    older = proposal(cast, RECORDED_WITHIN, RECORDED_WITHIN.kind.most + 1, first_day=SOON)
    session.add(older)
    session.commit()
    with pytest.raises(Invalid) as refused:
        approved(session, cast, older)
    assert refused.value.field == "value"


def test_what_nobody_approved_in_time_is_dropped_and_who_proposed_it_hears_of_it(session, cast):
    version = proposed(session, cast)
    act_as(session, SYSTEM)
    assert deciding.lapse(session, now=NOW) == 0
    assert deciding.lapse(session, now=clock.start_of(SOON)) == 1
    assert version.retired_because == deciding.MISSED
    assert "before its first day" in told(session, cast.dan)
    proposed(session, cast, first_day=LATER)


def told(session, user):
    found = select(InboxMessage.message).where(InboxMessage.user_id == user.id)
    act_as(session, SYSTEM)
    return " ".join(session.scalars(found))


def test_who_approves_is_told_and_so_is_who_proposed(session, cast):
    version = proposed(session, cast)
    assert "waits for your approval" in told(session, cast.sergiu)
    assert "waits for your approval" not in told(session, cast.alina)
    approved(session, cast, version)
    assert "was approved" in told(session, cast.dan)


def test_a_declined_proposal_says_why_and_makes_room(session, cast):
    version = proposed(session, cast)
    sergiu = actor(session, cast.sergiu)
    with pytest.raises(Invalid):
        deciding.decline(session, version, actor=sergiu, reason=" ", now=NOW)
    deciding.decline(session, version, actor=sergiu, reason="Too short for villages", now=NOW)
    session.commit()
    with pytest.raises(Conflict):
        approved(session, cast, version)
    session.rollback()
    proposed(session, cast)


def test_until_its_first_day_it_is_taken_back_and_then_no_more(session, cast):
    version = approved(session, cast, proposed(session, cast))
    dan = actor(session, cast.dan)
    with pytest.raises(Conflict):
        deciding.take_back(session, version, actor=dan, reason="x", now=clock.start_of(SOON))
    session.rollback()
    deciding.take_back(session, version, actor=dan, reason="Not this year", now=NOW)
    session.commit()
    session.connection()
    assert RECORDED_WITHIN.on(LATER) == timedelta(days=14)
    assert "that you approved was withdrawn" in told(session, cast.sergiu)
    assert "that you proposed was withdrawn" in told(session, cast.dan)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rule_version SET value = '99'",
        "UPDATE rule_version SET first_day = first_day + 1",
        "UPDATE rule_version SET approved_by = NULL, approved_at = NULL",
        "UPDATE rule_version SET retired_at = now() + interval '900 days'",
        "DELETE FROM rule_version",
    ],
)
def test_what_was_decided_stays(session, cast, change):
    approved(session, cast, proposed(session, cast))
    with pytest.raises(IntegrityError):
        session.execute(text(change))
    session.rollback()


def test_nothing_is_approved_for_a_day_that_has_begun_past_the_service_either(session, cast):
    proposed(session, cast)
    with pytest.raises(IntegrityError, match="before_its_day"):
        session.execute(
            text("UPDATE rule_version SET approved_by = :who, approved_at = first_day + 1"),
            {"who": cast.sergiu.id},
        )
    session.rollback()


def test_one_of_two_decisions_at_once_counts(session, cast):
    key = proposed(session, cast).id
    sergiu, dan = actor(session, cast.sergiu), actor(session, cast.dan)

    def approves(own):
        deciding.approve(own, own.get_one(RuleVersion, key), actor=sergiu, now=NOW)

    def takes_back(own):
        found = own.get_one(RuleVersion, key)
        deciding.take_back(own, found, actor=dan, reason="Not yet", now=NOW)

    act_as(session, SYSTEM)
    outcomes = at_once(session, approves, approves)
    assert sorted(isinstance(one, DomainError) for one in outcomes) == [False, True], outcomes
    at_once(session, takes_back, takes_back)
    session.connection()
    assert RECORDED_WITHIN.on(LATER) == timedelta(days=14)


def test_the_trail_keeps_who_set_what_from_when(session, cast):
    approved(session, cast, proposed(session, cast))
    act_as(session, SYSTEM)
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.subject_type == "rule").order_by(AuditEvent.id)
    ).all()
    assert [(row.action, row.actor_id) for row in rows] == [
        ("rule:propose", cast.dan.id),
        ("rule:approve", cast.sergiu.id),
    ]
    assert rows[1].data["value"] == 10
    assert rows[1].data["first_day"] == SOON.isoformat()
