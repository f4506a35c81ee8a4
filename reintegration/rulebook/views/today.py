"""Today of whoever decides on rules: how many wait, and since when."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import Figure, TodayItem, waiting
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.rulebook.permissions import RulePermission as P
from reintegration.rulebook.queries import rules


def items(*, session: Session, actor: Actor, today: date) -> list[Figure | TodayItem]:
    """Return the proposals that wait for this person."""
    del today
    if not permissions.could(actor, P.DECIDE):
        return []
    pile = rules.to_decide(session, actor)
    return [*waiting(Figure(_("Rules to approve"), pile, _("Decide"), url_for("rules.index"), 35))]
