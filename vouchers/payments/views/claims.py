"""Claims as finance checks them: each line beside its delivery and its voucher."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.accounts.queries.users import movers, names_of, organisation_names
from reintegration.accounts.views.act_words import act
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Invalid
from reintegration.papers.views.panel import panel
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking, asked_why
from vouchers.payments.forms.claims import DisputeForm, LinesForm, ReasonForm
from vouchers.payments.models import Claim, ClaimLine
from vouchers.payments.permissions import ClaimPermission, PaymentPermission
from vouchers.payments.queries import claim_documents
from vouchers.payments.queries import claims as queries
from vouchers.payments.services import claim_papers, claims
from vouchers.payments.services.payment_moves import CLAIM
from vouchers.payments.states import ClaimState
from vouchers.payments.views.blueprints import claims_bp as bp
from vouchers.payments.views.claim_text import FLAGS

_SHOWN: dict[str, tuple[ClaimState, ...]] = {
    "check": (ClaimState.SUBMITTED,),
    "disputed": (ClaimState.DISPUTED,),
    "checked": (ClaimState.CHECKED,),
    "in_payment": (ClaimState.IN_PAYMENT,),
    "paid": (ClaimState.PAID,),
    "all": (),
}


def _claim(claim_id: UUID) -> Claim:
    return queries.claim_or_404(session(), current_actor(), claim_id)


def _line(claim_id: UUID, claim_line_id: UUID) -> ClaimLine:
    return queries.claim_line_or_404(session(), current_actor(), claim_id, claim_line_id)


@bp.page("/", ClaimPermission.LIST)
def index() -> ResponseReturnValue:
    """List claims by where they stand."""
    show = parameters.choice("show", _SHOWN, "check")
    search = parameters.text("q")
    page = queries.claims_page(
        session(), current_actor(), states=_SHOWN[show], search=search, cursor=parameters.cursor()
    )
    return render_template(
        "vouchers/payments/claims/index.html",
        page=page,
        show=show,
        search=search,
        counts=queries.counts(session(), current_actor()),
        names=organisation_names(session(), {claim.provider_id for claim in page.rows}),
        given=parameters.those("show", "q"),
        PP=PaymentPermission,
    )


@bp.page("/<uuid:claim_id>", ClaimPermission.VIEW, load=_claim)
def show(claim: Claim) -> ResponseReturnValue:
    """Show each line beside what it is checked against."""
    return _show_page(claim, DisputeForm(formdata=None))


@bp.act("/<uuid:claim_id>/accept", ClaimPermission.CHECK, load=_claim)
def accept(claim: Claim) -> Asking:
    """Accept the ticked lines."""
    form = LinesForm()
    yield Ask(lambda: _show_page(claim, form), form)
    count = claims.accept_lines(session(), claim, line_ids=form.lines.data, **acting())
    if not count:
        raise Invalid(N_("Tick the lines that you accept."))
    return _back(
        claim.id, ngettext("%(num)s line is accepted.", "%(num)s lines are accepted.", count)
    )


@bp.act("/<uuid:claim_id>/dispute", ClaimPermission.DISPUTE, load=_claim)
def dispute(claim: Claim) -> Asking:
    """Send the claim back with the ticked lines in doubt."""
    form = DisputeForm()
    yield Ask(lambda: _show_page(claim, form), form)
    claims.dispute(
        session(), claim, line_ids=form.lines.data, reason=form.reason.data or "", **acting()
    )
    return _back(claim.id, _("The claim went back to the provider with your question."))


@bp.act("/<uuid:claim_id>/check", ClaimPermission.CHECK, load=_claim)
def check(claim: Claim) -> Asking:
    """Say that the claim is right."""
    form = Form()
    yield Ask(lambda: _show_page(claim, form), form)
    claims.check(session(), claim, **acting())
    return _back(claim.id, _("The claim is checked and can be paid."))


@bp.act("/<uuid:claim_id>/close", ClaimPermission.CLOSE, load=_claim)
def close(claim: Claim) -> Next:
    """Close a claim of which nothing is left to pay."""
    claims.close(session(), claim, **acting())
    return _back(claim.id, _("The claim is closed."))


@bp.form(
    "/<uuid:claim_id>/lines/<uuid:claim_line_id>/refuse", ClaimPermission.REFUSE_LINE, load=_line
)
def refuse(line: ClaimLine) -> Asking:
    """Refuse a line: its delivery is reversed."""
    page = "vouchers/payments/claims/refuse.html"
    reason = yield from asked_why(page, ReasonForm(), line=line, claim=line.claim)
    claims.refuse_line(session(), line, reason=reason, **acting())
    return _back(line.claim_id, _("The line is refused and its delivery reversed."))


def _back(claim_id: UUID, said: str) -> Next:
    return Next(url_for(".show", claim_id=claim_id), said)


def _show_page(claim: Claim, form: Form) -> str:
    events = queries.history(session(), CLAIM.name, claim.id)
    order = queries.order_of(session(), claim)
    return render_template(
        "vouchers/payments/claims/show.html",
        claim=claim,
        lines=queries.checked_lines(session(), claim),
        provider=organisation_names(session(), {claim.provider_id})[claim.provider_id],
        moves=CLAIM.available(claim, current_actor()),
        order=order,
        has_act=claim_documents.may_have_act(claim),
        has_advice=claim_documents.may_have_advice(order),
        events=events,
        people=names_of(session(), movers(events)),
        act=act,
        papers=panel(claim_papers.held_by(claim)),
        problem=form.problem,
        asked=form.reason.data if isinstance(form, DisputeForm) else "",
        flags=FLAGS,
        P=ClaimPermission,
    )
