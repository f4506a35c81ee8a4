"""The hard filters of matching. Each says why it excludes, or what must be asked first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from providers.directory.states import OfferingState
from providers.referrals.queries.match_facts import Candidate, MatchRequest
from reintegration.codelists.people import Sex, SexPolicy
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS

_OLDEST = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """What a filter found: it excludes, or (`excludes` false) it asks for a check."""

    code: str
    excludes: bool
    params: dict[str, Any] = field(default_factory=dict)


def findings(request: MatchRequest, candidate: Candidate) -> tuple[Finding, ...]:
    """Return what every filter says, in the table's order."""
    said = (look(request, candidate) for look in FILTERS)
    return tuple(finding for finding in said if finding is not None)


def _vetted(_request: MatchRequest, candidate: Candidate) -> Finding | None:
    if candidate.state == OfferingState.SUSPENDED:
        return Finding("suspended", excludes=True)
    if candidate.state != OfferingState.APPROVED:
        return Finding("not_vetted", excludes=True, params={"state": candidate.state})
    return None


def _vetting_lasts(request: MatchRequest, candidate: Candidate) -> Finding | None:
    if candidate.state != OfferingState.APPROVED:
        return None
    until = candidate.vetted_until
    if until is None:
        return Finding("vetting_term_unknown", excludes=False)
    if until < request.starts_on:
        return Finding("vetting_ends", excludes=True, params={"day": until})
    if until < request.ends_on:
        return Finding("vetting_ends_during", excludes=False, params={"day": until})
    return None


def _same_service(request: MatchRequest, candidate: Candidate) -> Finding | None:
    if candidate.category != request.category:
        return Finding("other_category", excludes=True)
    if candidate.unit != request.unit:
        return Finding("other_unit", excludes=True, params={"unit": candidate.unit})
    return None


def _meant_for(request: MatchRequest, _candidate: Candidate) -> Finding | None:
    return None if request.is_meant else Finding("other_people", excludes=True)


def _sex(request: MatchRequest, candidate: Candidate) -> Finding | None:
    if candidate.sex_policy == SexPolicy.ANY:
        return None
    if request.sex == Sex.UNSPECIFIED:
        return Finding("sex_unknown", excludes=False)
    if str(request.sex) != str(candidate.sex_policy):
        return Finding("sex", excludes=True)
    return None


def _age(request: MatchRequest, candidate: Candidate) -> Finding | None:
    low, high = candidate.min_age, candidate.max_age
    params = {"low": low, "high": high}
    if low == 0 and high >= _OLDEST:
        return None
    if request.age is None:
        return Finding("age_unknown", excludes=False, params=params)
    fits = [low <= age <= high for age in (request.age - 1, request.age)]
    if not any(fits):
        return Finding("age", excludes=True, params=params)
    return None if all(fits) else Finding("age_close", excludes=False, params=params)


def _children(request: MatchRequest, candidate: Candidate) -> Finding | None:
    if request.dependants and request.children_come and not candidate.accepts_children:
        return Finding("no_children", excludes=True)
    return None


def _language(request: MatchRequest, candidate: Candidate) -> Finding | None:
    if not request.languages or not candidate.languages:
        return Finding("language_unknown", excludes=False)
    if candidate.interpreter or set(request.languages) & set(candidate.languages):
        return None
    return Finding("language", excludes=True, params={"languages": list(candidate.languages)})


def _access(request: MatchRequest, candidate: Candidate) -> Finding | None:
    missing = sorted(request.access_needs - candidate.access_features)
    if not missing:
        return None
    if not candidate.access_features:
        return Finding("access_unknown", excludes=False, params={"needs": missing})
    return Finding("access", excludes=True, params={"needs": missing})


def _capacity(_request: MatchRequest, candidate: Candidate) -> Finding | None:
    if candidate.free_places is None:
        return Finding("capacity_unknown", excludes=False)
    if candidate.free_places == 0:
        return Finding("full", excludes=True, params={"capacity": candidate.capacity or 0})
    return None


def _affordable(request: MatchRequest, candidate: Candidate) -> Finding | None:
    limit = request.price_limit
    if limit is None:
        return None
    if candidate.price.currency != limit.currency:
        return Finding(
            "other_currency", excludes=True, params={"currency": candidate.price.currency}
        )
    if candidate.price > limit:
        return Finding("too_dear", excludes=True, params={"price": candidate.price})
    return None


def _safe_place(request: MatchRequest, candidate: Candidate) -> Finding | None:
    """Exclude a place that is not safe; for a confidential one the word tells nothing more."""
    unit = TERRITORIAL_UNITS.get(candidate.territorial_unit)
    if unit is None:
        return Finding("place_unknown", excludes=False) if request.excluded_units else None
    if unit.code in request.excluded_units or unit.bank in request.excluded_units:
        return Finding("place_excluded", excludes=True)
    return None


MAY_BE_ASKED = frozenset({"sex", "age", "no_children", "language", "access", "full"})
"""What a provider itself can say yes to: who is left out for nothing else may be asked anyway."""

OF_THE_PERSON = frozenset({"sex", "age", "no_children", "language", "access", "place_excluded"})
"""What leaves somebody out by what is known of the person: it may be known wrongly, or change."""

FILTERS: tuple[Callable[[MatchRequest, Candidate], Finding | None], ...] = (
    _vetted,
    _vetting_lasts,
    _same_service,
    _meant_for,
    _safe_place,
    _sex,
    _age,
    _children,
    _language,
    _access,
    _capacity,
    _affordable,
)
