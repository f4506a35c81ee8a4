"""Matching for one planned service: who fits, why, and who does not."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from providers.directory.queries.documents import is_old
from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries import matching as reading
from providers.referrals.queries.match_facts import MatchRequest
from providers.referrals.queries.matching import LineWithCase, StepWithCase
from providers.referrals.queries.referrals import for_lines
from providers.referrals.services import matching
from providers.referrals.services.match_filters import OF_THE_PERSON
from providers.referrals.services.referrals import units_left
from providers.referrals.states import OPEN_REFERRALS
from providers.referrals.views.blueprints import matching_bp as bp
from providers.referrals.views.match_text import counterfactual, exclusions_of, tags_of
from reintegration.accounts.queries.users import whom_to_ask
from reintegration.cases.models import CaseFile
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.kernel.actor import Role
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import current_actor


def load_line(plan_line_id: UUID) -> LineWithCase:
    """Return the plan line of an address with its case."""
    return reading.line_or_404(session(), current_actor(), plan_line_id)


@bp.page("/<uuid:plan_line_id>", ReferralPermission.MATCH, load=load_line)
def show(found: LineWithCase) -> ResponseReturnValue:
    """Show the ranked candidates with their reasons, and the excluded ones with why."""
    today = clock.local_day(clock.now())
    left = units_left(session(), found)
    asked = {
        one.offering_id: one
        for one in reversed(for_lines(session(), [found.line.id]))
        if one.state in OPEN_REFERRALS
    }
    request = reading.request_of(found, units=max(left, 1), today=today)
    return _page(found.case, request, today, line=found.line, left=left, asked=asked)


def load_step(milestone_id: UUID) -> StepWithCase:
    """Return the step of an address with its case."""
    return reading.step_or_404(session(), current_actor(), milestone_id)


@bp.page("/steps/<uuid:milestone_id>", ReferralPermission.MATCH, load=load_step)
def would_fit(found: StepWithCase) -> ResponseReturnValue:
    """Show who would fit a service that is not planned yet; nobody can be asked from here."""
    category = parameters.choice("category", ServiceCategory)
    if not category:
        step = found.milestone
        return redirect(url_for("plans.line_choose", case_id=step.case_id, milestone=step.id))
    today = clock.local_day(clock.now())
    request = reading.first_request(found, ServiceCategory(category), today=today)
    return _page(found.case, request, today, line=None, left=0, asked={})


def _page(case: CaseFile, request: MatchRequest, today: date, **more: Any) -> str:
    candidates = reading.candidates(session(), category=request.category, case_id=case.id)
    result = matching.match(request, candidates, today=today)
    in_the_way = matching.codes_in_the_way(result)
    return render_template(
        "providers/referrals/match.html",
        case=case,
        category=ServiceCategory(request.category),
        request_=request,
        result=result,
        dearer=matching.cheapest_beyond(result),
        in_the_way=in_the_way,
        by_facts=bool(in_the_way & OF_THE_PERSON),
        officers="" if candidates else whom_to_ask(session(), Role.VETTING_OFFICER),
        territory=TERRITORIAL_UNITS,
        is_old=is_old,
        tags_of=tags_of,
        exclusions_of=exclusions_of,
        counterfactual=counterfactual,
        **more,
    )
