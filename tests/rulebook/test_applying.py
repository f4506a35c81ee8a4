"""What is set is what is judged by: each rule decides by the value of the day of the act."""

import ast
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.directory.queries.documents import PLACES_HOLD_FOR, is_old
from providers.referrals.services.referrals import ANSWER_WITHIN
from reintegration.kernel import dated_rules
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.dated_rules import Coming
from reintegration.kernel.db import act_as
from reintegration.kernel.states import StateEvent
from reintegration.plans.states import REVIEW_AFTER
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.rules import set_rule
from tests.factories.vouchers import deliver, make_voucher
from tests.house import source
from tests.plans.plan_makers import approve, write_plan
from tests.providers.makers import sent
from vouchers.voucher.services import expiry as ends
from vouchers.voucher.services.issuing import AUTO_APPROVE_BELOW

DAY = timedelta(days=1)
LIMITS = AUTO_APPROVE_BELOW.initially


def test_a_voucher_at_the_new_limit_waits_and_one_before_keeps_by_what_it_was_judged(session, cast):
    small = make_voucher(session, cast).voucher
    assert small.approved_automatically
    set_rule(session, cast, AUTO_APPROVE_BELOW, {**LIMITS, "MDL": small.amount})
    act_as(session, SYSTEM)
    (event,) = session.scalars(
        select(StateEvent).where(StateEvent.aggregate_id == small.id, StateEvent.move == "approve")
    )
    assert event.data["rules"][AUTO_APPROVE_BELOW.code]["MDL"] == LIMITS["MDL"].minor
    act_as(session, actor(session, cast.ana))
    with pytest.raises(AssertionError):  # the factory expects a code, which a second person gives
        make_voucher(session, cast)


def test_a_request_is_answered_within_what_is_set(session, cast):
    set_rule(session, cast, ANSWER_WITHIN, timedelta(hours=24))
    act_as(session, actor(session, cast.ana))
    referral = sent(session, cast, make_casework(session, cast))
    assert referral.answer_by - referral.requested_at == timedelta(hours=24)


def test_a_plan_is_reviewed_after_what_is_set(session, cast):
    set_rule(session, cast, REVIEW_AFTER, timedelta(days=10))
    written = write_plan(session, cast)
    approve(session, written)
    assert written.plan.review_on == TODAY + timedelta(days=10)


def test_places_are_old_after_what_is_set(session, cast):
    said = TODAY - timedelta(days=8)
    assert not is_old(said, TODAY)
    set_rule(session, cast, PLACES_HOLD_FOR, timedelta(days=7))
    assert is_old(said, TODAY)


def test_each_rule_has_somebody_who_asks_it_and_says_what_would_change(app):
    assert app.blueprints
    asked = " ".join(path.read_text(encoding="utf-8") for path, _nodes in source.files())
    for rule in dated_rules.declared().values():
        assert rule.is_previewed, rule.code
        names = [name for name, found in constants(rule) if found is rule]
        assert names, rule.code
        uses = sum(asked.count(f"{name}.{how}(") for name in names for how in ASKS)
        uses += sum(asked.count(f"entries = {name}\n") for name in names)  # asked by its codes
        assert uses, f"nobody asks {rule.code}"


ASKS = ("on", "today", "held", "periods")


def constants(rule):
    """Return what a rule is called where it is declared or used, and the rule."""
    for name, module in list(sys.modules.items()):
        if name.startswith(source.PRODUCT):
            yield from ((name, one) for name, one in vars(module).items() if one is rule)


def test_every_preview_can_be_asked(session, cast):
    """Each counts in one bounded statement, over what there is."""
    deliver(session, cast.rita, make_voucher(session, cast))
    act_as(session, SYSTEM)
    for rule in dated_rules.declared().values():
        for entry in rule.entries_on(TODAY):
            value = rule.held(TODAY, entry)
            found = rule.would_change(session, Coming(entry, value, value, TODAY + DAY))
            assert all("%(count)s" in change.message for change in found), rule.code


def test_a_lower_limit_says_how_many_vouchers_would_have_waited(session, cast):
    voucher = make_voucher(session, cast).voucher
    less = {**AUTO_APPROVE_BELOW.initially, "MDL": voucher.amount}
    coming = Coming("", AUTO_APPROVE_BELOW.initially, less, TODAY + DAY)
    act_as(session, SYSTEM)
    (change,) = AUTO_APPROVE_BELOW.would_change(session, coming)
    assert change.count == 1


def test_a_longer_warning_leaves_no_voucher_without_one(session, cast):
    """What lies between the time of before and the new one is told of on the first day."""
    make_voucher(session, cast, valid_until=TODAY + 20 * DAY)
    session.commit()
    act_as(session, SYSTEM)
    assert ends.warn_ahead(session, now=NOW) == 0
    session.commit()
    set_rule(session, cast, ends.ENDS_BEFORE, 30 * DAY, since=TODAY + DAY)
    act_as(session, SYSTEM)
    assert ends.warn_ahead(session, now=NOW + DAY) == 1


_TELLS = {
    "REMIND_BEFORE": "when somebody is reminded",
    "ENDS_BEFORE": "when somebody is told of an end",
    "BIG": "when the desk is asked once more",
    "LATE_AFTER": "what a reader of a claim is pointed at",
    "PLACES_HOLD_FOR": "what is shown as old",
    "APPROVED_FOR": "what a form begins with; the officer chooses the day",
}
"""Rules that nothing is refused, promised or moved by: what is done keeps no value of theirs."""


def test_each_act_keeps_the_value_of_each_rule_that_it_is_judged_by():
    declared = {
        target.id
        for found in source.each(ast.Assign)
        if isinstance(found.value, ast.Call) and _called(found.value) == "DatedRule"
        for target in found.targets
    }
    kept = {
        part.id
        for found in source.each(ast.Call)
        if _called(found) in {"stood", "stood_in"}
        for part in found.args
        if isinstance(part, ast.Name)
    }
    assert declared - kept == set(_TELLS)


def _called(call):
    return call.func.id if isinstance(call.func, ast.Name) else ""
