"""Today: what waits for this person, and a picture of their days; each feature adds its part."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import inbox
from reintegration.accounts.views import bp
from reintegration.accounts.views.today_picture import Days, pictures, window
from reintegration.kernel import clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Pile
from reintegration.kernel.db import session
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.filters import money
from reintegration.web.requires import public


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One thing that waits: a word or a day, a sentence, and where it is done.

    `rank` orders the items of all features, the lowest is the most urgent. `since` says how old it
    is and stands for the word, `worth` is its money, `action` what the button says.
    """

    tone: str
    when: str
    sentence: str
    url: str
    rank: int
    action: str = ""
    about: str = ""
    since: date | datetime | None = None
    worth: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of one kind wait, since when, what they are worth, and where it is done."""

    label: str
    pile: Pile
    action: str
    url: str
    rank: int

    @property
    def worth(self) -> str:
        """Return the money, in each currency."""
        return " · ".join(money(one) for one in self.pile.worth)


MOST = 12
"""How many of one kind are named at once: the next come when these are done."""
NAMED = 5
"""How many are named below a figure that counts them all."""
OLD = 5
"""From how many days on something has waited long."""
BANDS = ((30, _l("Waits for you")), (60, _l("Late or due")), (1000, _l("To look at again")))
"""Up to which rank an item belongs under which heading."""


def waiting(figure: Figure) -> list[Figure]:
    """Return the figure, unless nothing waits."""
    return [figure] if figure.pile.count else []


@public
def front() -> ResponseReturnValue:
    """Lead to today, or to sign-in."""
    return redirect(url_for(f"accounts.{'today' if current_actor().is_signed_in else 'sign_in'}"))


@bp.page("/today", AccountPermission.OWN_ACCOUNT)
def today() -> ResponseReturnValue:
    """Show what waits: how much, since when, the most urgent first, and the days around.

    A feature adds `today.items`: a callable (session, actor, today) that returns Figures and
    TodayItems; `today.days`, which returns Days of one window; and `today.first`, the markup of
    what a role is here to do at once.
    """
    actor = current_actor()
    day = clock.local_day(clock.now())
    asked = {"session": session(), "actor": actor, "today": day}
    found: list[Figure | TodayItem] = slots.collect("today.items", **asked)
    figures = sorted((one for one in found if isinstance(one, Figure)), key=lambda one: one.rank)
    items = sorted((one for one in found if isinstance(one, TodayItem)), key=lambda one: one.rank)
    return render_template(
        "reintegration/accounts/today.html",
        first=slots.render("today.first", actor=actor),
        figures=figures,
        bands=_in_bands(items),
        pictures=pictures(slots.collect("today.days", **asked), day),
        summary=_summary([*figures, *items], day),
        age=lambda since: _age(since, day),
        layout="layout/provider.html" if actor.is_provider else "layout/staff.html",
    )


def told(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return how many messages each day brought to whoever looks after the accounts."""
    if not permissions.permits(actor, AccountPermission.MANAGE_USERS):
        return []
    first, _last = window(today)
    return [Days(_("Messages to you"), "moss", inbox.told_by_day(session, actor, first))]


def _summary(waiting: list[Figure | TodayItem], today: date) -> str:
    """Say how many kinds of things have waited long."""
    ages = [one.pile.since if isinstance(one, Figure) else one.since for one in waiting]
    old = sum(1 for since in ages if since is not None and _days(since, today) > OLD)
    if not old:
        return ""
    said: str = ngettext(
        "%(num)s thing has waited for more than %(days)s days.",
        "%(num)s things have waited for more than %(days)s days.",
        old,
        days=OLD,
    )
    return said


@dataclass(frozen=True, slots=True)
class Age:
    """How long something has waited: in words, as a tone, and as a part of ten days."""

    words: str
    tone: str
    percent: int


def _age(since: date | datetime, today: date) -> Age:
    days = _days(since, today)
    words = ngettext("%(num)s day", "%(num)s days", days) if days > 0 else _("today")
    tone = "clay" if days > OLD else "gold" if days > 1 else "sky"
    return Age(words, tone, min(max(days, 1), 10) * 10)


def _days(since: date | datetime, today: date) -> int:
    return (today - (clock.local_day(since) if isinstance(since, datetime) else since)).days


def _in_bands(items: list[TodayItem]) -> list[tuple[str, list[TodayItem]]]:
    """Return the headings that have items, with them."""
    lowest, bands = 0, []
    for highest, heading in BANDS:
        found = [item for item in items if lowest <= item.rank < highest]
        if found:
            bands.append((str(heading), found))
        lowest = highest
    return bands
