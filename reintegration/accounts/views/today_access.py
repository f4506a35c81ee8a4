"""Today of an administrator: who cannot come in, who cannot work, and what stands still."""

from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import access, users
from reintegration.accounts.services import sign_in, tokens
from reintegration.accounts.views.today import NAMED, Figure, TodayItem, waiting
from reintegration.kernel import clock, lanes, permissions
from reintegration.kernel.actor import Actor, Role
from reintegration.web.filters import day_month, instant


def items(*, session: Session, actor: Actor, today: date) -> list[Figure | TodayItem]:
    """Return what somebody who looks after the accounts does first."""
    if not permissions.permits(actor, AccountPermission.MANAGE_USERS):
        return []
    url = url_for("accounts.user_list", state="invited")
    invited, missing = access.invited(session), access.understaffed(session)
    return [
        *waiting(Figure(_("Never signed in"), invited, _("See who"), url, 40)),
        *_standing(session),
        *_locked(session),
        *_unsupervised(session),
        *_unmanaged(session),
        *_understaffed(missing),
        *_tomorrow(session, today, missing),
        *_tokens(session, today),
    ]


def _standing(session: Session) -> list[TodayItem]:
    if not lanes.standing(session, now=clock.now()):
        return []
    said = _(
        "No mail leaves and nobody is reminded. Whoever runs the server starts the scheduler again."
    )
    url = url_for("accounts.guide")
    return [TodayItem("clay", _("Stands still"), said, url, 5, _("Read what to do"))]


def _locked(session: Session) -> list[TodayItem]:
    return [
        TodayItem(
            "clay",
            _("Locked out"),
            _("%(name)s typed a wrong password too often.", name=user.name),
            url_for("accounts.user_page", user_id=user.id),
            10,
            _("See the account"),
            _("Until %(when)s.", when=instant(until)),
        )
        for user, until in sign_in.locked_out(session, now=clock.now(), limit=NAMED)
    ]


def _unsupervised(session: Session) -> list[TodayItem]:
    return [
        TodayItem(
            "clay",
            _("No supervisor"),
            _("Nobody can decide on the plans of %(name)s.", name=user.name),
            url_for("accounts.user_change", user_id=user.id),
            15,
            _("Choose a supervisor"),
            user.organisation.name,
        )
        for user in users.unsupervised(session, limit=NAMED)
    ]


def _unmanaged(session: Session) -> list[TodayItem]:
    return [
        TodayItem(
            "gold",
            _("No manager"),
            _("Nobody manages %(name)s.", name=one.name),
            url_for("accounts.user_list", q=one.name),
            20,
            _("See its people"),
        )
        for one in access.without_manager(session, limit=NAMED)
    ]


def _understaffed(missing: dict[Role, int]) -> list[TodayItem]:
    return [
        TodayItem(
            "gold",
            ngettext("%(num)s person", "%(num)s people", count),
            _understaffed_words(role, count),
            url_for("accounts.user_new"),
            25,
            _("Add a person"),
        )
        for role, count in missing.items()
    ]


def _understaffed_words(role: Role, count: int) -> str:
    said: str = (
        _("%(role)s: nothing can be approved by one person alone.", role=_(role.label))
        if count
        else _("%(role)s: nobody holds this role.", role=_(role.label))
    )
    return said


def _tomorrow(session: Session, today: date, missing: dict[Role, int]) -> list[TodayItem]:
    """Say which roles would be empty tomorrow and are not today."""
    tomorrow = today + timedelta(days=1)
    return [
        TodayItem(
            "clay",
            _("Tomorrow"),
            _("%(role)s: nobody can act, because they are away.", role=_(role.label)),
            url_for("accounts.user_list", role=role),
            8,
            _("See who"),
            day_month(tomorrow),
        )
        for role in access.too_few_on(session, tomorrow)
        if role not in missing
    ]


def _tokens(session: Session, today: date) -> list[TodayItem]:
    return [
        TodayItem(
            "gold" if token.expires_on >= today else "clay",
            day_month(token.expires_on),
            _("A token of a program ends: “%(label)s”.", label=token.label),
            url_for("accounts.user_list", q=name, role=Role.PROVIDER_MANAGER),
            50,
            _("See who manages it"),
            name,
        )
        for token, name in tokens.ending(session, today, limit=NAMED)
    ]
