"""Matching is a pure rule: excluded is never ranked, and more money or places never hurt."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.directory.states import OfferingState
from providers.referrals.queries.match_facts import Candidate, MatchRequest
from providers.referrals.services.matching import WEIGHTS, distance_km, match
from providers.referrals.views.match_text import _COUNTERFACTUALS, _FINDINGS, _REASONS
from reintegration.codelists.people import Sex, SexPolicy
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel.money import Money

TODAY = date(2026, 11, 24)
UNITS = sorted(TERRITORIAL_UNITS)
NEEDS = ("step_free", "wheelchair")


def request(**changes):
    facts = {
        "category": "mental_health",
        "unit": "session",
        "units": 6,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=60),
        "price_limit": Money(50_000, "MDL"),
        "territorial_unit": "MD-UN",
        "sex": Sex.FEMALE,
        "age": 28,
        "languages": ("ro",),
        **changes,
    }
    return MatchRequest(**facts)


def candidate(number=1, **changes):
    facts = {
        "offering_id": UUID(int=number),
        "provider_id": UUID(int=1000 + number),
        "provider_name": f"Prestator {number}",
        "site_name": "Sediu",
        "service_name": "Consiliere",
        "category": "mental_health",
        "unit": "session",
        "price": Money(50_000, "MDL"),
        "state": OfferingState.APPROVED,
        "vetted_until": date(2028, 1, 1),
        "languages": ("ro",),
        "interpreter": False,
        "access_features": frozenset(),
        "sex_policy": SexPolicy.ANY,
        "min_age": 0,
        "max_age": 120,
        "accepts_children": True,
        "capacity": 5,
        "places_taken": 0,
        "lead_days": 0,
        "territorial_unit": "MD-UN",
        **changes,
    }
    return Candidate(**facts)


requests = st.builds(
    request,
    price_limit=st.integers(1, 100_000).map(lambda minor: Money(minor, "MDL")),
    territorial_unit=st.sampled_from([None, *UNITS]),
    sex=st.sampled_from(Sex),
    age=st.none() | st.integers(0, 90),
    dependants=st.integers(0, 3),
    languages=st.sampled_from([(), ("ro",), ("ru", "ro"), ("en",)]),
    access_needs=st.frozensets(st.sampled_from(NEEDS)),
    excluded_units=st.frozensets(st.sampled_from([*UNITS, "left", "right"]), max_size=3),
)
facts_of_candidates = st.fixed_dictionaries(
    {
        "price": st.integers(1, 100_000).map(lambda minor: Money(minor, "MDL"))
        | st.just(Money(1, "EUR")),
        "state": st.sampled_from(OfferingState),
        "vetted_until": st.none()
        | st.dates(TODAY - timedelta(days=30), TODAY + timedelta(days=90)),
        "languages": st.sampled_from([(), ("ro",), ("ru",), ("ro", "en")]),
        "interpreter": st.booleans(),
        "access_features": st.frozensets(st.sampled_from(NEEDS)),
        "sex_policy": st.sampled_from(SexPolicy),
        "min_age": st.integers(0, 30),
        "max_age": st.integers(30, 120),
        "accepts_children": st.booleans(),
        "capacity": st.none() | st.integers(0, 3),
        "places_taken": st.integers(0, 3),
        "lead_days": st.integers(0, 60),
        "territorial_unit": st.sampled_from(UNITS),
        "confidential": st.booleans(),
        "completed": st.integers(0, 20),
        "failed": st.integers(0, 20),
        "served_this_case": st.booleans(),
    }
)
candidates = st.lists(facts_of_candidates, max_size=8).map(
    lambda facts: [candidate(number, **one) for number, one in enumerate(facts)]
)


def ids(matches):
    return [one.candidate.offering_id for one in matches]


@given(requests, candidates)
def test_everyone_is_either_ranked_or_excluded(asked, offered):
    result = match(asked, offered, today=TODAY)
    assert sorted(ids(result.ranked) + ids(result.excluded)) == sorted(
        one.offering_id for one in offered
    )


@given(requests, candidates)
def test_the_excluded_are_never_ranked_and_always_have_a_reason(asked, offered):
    result = match(asked, offered, today=TODAY)
    assert not any(one.is_excluded for one in result.ranked)
    assert all(any(f.excludes for f in one.findings) for one in result.excluded)


@given(requests, candidates, st.randoms())
def test_the_order_of_the_facts_does_not_matter(asked, offered, random):
    shuffled = list(offered)
    random.shuffle(shuffled)
    assert match(asked, shuffled, today=TODAY) == match(asked, offered, today=TODAY)


@given(requests, candidates, st.integers(1, 50_000))
def test_a_higher_price_limit_never_removes_anybody(asked, offered, more):
    richer = replace(asked, price_limit=asked.price_limit + Money(more, "MDL"))
    before = set(ids(match(asked, offered, today=TODAY).ranked))
    assert before <= set(ids(match(richer, offered, today=TODAY).ranked))


@given(requests, candidates)
def test_fewer_needs_never_remove_anybody(asked, offered):
    easier = replace(asked, access_needs=frozenset(), dependants=0, excluded_units=frozenset())
    before = set(ids(match(asked, offered, today=TODAY).ranked))
    assert before <= set(ids(match(easier, offered, today=TODAY).ranked))


@given(requests, candidates)
def test_points_stay_between_nothing_and_a_hundred(asked, offered):
    result = match(asked, offered, today=TODAY)
    for one in (*result.ranked, *result.excluded):
        assert 0 <= one.score <= sum(WEIGHTS.values()) == 100


@given(requests, candidates)
def test_who_needs_no_check_comes_first(asked, offered):
    checks = [one.needs_check for one in match(asked, offered, today=TODAY).ranked]
    assert checks == sorted(checks)


@given(requests, candidates)
def test_every_reason_has_its_words(asked, offered):
    result = match(asked, offered, today=TODAY)
    for one in (*result.ranked, *result.excluded):
        assert {finding.code for finding in one.findings} <= set(_FINDINGS)
        assert {reason.code for reason in one.reasons} <= set(_REASONS)
        assert one.counterfactual is None or one.counterfactual.code in _COUNTERFACTUALS


@given(requests, candidates)
def test_a_confidential_place_tells_no_distance(asked, offered):
    result = match(asked, offered, today=TODAY)
    for one in (*result.ranked, *result.excluded):
        if one.candidate.confidential:
            assert not {"distance", "same_unit"} & {reason.code for reason in one.reasons}


@given(requests, candidates)
def test_the_price_counterfactual_comes_true(asked, offered):
    for one in match(asked, offered, today=TODAY).excluded:
        if one.counterfactual is not None and one.counterfactual.code == "would_match_price":
            limit = asked.price_limit + one.counterfactual.params["amount"]
            again = match(replace(asked, price_limit=limit), offered, today=TODAY)
            assert one.candidate.offering_id in ids(again.ranked)


def excluded_codes(asked, offered):
    result = match(asked, [offered], today=TODAY)
    return [finding.code for one in result.excluded for finding in one.findings]


def checks(asked, offered):
    result = match(asked, [offered], today=TODAY)
    return [finding.code for one in result.ranked for finding in one.findings]


def test_children_exclude_nobody_where_they_do_not_come_along():
    assert excluded_codes(request(dependants=2), candidate(accepts_children=False)) == []


@pytest.mark.parametrize(
    ("offered", "may"),
    [
        ({"languages": ("ru",)}, True),
        ({"places_taken": 5, "languages": ("ru",)}, True),
        ({"price": Money(50_001, "MDL")}, False),
        ({"state": OfferingState.SUSPENDED}, False),
    ],
)
def test_who_is_left_out_for_what_a_provider_can_say_yes_to_may_be_asked_anyway(offered, may):
    (one,) = match(request(), [candidate(**offered)], today=TODAY).excluded
    assert one.may_be_asked is may


def test_each_filter_excludes_by_its_own_reason():
    cases = [
        ("suspended", {}, {"state": OfferingState.SUSPENDED}),
        ("not_vetted", {}, {"state": OfferingState.SUBMITTED}),
        ("vetting_ends", {}, {"vetted_until": TODAY - timedelta(days=1)}),
        ("other_unit", {}, {"unit": "hour"}),
        ("sex", {}, {"sex_policy": SexPolicy.MALE}),
        ("age", {}, {"min_age": 40}),
        ("no_children", {"dependants": 1, "children_come": True}, {"accepts_children": False}),
        ("other_people", {"is_meant": False}, {}),
        ("language", {}, {"languages": ("ru",)}),
        (
            "access",
            {"access_needs": frozenset({"wheelchair"})},
            {"access_features": frozenset({"step_free"})},
        ),
        ("full", {}, {"places_taken": 5}),
        ("too_dear", {}, {"price": Money(50_001, "MDL")}),
        ("other_currency", {}, {"price": Money(1, "EUR")}),
        ("place_excluded", {"excluded_units": frozenset({"MD-UN"})}, {}),
        ("place_excluded", {"excluded_units": frozenset({"right"})}, {}),
    ]
    for code, asked, offered in cases:
        assert excluded_codes(request(**asked), candidate(**offered)) == [code]


def test_what_nobody_knows_is_a_question_and_no_pass():
    cases = [
        ("sex_unknown", {"sex": Sex.UNSPECIFIED}, {"sex_policy": SexPolicy.FEMALE}),
        ("age_unknown", {"age": None}, {"min_age": 18}),
        ("age_close", {"age": 18}, {"min_age": 18}),
        ("capacity_unknown", {}, {"capacity": None}),
        ("language_unknown", {}, {"languages": ()}),
        ("access_unknown", {"access_needs": frozenset({"wheelchair"})}, {}),
        ("vetting_ends_during", {}, {"vetted_until": TODAY + timedelta(days=3)}),
    ]
    for code, asked, offered in cases:
        assert checks(request(**asked), candidate(**offered)) == [code]


def test_an_interpreter_answers_for_the_language():
    asked = request(languages=("en",))
    assert checks(asked, candidate(languages=("ru",), interpreter=True)) == []


def test_within_a_band_the_least_recently_asked_comes_first():
    from tests.factories.cast import NOW

    busy = candidate(1, last_asked_at=NOW)
    idle = candidate(2, last_asked_at=NOW - timedelta(days=9))
    fresh = candidate(3)
    result = match(request(), [busy, idle, fresh], today=TODAY)
    assert ids(result.ranked) == [fresh.offering_id, idle.offering_id, busy.offering_id]


def test_the_near_come_before_the_far():
    near, far = candidate(1), candidate(2, territorial_unit="MD-CA")
    assert ids(match(request(), [far, near], today=TODAY).ranked) == [
        near.offering_id,
        far.offering_id,
    ]


def test_one_bad_ending_does_not_condemn_a_provider():
    unlucky, unknown = candidate(1, failed=1), candidate(2)
    points = {
        one.candidate.offering_id: one.score
        for one in match(request(), [unlucky, unknown], today=TODAY).ranked
    }
    assert 0 < points[unknown.offering_id] - points[unlucky.offering_id] <= 3


def test_distances_are_roughly_those_of_a_map():
    assert 100 <= distance_km("MD-CU", "MD-BA") <= 125
    assert distance_km("MD-UN", "MD-UN") == 0
