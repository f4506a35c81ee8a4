"""What a provider is asked: of the person, the disclosure and nothing else; and who asks."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.referrals.forms import ReasonForm, RejectForm
from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries import referrals as reading
from providers.referrals.services import referrals
from providers.referrals.services.referral_moves import REFERRAL
from providers.referrals.states import ReferralState, RejectionReason
from providers.referrals.views.blueprints import requests_bp as bp
from providers.referrals.views.chips import state_chips
from providers.referrals.views.disclosure_text import disclosure_rows
from reintegration.kernel import permissions
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

_FILTERS = (
    ReferralState.REQUESTED,
    ReferralState.ACCEPTED,
    ReferralState.IN_PROGRESS,
    ReferralState.COMPLETED,
)


def load_request(referral_id: UUID) -> Referral:
    """Return a request that was sent to the actor's own provider."""
    return reading.request_or_404(session(), current_actor(), referral_id)


@bp.page("/", ReferralPermission.LIST_REQUESTS)
def index() -> ResponseReturnValue:
    """List what the provider was asked, newest first."""
    state = parameters.choice("state", (*_FILTERS, "all"), ReferralState.REQUESTED)
    page = reading.requests_page(
        session(), current_actor(), state=state, cursor=parameters.cursor()
    )
    return render_template(
        "providers/referrals/requests/index.html",
        page=page,
        chips=state_chips(_FILTERS, state),
        given=parameters.those("state"),
    )


@bp.page("/<uuid:referral_id>", ReferralPermission.READ_REQUEST, load=load_request)
def show(referral: Referral) -> ResponseReturnValue:
    """Show one request."""
    return _page(referral)


@bp.act("/<uuid:referral_id>/accept", ReferralPermission.ANSWER, load=load_request)
def accept(referral: Referral) -> Next:
    """Accept, and hold a place."""
    referrals.accept(session(), referral, **acting())
    return _back(referral, _("It is accepted. The case worker was told."))


@bp.form("/<uuid:referral_id>/decline", ReferralPermission.ANSWER, load=load_request)
def reject(referral: Referral) -> Asking:
    """Decline with a reason."""
    form = RejectForm()
    yield Ask(lambda: _form(form, referral, "reject"), form)
    referrals.reject(
        session(),
        referral,
        **acting(),
        reason=RejectionReason(form.rejection.data),
        comment=form.comment.data or "",
    )
    return Next(url_for(".index"), _("It is declined. Thank you for answering."))


@bp.act("/<uuid:referral_id>/start", ReferralPermission.DELIVER, load=load_request)
def start(referral: Referral) -> Next:
    """Say that it has begun."""
    referrals.start(session(), referral, **acting())
    return _back(referral, _("It is marked as begun."))


@bp.act("/<uuid:referral_id>/complete", ReferralPermission.DELIVER, load=load_request)
def complete(referral: Referral) -> Next:
    """Say that everything was delivered."""
    referrals.complete(session(), referral, **acting())
    return _back(referral, _("It is completed. The place is free again."))


@bp.form("/<uuid:referral_id>/not-delivered", ReferralPermission.DELIVER, load=load_request)
def fail(referral: Referral) -> Asking:
    """Say that it did not take place."""
    form = ReasonForm()
    yield Ask(lambda: _form(form, referral, "fail"), form)
    referrals.fail(session(), referral, reason=form.reason.data or "", **acting())
    return _back(referral, _("It is noted. The place is free again."))


def _back(referral: Referral, said: str) -> Next:
    return Next(url_for(".show", referral_id=referral.id), said)


def _page(referral: Referral) -> str:
    return render_template(
        "providers/referrals/requests/show.html",
        referral=referral,
        rows=disclosure_rows(referral.disclosure),
        moves=REFERRAL.available(referral, current_actor()),
        waiting=referral.state == ReferralState.REQUESTED,
        manager=reading.asked_through(session(), referral)
        if permissions.permits(current_actor(), ReferralPermission.ANSWER, referral)
        else None,
    )


def _form(form: RejectForm | ReasonForm, referral: Referral, move: str) -> str:
    REFERRAL.target(referral.state, move)
    titles = {"reject": _("Decline this request?"), "fail": _("It did not take place?")}
    return render_template(
        "providers/referrals/requests/end.html",
        form=form,
        referral=referral,
        title=titles[move],
        label=_(REFERRAL.moves[move].label),
        action=url_for(f".{move}", referral_id=referral.id),
        changes=referrals.preview_end(session(), referral, move, **acting()),
    )
