"""The side navigation: each feature adds its places; a person sees those they may open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from reintegration.kernel import permissions
from reintegration.web.current import current_actor


@dataclass(frozen=True, slots=True)
class Place:
    """`label` is a marked source string; `count` gives the number of things that wait there.

    While something waits, the place leads to the list that is counted: `waits` is what then stands
    in its address.
    """

    endpoint: str
    label: str
    permission: StrEnum
    order: int
    count: Callable[[], int] | None = None
    within: tuple[str, ...] = ()
    """Beginnings of other endpoints that belong to this place."""
    waits: Mapping[str, Any] = field(default_factory=dict)


_places: dict[str, Place] = {}


def add(*places: Place) -> None:
    """Put places into the navigation."""
    _places.update((place.endpoint, place) for place in places)


def widen(endpoint: str, *starts: str) -> None:
    """Let pages of another feature belong to a place: those whose endpoints begin so."""
    place = _places[endpoint]
    kept = (one for one in place.within if one not in starts)
    _places[endpoint] = replace(place, within=(*kept, *starts))


def navigation() -> list[dict[str, object]]:
    """Return what the present person sees, in order."""
    actor = current_actor()
    open_places = [
        place
        for place in sorted(_places.values(), key=lambda place: place.order)
        if permissions.permits(actor, place.permission)
    ]
    here = request.endpoint or ""
    nearest = max((_closeness(place, here) for place in open_places), default=0)
    return [
        _entry(place, active=nearest > 0 and _closeness(place, here) == nearest)
        for place in open_places
    ]


def _entry(place: Place, *, active: bool) -> dict[str, object]:
    count = place.count() if place.count else 0
    return {
        "label": gettext(place.label),
        "url": url_for(place.endpoint, **(place.waits if count else {})),
        "count": count,
        "active": active,
    }


def place_at(path: str) -> Place | None:
    """Return the place to which a page of ours belongs, if the present person sees it."""
    try:
        endpoint, _variables = current_app.url_map.bind("").match(path.partition("?")[0])
    except HTTPException:
        return None
    open_places = [
        place
        for place in _places.values()
        if permissions.permits(current_actor(), place.permission) and _closeness(place, endpoint)
    ]
    return max(open_places, key=lambda place: _closeness(place, endpoint), default=None)


def _closeness(place: Place, here: str) -> int:
    """Return how much of the present endpoint a place claims: the one that says most is active."""
    if here == place.endpoint:
        return len(here) + 1
    return max((len(start) for start in place.within if here.startswith(start)), default=0)
