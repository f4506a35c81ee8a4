"""What a provider is asked. These pages are made from the disclosure and from nothing else."""

from typing import Any
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
from providers.referrals.views.disclosure_text import disclosure_rows
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional

_FILTERS = (
    ReferralState.REQUESTED,
    ReferralState.ACCEPTED,
    ReferralState.IN_PROGRESS,
    ReferralState.COMPLETED,
)


def load_request(referral_id: UUID) -> Referral:
    """Return a request that was sent to the actor's own provider."""
    return reading.request_or_404(session(), current_actor(), referral_id)


@bp.get("/")
@requires(ReferralPermission.LIST_REQUESTS)
def index() -> ResponseReturnValue:
    """List what the provider was asked, newest first."""
    state = parameters.choice("state", (*_FILTERS, "all"), ReferralState.REQUESTED)
    page = reading.requests_page(
        session(), current_actor(), state=state, cursor=parameters.cursor()
    )
    kept: dict[str, Any] = {"state": str(state)}
    return render_template(
        "providers/referrals/requests/index.html",
        page=page,
        chips=[
            {
                "label": _(ReferralState(one).label) if one != "all" else _("All"),
                "url": url_for(".index", state=str(one)),
                "active": one == state,
            }
            for one in (*_FILTERS, "all")
        ],
        newer_url=url_for(".index", page=page.newer, **kept) if page.newer else None,
        older_url=url_for(".index", page=page.older, **kept) if page.older else None,
    )


@bp.get("/<uuid:referral_id>")
@requires(ReferralPermission.READ_REQUEST, load=load_request)
def show(referral: Referral) -> ResponseReturnValue:
    """Show one request."""
    return _page(referral)


@bp.post("/<uuid:referral_id>/accept")
@requires(ReferralPermission.ANSWER, load=load_request)
@transactional
def accept(referral: Referral) -> ResponseReturnValue:
    """Accept, and hold a place."""
    return press(
        lambda: referrals.accept(session(), referral, **acting()),
        said=_("It is accepted. The case worker will be in touch."),
        to=url_for(".show", referral_id=referral.id),
    )


@bp.get("/<uuid:referral_id>/decline")
@requires(ReferralPermission.ANSWER, load=load_request)
def reject(referral: Referral) -> ResponseReturnValue:
    """Ask why."""
    return _form(RejectForm(), referral, "reject")


@bp.post("/<uuid:referral_id>/decline", endpoint="reject_submit")
@requires(ReferralPermission.ANSWER, load=load_request)
@transactional
def reject_submit(referral: Referral) -> ResponseReturnValue:
    """Decline with a reason."""
    form = RejectForm()
    return submit(
        form,
        lambda: referrals.reject(
            session(),
            referral,
            **acting(),
            reason=RejectionReason(form.rejection.data),
            comment=form.comment.data or "",
        ),
        again=lambda: _form(form, referral, "reject"),
        said=_("It is declined. Thank you for answering."),
        to=url_for(".index"),
    )


@bp.post("/<uuid:referral_id>/start")
@requires(ReferralPermission.DELIVER, load=load_request)
@transactional
def start(referral: Referral) -> ResponseReturnValue:
    """Say that it has begun."""
    return press(
        lambda: referrals.start(session(), referral, **acting()),
        said=_("It is marked as begun."),
        to=url_for(".show", referral_id=referral.id),
    )


@bp.post("/<uuid:referral_id>/complete")
@requires(ReferralPermission.DELIVER, load=load_request)
@transactional
def complete(referral: Referral) -> ResponseReturnValue:
    """Say that everything was delivered."""
    return press(
        lambda: referrals.complete(session(), referral, **acting()),
        said=_("It is completed. The place is free again."),
        to=url_for(".show", referral_id=referral.id),
    )


@bp.get("/<uuid:referral_id>/not-delivered")
@requires(ReferralPermission.DELIVER, load=load_request)
def fail(referral: Referral) -> ResponseReturnValue:
    """Ask why it did not take place."""
    return _form(ReasonForm(), referral, "fail")


@bp.post("/<uuid:referral_id>/not-delivered", endpoint="fail_submit")
@requires(ReferralPermission.DELIVER, load=load_request)
@transactional
def fail_submit(referral: Referral) -> ResponseReturnValue:
    """Say that it did not take place."""
    form = ReasonForm()
    return submit(
        form,
        lambda: referrals.fail(session(), referral, reason=form.reason.data or "", **acting()),
        again=lambda: _form(form, referral, "fail"),
        said=_("It is noted. The place is free again."),
        to=url_for(".show", referral_id=referral.id),
    )


def _page(referral: Referral) -> str:
    return render_template(
        "providers/referrals/requests/show.html",
        referral=referral,
        rows=disclosure_rows(referral.disclosure),
        moves=REFERRAL.available(referral, current_actor()),
        waiting=referral.state == ReferralState.REQUESTED,
    )


def _form(form: RejectForm | ReasonForm, referral: Referral, move: str) -> str:
    REFERRAL.target(ReferralState(referral.state), move)
    titles = {"reject": _("Decline this request?"), "fail": _("It did not take place?")}
    return render_template(
        "providers/referrals/requests/end.html",
        form=form,
        referral=referral,
        title=titles[move],
        label=_(REFERRAL.moves[move].label),
        action=url_for(f".{move}", referral_id=referral.id),
    )
