"""Today of a deputy: who asks them, and for whom they may act."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.models import Deputyship
from reintegration.accounts.queries import deputies
from reintegration.accounts.states import DeputyshipState
from reintegration.accounts.views.today import Figure, TodayItem
from reintegration.kernel.actor import Actor
from reintegration.web.filters import day_month


def items(*, session: Session, actor: Actor, today: date) -> list[Figure | TodayItem]:
    """Return what waits for a deputy's word, and the desks at which they may sit today."""
    if actor.id is None or actor.for_id is not None:
        return []
    found = [one for one in deputies.open_of(session, actor.id, today) if one.deputy_id == actor.id]
    return [
        *(_asked(one) for one in found if one.state(today) is DeputyshipState.WAITING),
        *(_running(one) for one in found if one.holds(today)),
    ]


def _asked(named: Deputyship) -> TodayItem:
    said = _("%(name)s asks you to stand in.", name=named.represented.name)
    return _item(named, "gold", said, _("See the days"), 12)


def _running(named: Deputyship) -> TodayItem:
    said = _(
        "You stand in for %(name)s until %(day)s.",
        name=named.represented.name,
        day=day_month(named.ends_on),
    )
    return _item(named, "sky", said, _("Continue"), 28)


def _item(named: Deputyship, tone: str, said: str, action: str, rank: int) -> TodayItem:
    url, about = url_for("accounts.deputies_page"), _(named.role.label)
    return TodayItem(tone, day_month(named.starts_on), said, url, rank, action, about)
