"""The papers of a claim, for its provider and for finance: both read, and sign, the same."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.money import Money, total
from reintegration.settings import Settings
from reintegration.web.counting import counted
from reintegration.web.current import current_actor
from reintegration.web.filters import amount, day, money
from reintegration.web.i18n import reader_language
from reintegration.web.table_files import Row, csv_file
from vouchers.payments.models import Claim
from vouchers.payments.permissions import ClaimPermission
from vouchers.payments.queries import claim_documents as queries
from vouchers.payments.queries import claims as reading
from vouchers.payments.queries.claim_documents import Act, Advice, PaperLine
from vouchers.payments.queries.payees import masked
from vouchers.payments.services import documents
from vouchers.payments.services.documents import Column, Document, Signature, Table
from vouchers.payments.views.blueprints import claims_bp as bp
from vouchers.voucher.services.paper import Fact


def _claim(claim_id: UUID) -> Claim:
    return reading.claim_or_404(session(), current_actor(), claim_id)


@bp.page("/<uuid:claim_id>/act.pdf", ClaimPermission.PRINT, load=_claim)
def act_paper(claim: Claim) -> ResponseReturnValue:
    """Give the act of acceptance, to be signed by both sides."""
    found = _act_of(claim)
    return _paper(_act(found), f"{claim.reference}-act")


@bp.page("/<uuid:claim_id>/act.csv", ClaimPermission.PRINT, load=_claim)
def act_table(claim: Claim) -> ResponseReturnValue:
    """Give the lines of the act as a table."""
    found = _act_of(claim)
    return _table(found.lines, f"{claim.reference}-act")


@bp.page("/<uuid:claim_id>/payment.pdf", ClaimPermission.PRINT, load=_claim)
def advice_paper(claim: Claim) -> ResponseReturnValue:
    """Give the advice of the payment: what it pays, when, and where to."""
    found = _advice_of(claim)
    return _paper(_advice(found), found.order.reference)


@bp.page("/<uuid:claim_id>/payment.csv", ClaimPermission.PRINT, load=_claim)
def advice_table(claim: Claim) -> ResponseReturnValue:
    """Give the lines that a payment pays as a table."""
    found = _advice_of(claim)
    return _table(found.lines, found.order.reference, found.order.offset)


def _act_of(claim: Claim) -> Act:
    found = queries.act_of(session(), claim)
    if found is None:
        raise Conflict(N_("There is an act once finance has checked the claim."))
    return found


def _advice_of(claim: Claim) -> Advice:
    found = queries.advice_of(session(), claim)
    if found is None:
        raise Conflict(N_("There is an advice once the payment of this claim is sent."))
    return found


def _paper(document: Document, name: str) -> Response:
    made = documents.pdf(document, made_at=clock.now())
    return _named(Response(made, mimetype="application/pdf"), f"{name}.pdf")


def _table(lines: Iterable[PaperLine], name: str, offset: Money | None = None) -> Response:
    content = csv_file(_head(), _rows(lines, offset))
    return _named(Response(content, mimetype="text/csv"), f"{name}.csv")


def _named(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _head() -> list[str]:
    return [
        _("Claim"),
        _("Receipt"),
        _("Service"),
        _("Delivered"),
        _("Quantity"),
        _("Currency"),
        _("Amount"),
        _("State"),
    ]


def _rows(lines: Iterable[PaperLine], offset: Money | None) -> Iterator[Row]:
    """Give each line, and what was set off: it is taken from what is paid."""
    rows: list[Row] = [
        (
            line.claim,
            line.delivered.receipt,
            _service(line),
            line.delivered.delivered_on.isoformat(),
            str(line.delivered.units or ""),
            line.amount.currency,
            line.amount.decimal,
            _state(line),
        )
        for line in lines
    ]
    if offset:
        rows.append(("", "", _("Set off"), "", "", offset.currency, (-offset).decimal, ""))
    return iter(rows)


def _act(found: Act) -> Document:
    claim = found.claim
    assert claim.checked_at is not None
    accepted = [line.amount for line in found.lines if line.accepted]
    payer = found.payer or _sender()
    number = _("%(number)s of %(day)s", number=claim.reference, day=day(claim.checked_at))
    return Document(
        lang=reader_language(),
        number=claim.reference,
        title=_("Act of acceptance of services"),
        subtitle=str(number),
        facts=[
            *_parties(found.provider.legal_name, found.provider.identifier, payer),
            Fact(_("Period"), f"{day(claim.period_from)} – {day(claim.period_until)}"),
            Fact(_("Invoice"), f"{claim.invoice_number}, {money(claim.invoiced)}"),
            Fact(_("Accepted sum"), money(total(accepted, claim.currency))),
        ],
        tables=[_services(found, total(accepted, claim.currency)), _lines(found.lines)],
        notes=[
            _("The provider gave these services and the payer accepted them, as written above."),
            _("What is refused is not paid: it is not counted in the sums."),
        ],
        signatures=[
            Signature(_("For the provider"), _signed_by()),
            Signature(_("For the payer"), _signed_by()),
        ],
    )


def _advice(found: Advice) -> Document:
    order = found.order
    day_word = _("Paid on") if found.is_paid else _("Expected on")
    invoices = ", ".join(one.invoice_number for one in found.claims if one.invoice_number)
    facts = [
        *_parties(found.provider.legal_name, found.provider.identifier, found.payer or _sender()),
        Fact(_("Account"), masked(order)),
        Fact(day_word, day(found.on)),
        Fact(_("Claims"), ", ".join(one.reference for one in found.claims)),
        Fact(_("Invoices"), invoices or "–"),
        Fact(_("Amount"), money(order.amount)),
    ]
    notes = []
    if order.offset:
        facts.append(Fact(_("Set off"), money(order.offset)))
        notes.append(_("The lines are paid by the amount and by what is set off, together."))
    if order.taken_back:
        facts.append(Fact(_("Taken back"), money(order.taken_back)))
    return Document(
        lang=reader_language(),
        number=order.reference,
        title=_("Advice of payment"),
        subtitle=order.reference,
        facts=facts,
        tables=[_lines(found.lines)],
        notes=notes,
    )


def _parties(name: str, identifier: str, payer: str) -> list[Fact]:
    return [Fact(_("Provider"), f"{name}, {identifier}"), Fact(_("Payer"), payer)]


def _services(found: Act, sum_of_all: Money) -> Table:
    rows = [
        [
            one.service.label,
            counted(one.units, one.unit) if one.units else "–",
            amount(one.price) if one.price else "–",
            amount(one.amount),
        ]
        for one in found.services
    ]
    columns = [
        Column(_("Service"), is_wide=True),
        Column(_("Quantity")),
        Column(_("Price"), is_sum=True),
        Column(_("Amount, %(currency)s", currency=found.claim.currency), is_sum=True),
    ]
    return Table(_("Services"), columns, rows, [_("Accepted sum"), "", "", amount(sum_of_all)])


def _lines(lines: Sequence[PaperLine]) -> Table:
    rows = [
        [
            line.claim,
            line.delivered.receipt,
            _service(line),
            day(line.delivered.delivered_on),
            counted(line.delivered.units, line.delivered.unit) if line.delivered.units else "–",
            amount(line.amount),
            _state(line),
        ]
        for line in lines
    ]
    columns = [
        Column(_("Claim")),
        Column(_("Receipt")),
        Column(_("Service"), is_wide=True),
        Column(_("Delivered")),
        Column(_("Quantity")),
        Column(_("Amount"), is_sum=True),
        Column(_("State")),
    ]
    return Table(_("Lines"), columns, rows)


def _service(line: PaperLine) -> str:
    return queries.service_of(line).label


def _state(line: PaperLine) -> str:
    return str(_("accepted") if line.accepted else _("refused"))


def _signed_by() -> list[str]:
    return [_("Position and signature"), _("Date of signing")]


def _sender() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.sender
