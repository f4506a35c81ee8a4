"""The list of cases, and the page of one."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.cases.forms import FactsForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import cases, hand_overs
from reintegration.cases.queries.consents import consented_until, consents_of, is_kept
from reintegration.cases.services import case_moves, notes, origins, registration
from reintegration.cases.states import CaseState, ClosureReason, ConsentScope
from reintegration.cases.views import bp
from reintegration.cases.views.frame import additions, load_case, next_steps, shell
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.kernel.words import member_of
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

_PLAIN_MOVES = frozenset({"activate", "follow_up"})


@bp.page("/", CasePermission.LIST)
def case_list() -> ResponseReturnValue:
    """List one's own cases, last touched first; search and state stand in the address."""
    actor, now = current_actor(), clock.now()
    search, state = parameters.text("q"), parameters.text("state")
    page = cases.cases_page(
        session(), actor, search=search, state=state, cursor=parameters.cursor()
    )
    return render_template(
        "reintegration/cases/list.html",
        page=page,
        counts=cases.state_counts(session(), actor),
        consents=consented_until(session(), [case.id for case in page], clock.local_day(now)),
        given=parameters.those("q", "state"),
        search=search,
        state=state,
        states=CaseState,
        units=TERRITORIAL_UNITS,
        offers=hand_overs.waiting_for(session(), actor),
    )


@bp.page("/<uuid:case_id>", CasePermission.VIEW, load=load_case)
def case_page(case: CaseFile) -> ResponseReturnValue:
    """Show one case: where it stands, what to do now, what has happened."""
    now = clock.now()
    consents = consents_of(session(), case.id)
    added = additions(case)
    return render_template(
        "reintegration/cases/case.html",
        **shell(case, "cases.case_page"),
        steps=next_steps(case, consents, added, now),
        added=added,
        reference=origins.reference_of(session(), case),
        consents=[c for c in consents if c.is_live(clock.local_day(now))],
        moves=[
            (name, case_moves.CASE.moves[name].label)
            for name in case_moves.CASE.available(case, current_actor())
        ],
        plain_moves=_PLAIN_MOVES,
        notes=notes.read_unless_erased(session(), case, limit=3),
        team=cases.team_of(session(), case),
        happenings=cases.happenings(session(), case),
        **_words(),
    )


@bp.form("/<uuid:case_id>/facts", CasePermission.EDIT, load=load_case)
def case_facts(case: CaseFile) -> Asking:
    """Keep what was changed."""
    form = FactsForm(obj=case, speaks=case.language)
    yield Ask(lambda: _facts_page(case, form), form)
    registration.edit_facts(session(), case, facts=form.facts(), **acting())
    return Next(url_for(".case_page", case_id=case.id), _("The facts are kept."))


@bp.act(
    "/<uuid:case_id>/move/<name>",
    CasePermission.EDIT,
    load=lambda case_id, name: load_case(case_id),  # noqa: ARG005
)
def case_move(case: CaseFile) -> Next:
    """Begin work on the plan, or follow-up: both can be changed back."""
    name = (request.view_args or {}).get("name", "")
    if name not in _PLAIN_MOVES:
        raise NotFound
    case_moves.move(session(), case, name, **acting())
    return Next(url_for(".case_page", case_id=case.id))


def _facts_page(case: CaseFile, form: FactsForm) -> str:
    return render_template(
        "reintegration/cases/facts.html",
        **shell(case, "cases.case_page"),
        form=form,
        is_kept=is_kept(session(), case.id, clock.local_day(clock.now())),
    )


def _words() -> dict[str, Any]:
    return {
        "happened": cases.happened(),
        "units": TERRITORIAL_UNITS,
        "scope_of": partial(member_of, ConsentScope),
        "closure_of": partial(member_of, ClosureReason),
    }
