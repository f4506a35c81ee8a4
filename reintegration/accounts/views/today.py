"""Today: what waits for this person, on one page; each feature adds its part."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.views import bp
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.requires import public


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One thing that waits: a word or a day, a sentence, and where it is done.

    `rank` orders the items of all features, the lowest is the most urgent.
    """

    tone: str
    when: str
    sentence: str
    url: str
    rank: int


MOST = 12
"""How many of one kind are named at once: the next come when these are done."""
BANDS = ((30, _l("Waits for you")), (60, _l("Late or due")), (1000, _l("To look at again")))
"""Up to which rank an item belongs under which heading."""


def counted(count: int, item: TodayItem) -> list[TodayItem]:
    """Return what waits, unless nothing does."""
    return [item] if count else []


@public
def front() -> ResponseReturnValue:
    """Lead to today, or to sign-in."""
    return redirect(url_for(f"accounts.{'today' if current_actor().is_signed_in else 'sign_in'}"))


@bp.page("/today", AccountPermission.OWN_ACCOUNT)
def today() -> ResponseReturnValue:
    """Show what waits: sentences with their reasons, the most urgent first.

    A feature adds `today.items`: a callable (session, actor, today) that returns TodayItems.
    """
    actor = current_actor()
    day = clock.local_day(clock.now())
    items: list[TodayItem] = slots.collect("today.items", session=session(), actor=actor, today=day)
    items.sort(key=lambda item: item.rank)
    layout = "layout/provider.html" if actor.is_provider else "layout/staff.html"
    return render_template(
        "reintegration/accounts/today.html", bands=_in_bands(items), layout=layout
    )


def _in_bands(items: list[TodayItem]) -> list[tuple[str, list[TodayItem]]]:
    """Return the headings that have items, with them."""
    lowest, bands = 0, []
    for highest, heading in BANDS:
        found = [item for item in items if lowest <= item.rank < highest]
        if found:
            bands.append((str(heading), found))
        lowest = highest
    return bands
