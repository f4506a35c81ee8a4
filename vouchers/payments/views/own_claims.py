"""A provider's own claims, for its bookkeeper: receipts and sums, never a person."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.papers.forms import PagesForm
from reintegration.papers.views.panel import panel, taken
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking, asked
from vouchers.payments.forms.claims import AnswerForm, DeliveriesForm, InvoiceForm, LinesForm
from vouchers.payments.models import Claim
from vouchers.payments.permissions import ClaimPermission
from vouchers.payments.queries import claim_documents, refused_lines
from vouchers.payments.queries import claims as queries
from vouchers.payments.services import claim_papers, claims
from vouchers.payments.services.payment_moves import CLAIM
from vouchers.payments.states import ClaimLineState, ClaimState
from vouchers.payments.views.blueprints import claims_bp as bp

_SHOWN: dict[str, tuple[ClaimState, ...]] = {"all": (), "disputed": (ClaimState.DISPUTED,)}


def _claim(claim_id: UUID) -> Claim:
    return queries.claim_or_404(session(), current_actor(), claim_id)


@bp.page("/mine", ClaimPermission.LIST_OWN)
def mine() -> ResponseReturnValue:
    """Show what waits to be claimed, and the claims; `disputed` are those to answer."""
    actor, show = current_actor(), parameters.choice("show", _SHOWN, "all")
    page = queries.claims_page(session(), actor, states=_SHOWN[show], cursor=parameters.cursor())
    return render_template(
        "vouchers/payments/claims/mine.html",
        waiting=queries.unclaimed_sums(session(), actor),
        page=page,
        show=show,
        given=parameters.those("show"),
    )


@bp.form("/mine/new", ClaimPermission.DRAFT)
def mine_new() -> Asking:
    """Make a draft of what was ticked."""
    form = DeliveriesForm()
    yield Ask(lambda: _new_page(form.problem), form)
    claim = claims.draft(session(), redemption_ids=form.deliveries.data, **acting())
    return Next(url_for(".mine_show", claim_id=claim.id))


@bp.page("/mine/<uuid:claim_id>", ClaimPermission.VIEW_OWN, load=_claim)
def mine_show(claim: Claim) -> ResponseReturnValue:
    """Show one claim and what can be done with it."""
    return _show_page(claim)


@bp.act("/mine/<uuid:claim_id>/submit", ClaimPermission.SUBMIT, load=_claim)
def mine_submit(claim: Claim) -> Asking:
    """Send the claim with the number and the amount of the invoice."""
    form = InvoiceForm(claim.currency)
    yield Ask(lambda: _show_page(claim, invoice=form), form)
    claims.submit(
        session(),
        claim,
        invoice_number=form.invoice_number.data or "",
        invoiced=form.money,
        **acting(),
    )
    return _back(claim, _("The claim is sent. You see here when it is checked and paid."))


@bp.act("/mine/<uuid:claim_id>/leave-out", ClaimPermission.SUBMIT, load=_claim)
def mine_leave_out(claim: Claim) -> Asking:
    """Take ticked lines out of a draft."""
    form = LinesForm()
    yield Ask(lambda: _show_page(claim, problem=form.problem), form)
    claims.leave_out(session(), claim, line_ids=form.lines.data, **acting())
    return _back(claim, _("The lines are left out. They can be claimed later."))


@bp.act("/mine/<uuid:claim_id>/answer", ClaimPermission.SUBMIT, load=_claim)
def mine_answer(claim: Claim) -> Asking:
    """Answer a dispute."""
    form = AnswerForm()
    yield Ask(lambda: _show_page(claim, answer=form), form)
    claims.answer(session(), claim, text=form.answer.data or "", **acting())
    return _back(claim, _("Your answer is sent."))


@bp.act("/mine/<uuid:claim_id>/again", ClaimPermission.SUBMIT, load=_claim)
def mine_again(claim: Claim) -> Asking:
    """Make a draft of what was refused and can be claimed now."""
    form = Form()
    yield Ask(lambda: _show_page(claim, problem=form.problem), form)
    made = claims.claim_again(session(), claim, **acting())
    said = _("Look why it was refused, then send it with your invoice.")
    return Next(url_for(".mine_show", claim_id=made.id), said)


@bp.act("/mine/<uuid:claim_id>/papers", ClaimPermission.VIEW_OWN, load=_claim)
def mine_papers(claim: Claim) -> Asking:
    """Take the invoice, or what proves a line, as a paper."""
    held = claim_papers.held_by(claim)
    return (yield from taken(held, lambda form: _show_page(claim, pages=form)))


@bp.form("/mine/<uuid:claim_id>/withdraw", ClaimPermission.WITHDRAW, load=_claim)
def mine_withdraw(claim: Claim) -> Asking:
    """Take a claim back."""
    yield asked("vouchers/payments/claims/mine_withdraw.html", claim=claim)
    claims.withdraw(session(), claim, **acting())
    return Next(url_for(".mine"), _("The claim is withdrawn. What it held can be claimed again."))


def _back(claim: Claim, said: str) -> Next:
    return Next(url_for(".mine_show", claim_id=claim.id), said)


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
    pages: PagesForm | None = None,
    problem: str = "",
) -> str:
    order = queries.order_of(session(), claim)
    is_draft = claim.state == ClaimState.DRAFT
    return render_template(
        "vouchers/payments/claims/mine_show.html",
        claim=claim,
        deliveries=queries.deliveries_of(session(), claim),
        moves=CLAIM.available(claim, current_actor()),
        invoice=invoice or InvoiceForm(claim.currency),
        answer=answer or AnswerForm(),
        order=order,
        again=_again(claim),
        before=refused_lines.reasons_before(session(), claim) if is_draft else {},
        has_act=claim_documents.may_have_act(claim),
        has_advice=claim_documents.may_have_advice(order),
        papers=panel(claim_papers.held_by(claim), action=_papers_url(claim), form=pages),
        problem=problem,
    )


def _again(claim: Claim) -> list[refused_lines.Refused]:
    if all(line.state != ClaimLineState.REFUSED for line in claim.lines):
        return []
    return refused_lines.claimable_again(session(), claim)


def _papers_url(claim: Claim) -> str | None:
    if not claim_papers.takes_papers(claim):
        return None
    return url_for(".mine_papers", claim_id=claim.id)
