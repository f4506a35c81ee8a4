"""A provider's own claims, for its bookkeeper: receipts and sums, never a person."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional
from vouchers.payments.forms.claims import AnswerForm, DeliveriesForm, InvoiceForm, LinesForm
from vouchers.payments.models import Claim
from vouchers.payments.permissions import ClaimPermission
from vouchers.payments.queries import claims as queries
from vouchers.payments.services import claims
from vouchers.payments.services.payment_moves import CLAIM
from vouchers.payments.views.blueprints import claims_bp as bp


def _claim(claim_id: UUID) -> Claim:
    return queries.claim_or_404(session(), current_actor(), claim_id)


@bp.get("/mine")
@requires(ClaimPermission.LIST_OWN)
def mine() -> ResponseReturnValue:
    """Show what waits to be claimed, and the claims."""
    page = queries.claims_page(session(), current_actor(), cursor=parameters.cursor())
    return render_template(
        "vouchers/payments/claims/mine.html",
        waiting=queries.unclaimed_sums(session(), current_actor()),
        page=page,
        older_url=url_for(".mine", page=page.older) if page.older else None,
        newer_url=url_for(".mine", page=page.newer) if page.newer else None,
    )


@bp.get("/mine/new")
@requires(ClaimPermission.DRAFT)
def mine_new() -> ResponseReturnValue:
    """Show what can be claimed in a currency and a period."""
    return _new_page()


@bp.post("/mine/new", endpoint="mine_create")
@requires(ClaimPermission.DRAFT)
@transactional
def mine_create() -> ResponseReturnValue:
    """Make a draft of what was ticked."""
    form = DeliveriesForm()
    return submit(
        form,
        lambda: claims.draft(session(), redemption_ids=form.deliveries.data, **acting()),
        again=lambda: _new_page(form.problem),
        to=lambda claim: url_for(".mine_show", claim_id=claim.id),
    )


@bp.get("/mine/<uuid:claim_id>")
@requires(ClaimPermission.VIEW_OWN, load=_claim)
def mine_show(claim: Claim) -> ResponseReturnValue:
    """Show one claim and what can be done with it."""
    return _show_page(claim)


@bp.post("/mine/<uuid:claim_id>/submit")
@requires(ClaimPermission.SUBMIT, load=_claim)
@transactional
def mine_submit(claim: Claim) -> ResponseReturnValue:
    """Send the claim with the number and the amount of the invoice."""
    form = InvoiceForm(claim.currency)
    return submit(
        form,
        lambda: claims.submit(
            session(),
            claim,
            invoice_number=form.invoice_number.data or "",
            invoiced=form.money,
            **acting(),
        ),
        again=lambda: _show_page(claim, invoice=form),
        said=_("The claim is sent. You see here when it is checked and paid."),
        to=url_for(".mine_show", claim_id=claim.id),
    )


@bp.post("/mine/<uuid:claim_id>/leave-out")
@requires(ClaimPermission.SUBMIT, load=_claim)
@transactional
def mine_leave_out(claim: Claim) -> ResponseReturnValue:
    """Take ticked lines out of a draft."""
    form = LinesForm()
    return submit(
        form,
        lambda: claims.leave_out(session(), claim, line_ids=form.lines.data, **acting()),
        again=lambda: _show_page(claim, problem=form.problem),
        said=_("The lines are left out. They can be claimed later."),
        to=url_for(".mine_show", claim_id=claim.id),
    )


@bp.post("/mine/<uuid:claim_id>/answer")
@requires(ClaimPermission.SUBMIT, load=_claim)
@transactional
def mine_answer(claim: Claim) -> ResponseReturnValue:
    """Answer a dispute."""
    form = AnswerForm()
    return submit(
        form,
        lambda: claims.answer(session(), claim, text=form.answer.data or "", **acting()),
        again=lambda: _show_page(claim, answer=form),
        said=_("Your answer is sent."),
        to=url_for(".mine_show", claim_id=claim.id),
    )


@bp.get("/mine/<uuid:claim_id>/withdraw")
@requires(ClaimPermission.WITHDRAW, load=_claim)
def mine_withdraw_confirm(claim: Claim) -> ResponseReturnValue:
    """Ask before a claim is withdrawn."""
    return render_template("vouchers/payments/claims/mine_withdraw.html", claim=claim)


@bp.post("/mine/<uuid:claim_id>/withdraw")
@requires(ClaimPermission.WITHDRAW, load=_claim)
@transactional
def mine_withdraw(claim: Claim) -> ResponseReturnValue:
    """Take a claim back."""
    return press(
        lambda: claims.withdraw(session(), claim, **acting()),
        said=_("The claim is withdrawn. What it held can be claimed again."),
        to=url_for(".mine"),
    )


def _new_page(problem: str = "") -> str:
    actor = current_actor()
    sums = queries.unclaimed_sums(session(), actor)
    currencies = [one.currency for one in sums]
    currency = parameters.choice("currency", currencies, (currencies or ["MDL"])[0])
    since, until = parameters.day("since"), parameters.day("until")
    return render_template(
        "vouchers/payments/claims/mine_new.html",
        deliveries=queries.unclaimed(session(), actor, currency=currency, since=since, until=until),
        at_once=queries.AT_ONCE,
        currency=currency,
        currencies=currencies,
        since=since,
        until=until,
        problem=problem,
    )


def _show_page(
    claim: Claim,
    *,
    invoice: InvoiceForm | None = None,
    answer: AnswerForm | None = None,
    problem: str = "",
) -> str:
    order = queries.order_of(session(), claim)
    return render_template(
        "vouchers/payments/claims/mine_show.html",
        claim=claim,
        deliveries=queries.deliveries_of(session(), claim),
        moves=CLAIM.available(claim, current_actor()),
        invoice=invoice or InvoiceForm(claim.currency),
        answer=answer or AnswerForm(),
        order=order,
        problem=problem,
    )
