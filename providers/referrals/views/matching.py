"""Matching for one planned service: who fits, why, and who does not."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries import matching as reading
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.queries.referrals import for_lines
from providers.referrals.services import matching
from providers.referrals.services.referrals import units_left
from providers.referrals.states import OPEN_REFERRALS
from providers.referrals.views.blueprints import matching_bp as bp
from providers.referrals.views.match_text import counterfactual, exclusions_of, tags_of
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web.current import current_actor


def load_line(plan_line_id: UUID) -> LineWithCase:
    """Return the plan line of an address with its case."""
    return reading.line_or_404(session(), current_actor(), plan_line_id)


@bp.page("/<uuid:plan_line_id>", ReferralPermission.MATCH, load=load_line)
def show(found: LineWithCase) -> ResponseReturnValue:
    """Show the ranked candidates with their reasons, and the excluded ones with why."""
    today = clock.local_day(clock.now())
    left = units_left(session(), found)
    request = reading.request_of(found, units=max(left, 1), today=today)
    candidates = reading.candidates(session(), category=found.line.category, case_id=found.case.id)
    asked = {
        one.offering_id: one
        for one in reversed(for_lines(session(), [found.line.id]))
        if one.state in OPEN_REFERRALS
    }
    return render_template(
        "providers/referrals/match.html",
        line=found.line,
        case=found.case,
        request_=request,
        left=left,
        result=matching.match(request, candidates, today=today),
        asked=asked,
        territory=TERRITORIAL_UNITS,
        tags_of=tags_of,
        exclusions_of=exclusions_of,
        counterfactual=counterfactual,
    )
