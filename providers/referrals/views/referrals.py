"""Referrals of case managers: write, see what will be told, send, follow, take back."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.models import Offering
from providers.referrals.forms import ConfirmForm, ReasonForm, ReferralForm
from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries import matching as match_reading
from providers.referrals.queries import referrals as reading
from providers.referrals.queries.matching import LineWithCase
from providers.referrals.services import matching, referrals
from providers.referrals.services.disclosure import LONGEST_NOTE
from providers.referrals.services.referral_moves import REFERRAL
from providers.referrals.states import ReferralState
from providers.referrals.views.blueprints import referrals_bp as bp
from providers.referrals.views.chips import state_chips
from providers.referrals.views.disclosure_text import disclosure_rows
from providers.referrals.views.matching import load_line
from providers.vetting.queries.vetting import offering_or_404
from reintegration.accounts.queries.history import moves_of
from reintegration.accounts.queries.users import organisation_names
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import instant
from reintegration.web.forms import given
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking, asked_why

_FILTERS = (
    "open",
    ReferralState.REQUESTED,
    ReferralState.ACCEPTED,
    ReferralState.IN_PROGRESS,
    ReferralState.REJECTED,
    ReferralState.COMPLETED,
)


def load_referral(referral_id: UUID) -> Referral:
    """Return a referral within the caseload."""
    return reading.referral_or_404(session(), current_actor(), referral_id)


def load_choice(plan_line_id: UUID, offering_id: UUID) -> "Choice":
    """Return a plan line of the caseload and the offering that was chosen for it."""
    return Choice(load_line(plan_line_id), offering_or_404(session(), offering_id))


class Choice:
    """What a referral would join; rules find `case_id` on it."""

    def __init__(self, found: LineWithCase, offering: Offering) -> None:
        self.found, self.offering = found, offering
        self.case_id = found.case_id


@bp.page("/", ReferralPermission.LIST)
def index() -> ResponseReturnValue:
    """List the referrals of one's cases, newest first."""
    state = parameters.choice("state", (*_FILTERS, "all"), "open")
    mine = parameters.is_on("mine")
    page, rows = reading.referrals_page(
        session(), current_actor(), state=state, mine=mine, cursor=parameters.cursor()
    )
    return render_template(
        "providers/referrals/index.html",
        page=page,
        rows=rows,
        chips=state_chips(_FILTERS, state),
        given=parameters.those("state", "mine"),
    )


@bp.form("/new/<uuid:plan_line_id>/<uuid:offering_id>", ReferralPermission.SEND, load=load_choice)
def new(choice: Choice) -> Asking:
    """Write a draft, and lead to what would be told."""
    found, offering = choice.found, choice.offering
    left = referrals.units_left(session(), found)
    form = ReferralForm(units=left or 1, starts_on=_first_day(found))
    yield Ask(lambda: _write_page(form, found, offering), form)
    referral = referrals.draft(
        session(),
        found=found,
        offering=offering,
        asked=form.value(),
        match=_match_of(found, offering),
        **acting(),
    )
    return Next(url_for(".preview", referral_id=referral.id))


@bp.form("/<uuid:referral_id>/change", ReferralPermission.SEND, load=load_referral)
def change(referral: Referral) -> Asking:
    """Write the draft anew."""
    found = _line_of(referral)
    form = ReferralForm(obj=referral, note=referral.disclosure["note"])
    yield Ask(lambda: _write_page(form, found, referral.offering, referral), form)
    referrals.change_draft(session(), referral, found=found, asked=form.value(), **acting())
    return Next(url_for(".preview", referral_id=referral.id))


@bp.page("/<uuid:referral_id>/preview", ReferralPermission.SEND, load=load_referral)
def preview(referral: Referral) -> ResponseReturnValue:
    """Show exactly what the provider will see, before anything is sent."""
    if referral.state != ReferralState.DRAFT:
        return redirect(url_for(".show", referral_id=referral.id))
    return render_template(
        "providers/referrals/preview.html",
        referral=referral,
        rows=disclosure_rows(referral.disclosure),
        provider_name=_provider_name(referral),
        form=ConfirmForm(),
    )


@bp.act("/<uuid:referral_id>/send", ReferralPermission.SEND, load=load_referral)
def send(referral: Referral) -> Next:
    """Send what was shown."""
    referrals.send(session(), referral, found=_line_of(referral), **acting())
    return _back(
        referral,
        _(
            "It is sent. The provider can answer until %(when)s.",
            when=instant(given(referral.answer_by)),
        ),
    )


@bp.page("/<uuid:referral_id>", ReferralPermission.VIEW, load=load_referral)
def show(referral: Referral) -> ResponseReturnValue:
    """Show a referral: what the provider saw, what it said, what happened."""
    return render_template(
        "providers/referrals/show.html",
        referral=referral,
        rows=disclosure_rows(referral.disclosure),
        provider_name=_provider_name(referral),
        case_code=reading.case_codes(session(), [referral.case_id]).get(referral.case_id, ""),
        history=moves_of(session(), REFERRAL.name, referral.id),
        moves=REFERRAL.available(referral, current_actor()),
        machine=REFERRAL.moves,
    )


@bp.form("/<uuid:referral_id>/cancel", ReferralPermission.CANCEL, load=load_referral)
def cancel(referral: Referral) -> Asking:
    """Take a referral back."""
    reason = yield from asked_why(
        "providers/referrals/cancel.html",
        ReasonForm(),
        referral=referral,
        provider_name=_provider_name(referral),
        changes=referrals.preview_end(session(), referral, "cancel", **acting()),
    )
    referrals.cancel(session(), referral, reason=reason, **acting())
    return _back(referral, _("The referral is cancelled."))


def _back(referral: Referral, said: str) -> Next:
    return Next(url_for(".show", referral_id=referral.id), said)


def _write_page(
    form: ReferralForm, found: LineWithCase, offering: Offering, referral: Referral | None = None
) -> str:
    if referral is None:
        action = url_for(".new", plan_line_id=found.line.id, offering_id=offering.id)
        back_url = url_for("matching.show", plan_line_id=found.line.id)
    else:
        action = url_for(".change", referral_id=referral.id)
        back_url = url_for(".preview", referral_id=referral.id)
    return render_template(
        "providers/referrals/write.html",
        form=form,
        line=found.line,
        case=found.case,
        offering=offering,
        left=referrals.units_left(session(), found),
        limit=LONGEST_NOTE,
        action=action,
        back_url=back_url,
    )


def _first_day(found: LineWithCase) -> date:
    return match_reading.request_of(found, units=1, today=_today()).starts_on


def _match_of(found: LineWithCase, offering: Offering) -> dict[str, Any]:
    """Return what matching says of this offering now, to be kept with the referral."""
    wanted = match_reading.request_of(found, units=1, today=_today())
    candidates = match_reading.candidates(
        session(), category=found.line.category, case_id=found.case.id
    )
    result = matching.match(wanted, candidates, today=_today())
    for one in (*result.ranked, *result.excluded):
        if one.candidate.offering_id == offering.id:
            return matching.as_record(one)
    return {}


def _line_of(referral: Referral) -> LineWithCase:
    return load_line(referral.plan_line_id)


def _provider_name(referral: Referral) -> str:
    names = organisation_names(session(), [referral.provider_id])
    return names.get(referral.provider_id, "")


def _today() -> date:
    return clock.local_day(clock.now())
