"""The pages of the rulebook: what holds and since when, the difference, and what will change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from providers.directory.queries.checklists import CHECKLISTS
from providers.directory.states import Jurisdiction
from reintegration.kernel import dated_rules
from reintegration.kernel.rule_kinds import Amount, Amounts, Days, Hours, Record, Stages
from reintegration.plans.states import EMERGENCY_ALLOWANCE
from reintegration.rulebook.services import deciding
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.rules import set_rule
from tests.factories.vouchers import make_voucher
from tests.rulebook.test_deciding import LESS, SOON, proposed
from vouchers.voucher.services.issuing import AUTO_APPROVE_BELOW
from vouchers.voucher.services.validity import RECORDED_WITHIN

OF_RECORDING = f"/rules/of/{RECORDED_WITHIN.code}"
PROPOSE_RECORDING = f"/rules/propose/{RECORDED_WITHIN.code}"


def typed(value="10", **changes):
    told = {"value": value, "first_day": SOON.isoformat(), "reason": "Providers asked for it"}
    return {**told, **changes}


def test_the_list_says_what_holds_since_when_and_by_whom(session, cast, sign_in):
    set_rule(session, cast, RECORDED_WITHIN, timedelta(days=21))
    proposed(session, cast, AUTO_APPROVE_BELOW, LESS)
    page = sign_in(cast.victor).get("/rules?lang=en").text
    assert "21 days" in page
    assert "Sergiu" in page
    assert "Waiting for approval" in page
    for rule in dated_rules.declared().values():
        assert f"/rules/of/{rule.code}" in page


def test_the_page_of_each_rule_and_list_and_of_an_entry_opens(session, cast, sign_in):
    victor, dan = sign_in(cast.victor), sign_in(cast.dan)
    for rule in dated_rules.declared().values():
        assert victor.get(f"/rules/of/{rule.code}").status_code == 200, rule.code
        if isinstance(rule, dated_rules.DatedList):
            entry = next(iter(rule.entries_on(TODAY)))
            assert victor.get(f"/rules/of/{rule.code}/{entry}").status_code == 200, rule.code
            assert dan.get(f"/rules/propose/{rule.code}/{entry}").status_code == 200, rule.code


@pytest.mark.parametrize("who", ["ana", "rita", "maria"])
def test_who_sets_and_checks_nothing_here_does_not_read_it(session, cast, sign_in, who):
    assert sign_in(getattr(cast, who)).get("/rules").status_code == 403


def test_a_proposal_is_sent_shown_beside_what_holds_and_approved(session, cast, sign_in):
    make_voucher(session, cast)
    session.commit()
    sent = sign_in(cast.dan).post(PROPOSE_RECORDING, data=typed())
    assert sent.status_code == 302
    browser = sign_in(cast.sergiu)
    page = browser.get(sent.location + "?lang=en").text
    assert "14 days" in page
    assert "10 days" in page
    assert "Open vouchers whose last day lies after the change, so that it counts: 1" in page
    assert "Approve the change" in page
    done = browser.post(f"{sent.location}/approve")
    assert done.status_code == 302
    assert "Holds later" in browser.get(OF_RECORDING + "?lang=en").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "91"}, "Enter a number from 1 to 90."),
        ({"value": "soon"}, "Not a valid integer value."),
        ({"value": ""}, "Enter a number."),
        ({"first_day": TODAY.isoformat()}, "A rule begins tomorrow at the earliest"),
        ({"first_day": ""}, "Enter the first day."),
        ({"reason": ""}, "Give a reason"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(session, cast, sign_in, changes, said):
    sent = sign_in(cast.dan).post(f"{PROPOSE_RECORDING}?lang=en", data=typed(**changes))
    assert sent.status_code == 422
    assert said in sent.text
    for kept in typed(**changes).values():
        assert kept in sent.text


def test_a_form_begins_with_what_holds(session, cast, sign_in):
    set_rule(session, cast, AUTO_APPROVE_BELOW, LESS)
    page = sign_in(cast.dan).get(f"/rules/propose/{AUTO_APPROVE_BELOW.code}").text
    assert 'value="1000.00"' in page
    assert 'value="50.00"' in page


def test_each_rule_can_be_proposed_as_it_stands_but_for_that_it_holds_already(
    session, cast, sign_in
):
    """Its form has a field for each part, and reads what it wrote."""
    browser = sign_in(cast.dan)
    for rule in dated_rules.declared().values():
        if not isinstance(rule, dated_rules.DatedRule):
            continue
        form = {**typed(), **as_typed(rule.kind, rule.initially, "value")}
        sent = browser.post(f"/rules/propose/{rule.code}?lang=en", data=form)
        assert sent.status_code == 422, rule.code
        assert "This is what holds on that day already." in sent.text, rule.code


def as_typed(kind, value, name):
    """Return what a person types for a value."""
    match kind:
        case Record():
            parts = kind.parts.items()
            fields = (as_typed(told.kind, getattr(value, n), f"{name}_{n}") for n, told in parts)
            return {key: text for one in fields for key, text in one.items()}
        case Amounts():
            return {f"{name}_{one.lower()}": str(value[one].decimal) for one in kind.currencies}
        case Amount():
            return {name: str(value.decimal)}
        case Stages():
            return {name: ",".join(map(str, value))}
        case Days() | Hours():
            return {name: str(kind.stored(value))}
    return {name: str(value)}


def test_the_emergency_pages_say_what_is_set(session, cast, sign_in):
    allowance = EMERGENCY_ALLOWANCE.initially
    held = {name: getattr(allowance, name) for name in EMERGENCY_ALLOWANCE.kind.parts}
    changed = type(allowance)(**held | {"ratify_within": timedelta(hours=96), "nights": 2})
    set_rule(session, cast, EMERGENCY_ALLOWANCE, changed)
    page = sign_in(cast.ana).get("/cases/emergency?lang=en").text
    assert "has 96 hours to decide" in page


def test_who_proposed_takes_it_back_and_finance_decides_of_no_people(session, cast, sign_in):
    version = proposed(session, cast)
    address = f"/rules/proposals/{version.id}"
    assert sign_in(cast.alina).post(f"{address}/approve").status_code == 403
    assert "Approve the change" not in sign_in(cast.alina).get(f"{address}?lang=en").text
    sent = sign_in(cast.dan).post(f"{address}/end", data={"reason": "Not this year"})
    assert sent.status_code == 302
    assert "Not this year" in sign_in(cast.irina).get(f"{address}?lang=en").text


def test_what_waits_stands_on_the_day_of_whoever_decides(session, cast, sign_in):
    proposed(session, cast, AUTO_APPROVE_BELOW, LESS)
    assert "Rules to approve" in sign_in(cast.alina).get("/account/today?lang=en").text
    assert "Rules to approve" not in sign_in(cast.sergiu).get("/account/today?lang=en").text


def test_the_page_of_the_server_tells_no_secret(session, cast, sign_in, app):
    page = sign_in(cast.irina).get("/rules/installation?lang=en").text
    assert "Kind of installation" in page
    assert app.config["SECRET_KEY"] not in page


def test_a_proposal_on_a_law_is_called_after_it_and_what_was_decided_foretells_nothing(
    session, cast, sign_in
):
    """Its consequences were counted for whoever decided; afterwards they would be others."""
    right = Jurisdiction.RIGHT_BANK
    value = replace(CHECKLISTS.initially[right], documents=frozenset())
    version = deciding.propose(
        session,
        CHECKLISTS,
        actor=actor(session, cast.dan),
        value=value,
        first_day=TODAY + timedelta(days=5),
        reason="Fewer papers",
        entry=right,
        now=NOW,
    )
    session.commit()
    sergiu, at = sign_in(cast.sergiu), f"/rules/proposals/{version.id}"
    assert f"What providers bring, by law: {right.label}" in sergiu.get("/rules?lang=en").text
    assert "What will change" in sergiu.get(at + "?lang=en").text
    assert sergiu.post(f"{at}/approve").status_code == 302
    assert "What will change" not in sergiu.get(at + "?lang=en").text
