"""Who works on a case; a supervisor adds and removes co-workers, and hands the case over."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.models import User
from reintegration.accounts.queries.users import user_or_404
from reintegration.cases.forms import HandOverForm, TeamForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import cases
from reintegration.cases.services import team
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting
from reintegration.web.offers import Offer
from reintegration.web.once import Next
from reintegration.web.requires import can
from reintegration.web.submit import Ask, Asking


@bp.page("/<uuid:case_id>/team", CasePermission.VIEW, load=load_case)
def case_team(case: CaseFile) -> ResponseReturnValue:
    """Show who may open this case, and since when."""
    return _page(case, _form(case))


@bp.act("/<uuid:case_id>/team", CasePermission.MANAGE_TEAM, load=load_case)
def case_team_add(case: CaseFile) -> Asking:
    """Let one more worker open the case."""
    form = _form(case)
    yield Ask(lambda: _page(case, form), form)
    user = _add(case, UUID(form.person.data))
    return _back(case, _("%(name)s can open this case now.", name=user.name))


def _add(case: CaseFile, user_id: UUID) -> User:
    user = user_or_404(session(), user_id)
    team.add_co_worker(session(), case, user=user, **acting())
    return user


@bp.act(
    "/<uuid:case_id>/team/<uuid:user_id>/remove",
    CasePermission.MANAGE_TEAM,
    load=lambda case_id, user_id: load_case(case_id),  # noqa: ARG005
)
def case_team_remove(case: CaseFile) -> Next:
    """End a co-worker's access at once."""
    user = user_or_404(session(), (request.view_args or {})["user_id"])
    team.remove_co_worker(session(), case, user=user, **acting())
    return _back(case, _("%(name)s can no longer open this case.", name=user.name))


@bp.form("/<uuid:case_id>/hand-over", CasePermission.HAND_OVER, load=load_case)
def case_hand_over(case: CaseFile) -> Asking:
    """Make another case manager answerable."""
    form = _hand_over_form(case)
    yield Ask(lambda: _hand_over_page(case, form), form)
    user = _hand_over(case, form)
    return _back(case, _("%(name)s manages this case now. Both were told.", name=user.name))


def _hand_over(case: CaseFile, form: HandOverForm) -> User:
    user = user_or_404(session(), UUID(form.person.data))
    team.hand_over(
        session(),
        case,
        user=user,
        stays=bool(form.stays.data),
        reason=form.reason.data or "",
        **acting(),
    )
    return user


def _back(case: CaseFile, said: str) -> Next:
    return Next(url_for(".case_team", case_id=case.id), said)


def _hand_over_form(case: CaseFile) -> HandOverForm:
    form, now = HandOverForm(), clock.now()
    found = cases.case_managers(session(), search=parameters.text("q"), chosen=form.person.data)
    able = [user for user in found if team.can_manage(case, user, now)]
    form.person.offer(Offer(able, found.more), _name, first=_("Choose"))
    return form


def _hand_over_page(case: CaseFile, form: HandOverForm) -> str:
    return render_template(
        "reintegration/cases/hand_over.html",
        **shell(case, "cases.case_team"),
        form=form,
        search=parameters.text("q"),
        manager=user_or_404(session(), case.manager_id).name,
    )


def _form(case: CaseFile) -> TeamForm:
    form = TeamForm()
    if can(CasePermission.MANAGE_TEAM, case):
        found = cases.could_join(
            session(), case, search=parameters.text("q"), chosen=form.person.data
        )
        form.person.offer(found, _name, first=_("Choose"))
    return form


def _name(user: User) -> str:
    return user.name


def _page(case: CaseFile, form: TeamForm) -> str:
    now = clock.now()
    members = cases.team_of(session(), case)
    return render_template(
        "reintegration/cases/team.html",
        **shell(case, "cases.case_team"),
        form=form,
        search=parameters.text("q"),
        present=[(m, user) for m, user in members if team.is_current(m, now)],
        former=[(m, user) for m, user in members if not team.is_current(m, now)],
    )
