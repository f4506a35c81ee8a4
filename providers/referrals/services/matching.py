"""Matching: which vetted offerings fit a planned service, in what order, and why.

A pure function of facts. Filters exclude with a reason; what nobody knows is no pass but a
question. Ranking adds points for factors that a person can read, and within a narrow band of
points whoever was asked least recently comes first, so that work is shared.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any

from providers.referrals.queries.match_facts import Candidate, MatchRequest
from providers.referrals.services.match_filters import MAY_BE_ASKED, Finding, findings
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel.money import Money

RULE_VERSION = "2026-11.1"
WEIGHTS = {"distance": 30, "start": 15, "language": 15, "price": 15, "record": 15, "known": 10}
"""The most that each factor can add; together 100."""

BAND = 5
"""Scores within one band of this width are taken as equal."""

_FAR_KM = 150
_LATE_DAYS = 30
_PRIOR_WEIGHT = 4
_PRIOR_SHARE = 0.5
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate stands where it stands: data, put into words where it is shown."""

    code: str
    points: int
    sign: int
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """One candidate with everything that was said about it."""

    candidate: Candidate
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    counterfactual: Reason | None = None

    @property
    def score(self) -> int:
        """Return the points, 0 to 100."""
        return sum(reason.points for reason in self.reasons)

    @property
    def is_excluded(self) -> bool:
        """Whether any filter excludes it."""
        return any(finding.excludes for finding in self.findings)

    @property
    def may_be_asked(self) -> bool:
        """Whether the provider itself could say yes, so that it may be asked all the same."""
        excluding = {finding.code for finding in self.findings if finding.excludes}
        return excluding <= MAY_BE_ASKED

    @property
    def needs_check(self) -> bool:
        """Whether something must be asked before one can be sure."""
        return any(not finding.excludes for finding in self.findings)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The ranked candidates, the excluded ones, and the rule that said so."""

    ranked: tuple[Match, ...]
    excluded: tuple[Match, ...]
    rule_version: str = RULE_VERSION


def match(request: MatchRequest, candidates: Iterable[Candidate], *, today: date) -> MatchResult:
    """Return who fits, best first, and who does not; the same facts give the same answer."""
    judged = [_judge(request, candidate, today) for candidate in candidates]
    return MatchResult(
        ranked=tuple(sorted((m for m in judged if not m.is_excluded), key=_order)),
        excluded=tuple(
            sorted(
                (m for m in judged if m.is_excluded),
                key=lambda m: (
                    len(m.findings),
                    m.candidate.provider_name,
                    str(m.candidate.offering_id),
                ),
            )
        ),
    )


def cheapest_beyond(result: MatchResult) -> Match | None:
    """Return the cheapest of those whose price alone leaves them out."""
    too_dear = [
        one
        for one in result.excluded
        if [finding.code for finding in one.findings if finding.excludes] == ["too_dear"]
    ]
    return min(too_dear, key=lambda one: one.candidate.price.minor, default=None)


def codes_in_the_way(result: MatchResult) -> frozenset[str]:
    """Return everything that leaves anybody out."""
    said = (finding for one in result.excluded for finding in one.findings)
    return frozenset(finding.code for finding in said if finding.excludes)


def distance_km(one: str, other: str) -> int:
    """Return the rough way between two territorial units, as the crow flies."""
    a, b = TERRITORIAL_UNITS[one], TERRITORIAL_UNITS[other]
    wide = radians(b.longitude - a.longitude) / 2
    high = radians(b.latitude - a.latitude) / 2
    chord = sin(high) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(wide) ** 2
    return round(2 * _EARTH_KM * asin(sqrt(chord)))


def as_record(found: Match) -> dict[str, Any]:
    """Return what is kept with a referral: the score, the reasons and the rule's version."""
    return {
        "rule": RULE_VERSION,
        "score": found.score,
        "reasons": [
            {
                "code": reason.code,
                "points": reason.points,
                "sign": reason.sign,
                "params": _plain(reason.params),
            }
            for reason in found.reasons
        ],
        "checks": [
            {"code": finding.code, "params": _plain(finding.params)} for finding in found.findings
        ],
    }


def _judge(request: MatchRequest, candidate: Candidate, today: date) -> Match:
    found = findings(request, candidate)
    reasons = tuple(factor(request, candidate, today) for factor in _FACTORS)
    return Match(candidate, found, reasons, _counterfactual(request, candidate, found))


def _order(found: Match) -> tuple[Any, ...]:
    candidate = found.candidate
    asked = candidate.last_asked_at or datetime.min.replace(tzinfo=UTC)
    return (
        found.needs_check,
        -(found.score // BAND),
        asked,
        -found.score,
        candidate.provider_name,
        str(candidate.offering_id),
    )


def _distance(request: MatchRequest, candidate: Candidate, _today: date) -> Reason:
    most = WEIGHTS["distance"]
    if candidate.confidential:
        return Reason("place_confidential", most // 2, 0)
    if request.territorial_unit not in TERRITORIAL_UNITS or (
        candidate.territorial_unit not in TERRITORIAL_UNITS
    ):
        return Reason("distance_unknown", most // 2, 0)
    km = distance_km(request.territorial_unit, candidate.territorial_unit)
    points = max(0, round(most * (1 - km / _FAR_KM)))
    if km == 0:
        return Reason("same_unit", points, 1)
    return Reason("distance", points, _sign(points, most), {"km": km})


def _start(request: MatchRequest, candidate: Candidate, today: date) -> Reason:
    most = WEIGHTS["start"]
    late = candidate.lead_days - (request.starts_on - today).days
    if late <= 0:
        return Reason("starts_in_time", most, 1)
    points = max(0, round(most * (1 - late / _LATE_DAYS)))
    return Reason("starts_late", points, -1, {"days": late})


def _language(request: MatchRequest, candidate: Candidate, _today: date) -> Reason:
    most = WEIGHTS["language"]
    if request.languages and request.languages[0] in candidate.languages:
        return Reason("language_first", most, 1, {"language": request.languages[0]})
    spoken = next((one for one in request.languages if one in candidate.languages), None)
    if spoken is not None:
        return Reason("language_other", most * 3 // 5, 1, {"language": spoken})
    if candidate.interpreter:
        return Reason("language_interpreter", most * 2 // 5, 0)
    return Reason("language_unknown", 0, 0)


def _price(request: MatchRequest, candidate: Candidate, _today: date) -> Reason:
    most, limit = WEIGHTS["price"], request.price_limit
    if limit is None or candidate.price.currency != limit.currency or limit.minor <= 0:
        return Reason("price", 0, 0, {"price": candidate.price})
    saved = limit.minor - candidate.price.minor
    points = min(most, max(0, most * 2 * saved // limit.minor))
    if saved > 0:
        return Reason("cheaper", points, 1, {"saved": limit - candidate.price})
    return Reason("price", points, 0, {"price": candidate.price})


def _record(_request: MatchRequest, candidate: Candidate, _today: date) -> Reason:
    most = WEIGHTS["record"]
    known = candidate.completed + candidate.failed
    share = (candidate.completed + _PRIOR_SHARE * _PRIOR_WEIGHT) / (known + _PRIOR_WEIGHT)
    points = int(most * share)
    if known == 0:
        return Reason("record_none", points, 0)
    return Reason(
        "record",
        points,
        1 if share >= 0.6 else -1 if share < 0.4 else 0,
        {"completed": candidate.completed, "total": known},
    )


def _known(_request: MatchRequest, candidate: Candidate, _today: date) -> Reason:
    if candidate.served_this_case:
        return Reason("known_to_case", WEIGHTS["known"], 1)
    return Reason("new_to_case", 0, 0)


_FACTORS: tuple[Callable[[MatchRequest, Candidate, date], Reason], ...] = (
    _distance,
    _start,
    _language,
    _price,
    _record,
    _known,
)


def _counterfactual(
    request: MatchRequest, candidate: Candidate, found: tuple[Finding, ...]
) -> Reason | None:
    """Return what would have to differ, where one filter alone excludes."""
    blocking = [finding for finding in found if finding.excludes]
    if len(blocking) != 1:
        return None
    code = blocking[0].code
    if code == "too_dear" and request.price_limit is not None:
        missing: Money = candidate.price - request.price_limit
        return Reason("would_match_price", 0, 0, {"amount": missing})
    if code in {"full", "language", "vetting_ends", "suspended", "not_vetted"}:
        return Reason(f"would_match_{code}", 0, 0, dict(blocking[0].params))
    return None


def _sign(points: int, most: int) -> int:
    return 1 if points * 2 >= most else -1


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as JSON keeps them."""
    return {
        key: value if isinstance(value, int | str | list) else str(value)
        for key, value in params.items()
    }
