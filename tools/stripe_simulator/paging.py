"""Lists of v1 and v2: the newest first, cut into pages."""

from collections.abc import Mapping
from typing import Any

from tools.stripe_simulator.errors import Refusal, missing_object
from tools.stripe_simulator.objects import Json

_USUAL, _MOST = 10, 100


def listed(shown: list[Json], given: Mapping[str, Any], address: str) -> Json:
    """Return one page of what is shown, which is in order, newest first."""
    limit = _limit(given)
    places = {one["id"]: place for place, one in enumerate(shown)}
    if "starting_after" in given:
        start = _place(places, given, "starting_after") + 1
        page, more = shown[start : start + limit], len(shown) > start + limit
    elif "ending_before" in given:
        end = _place(places, given, "ending_before")
        page, more = shown[max(0, end - limit) : end], end > limit
    else:
        page, more = shown[:limit], len(shown) > limit
    return {"object": "list", "data": page, "has_more": more, "url": address}


def listed_v2(shown: list[Json], given: Mapping[str, Any], address: str) -> Json:
    """Return one page in the manner of v2: the next one has an address of its own."""
    limit, page = _limit(given), str(given.get("page", "0"))
    if not page.isdigit():
        raise Refusal("Invalid page", param="page", kept=False)
    start = int(page)
    following = f"{address}?limit={limit}&page={start + limit}"
    previous = f"{address}?limit={limit}&page={max(0, start - limit)}"
    return {
        "data": shown[start : start + limit],
        "next_page_url": following if len(shown) > start + limit else None,
        "previous_page_url": previous if start else None,
    }


def within(moment: int, wanted: int | Mapping[str, int] | None) -> bool:
    """Return whether a moment is the one asked for, or between the bounds asked for."""
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return moment == wanted
    bounds = {"gt": moment.__gt__, "gte": moment.__ge__, "lt": moment.__lt__, "lte": moment.__le__}
    return all(bounds[name](bound) for name, bound in wanted.items())


def same(wanted: str | None, found: str | None) -> bool:
    """Return whether something is what was asked for, if anything was."""
    return wanted is None or wanted == found


def _limit(given: Mapping[str, Any]) -> int:
    limit: int = given.get("limit", _USUAL)
    if not 1 <= limit <= _MOST:
        raise Refusal(f"A page has from 1 to {_MOST} entries", param="limit", kept=False)
    return limit


def _place(places: Mapping[str, int], given: Mapping[str, Any], name: str) -> int:
    if given[name] not in places:
        raise missing_object("object", given[name], param=name, status=400)
    return places[given[name]]
