"""The workspace of vetting officers: what waits, what is missing, who decided what."""

from collections.abc import Generator, Sequence
from datetime import timedelta
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.models import Offering, Provider, VettingDocument
from providers.directory.queries.checklists import checklist_of
from providers.directory.queries.documents import checklist
from providers.directory.states import OfferingState
from providers.directory.views.directory import load_provider
from providers.directory.views.lists import languages
from providers.vetting.forms import ApproveForm, AssessForm, DocumentForm, ReasonForm
from providers.vetting.permissions import VettingPermission
from providers.vetting.queries import vetting as reading
from providers.vetting.services import document_papers, documents, vetting
from providers.vetting.views.blueprints import vetting_bp as bp
from reintegration.accounts.queries.history import PastMove, moves_of
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.kernel.hooks import Change
from reintegration.kernel.signing import signers
from reintegration.papers.forms import PagesForm
from reintegration.papers.views.panel import panel, taken
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import given
from reintegration.web.i18n import reader_language
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

_VIEW, _KEEP = VettingPermission.VIEW, VettingPermission.KEEP_DOCUMENTS
QUEUES = (
    OfferingState.SUBMITTED,
    OfferingState.PENDING_APPROVAL,
    OfferingState.INFO_REQUESTED,
    OfferingState.SUSPENDED,
    OfferingState.EXPIRED,
    OfferingState.APPROVED,
    OfferingState.REJECTED,
)
WITH_REASON = ("request_info", "reject")


def load_offering(offering_id: UUID) -> Offering:
    """Return the offering of an address."""
    return reading.offering_or_404(session(), offering_id)


def load_document(document_id: UUID) -> VettingDocument:
    """Return the document of an address."""
    return reading.document_or_404(session(), document_id)


@bp.page("/", VettingPermission.LIST)
def queue() -> ResponseReturnValue:
    """List what waits for an officer, or offerings in one state; the longest wait stands first."""
    chosen = parameters.choice("state", QUEUES)
    states = (OfferingState(chosen),) if chosen else reading.WAITING
    search = parameters.text("q")
    page = reading.queue(session(), states=states, search=search, cursor=parameters.cursor())
    counts = reading.counts(session())
    tabs: list[tuple[str, str]] = [("", _("Waiting")), *((one, _(one.label)) for one in QUEUES)]
    return render_template(
        "providers/vetting/queue.html",
        page=page,
        title=dict(tabs)[chosen],
        tabs=[
            {
                "label": label,
                "url": url_for(".queue", state=state or None),
                "active": state == chosen,
                "count": counts[state],
            }
            for state, label in tabs
        ],
        given=parameters.those("state", "q"),
        search=search,
    )


@bp.page("/<uuid:offering_id>", _VIEW, load=load_offering)
def show(offering: Offering) -> ResponseReturnValue:
    """Show one offering with its checks and its history."""
    return _page(offering, _approve_form())


@bp.act("/<uuid:offering_id>/assess", VettingPermission.ASSESS, load=load_offering)
def assess(offering: Offering) -> Asking:
    """Say that it is checked; another officer approves."""
    form = _assess_form(offering)
    yield Ask(lambda: _page(offering, _approve_form(), form), form)
    vetting.assess(session(), offering, looked_at=form.lines, **acting())
    return _back(offering, _("It is checked. Another officer must approve it."))


@bp.act("/<uuid:offering_id>/approve", VettingPermission.APPROVE, load=load_offering)
def approve(offering: Offering) -> Asking:
    """Approve until a day."""
    form = ApproveForm()
    yield Ask(lambda: _page(offering, form), form)
    vetting.approve(session(), offering, until=given(form.until.data), **acting())
    return _back(offering, _("It is approved and can be matched from now on."))


@bp.form("/<uuid:offering_id>/ask", VettingPermission.REQUEST_INFO, load=load_offering)
def request_info(offering: Offering) -> Asking:
    """Ask the provider."""
    reason = yield from _why(offering, "request_info")
    vetting.move(session(), offering, "request_info", reason=reason, **acting())
    return _back(offering, _("The provider is asked."))


@bp.form("/<uuid:offering_id>/reject", VettingPermission.REJECT, load=load_offering)
def reject(offering: Offering) -> Asking:
    """Reject with a reason that the provider reads."""
    reason = yield from _why(offering, "reject")
    vetting.move(session(), offering, "reject", reason=reason, **acting())
    return _back(offering, _("It is rejected."))


@bp.form("/<uuid:offering_id>/suspend", VettingPermission.SUSPEND, load=load_offering)
def suspend(offering: Offering) -> Asking:
    """Suspend at once, after showing what that stops."""
    reason = yield from _why(offering, "suspend")
    vetting.suspend(session(), offering, reason=reason, **acting())
    return _back(offering, _("It is suspended. Another officer can lift the suspension."))


@bp.form("/<uuid:offering_id>/reinstate", VettingPermission.REINSTATE, load=load_offering)
def reinstate(offering: Offering) -> Asking:
    """Lift a suspension, after showing what goes on then."""
    reason = yield from _why(offering, "reinstate")
    vetting.reinstate(session(), offering, reason=reason, **acting())
    return _back(offering, _("The suspension is lifted."))


@bp.form("/of/<uuid:provider_id>/documents/new", _KEEP, load=load_provider)
def document_new(provider: Provider) -> Asking:
    """Record a document."""
    form = DocumentForm(kind=parameters.choice("kind", DocumentKind))
    yield Ask(lambda: _document_page(form, provider), form)
    document = documents.add_document(session(), provider=provider, **form.said(), **acting())
    return Next(
        url_for(".document_edit", document_id=document.id),
        _("The document is recorded as checked by you. Photograph it below."),
    )


@bp.form("/documents/<uuid:document_id>", _KEEP, load=load_document)
def document_edit(document: VettingDocument) -> Asking:
    """Correct a document."""
    form = DocumentForm(obj=document)
    provider = load_provider(document.provider_id)
    yield Ask(lambda: _document_page(form, provider, document), form)
    documents.change_document(session(), document, **form.said(), **acting())
    return _provider(provider.id, _("The document is corrected and counts as checked by you."))


@bp.act("/documents/<uuid:document_id>/papers", _KEEP, load=load_document)
def document_papers_add(document: VettingDocument) -> Asking:
    """Take the document itself as a paper."""
    form, provider = DocumentForm(formdata=None, obj=document), load_provider(document.provider_id)
    held = document_papers.held_by(document)
    return (yield from taken(held, lambda pages: _document_page(form, provider, document, pages)))


@bp.form("/documents/<uuid:document_id>/remove", _KEEP, load=load_document)
def document_remove(document: VettingDocument) -> Asking:
    """Take out a document that was recorded by mistake."""
    yield Ask(lambda: _remove_page(document))
    documents.remove_document(session(), document, **acting())
    return _provider(document.provider_id, _("The document is removed."))


def _approve_form() -> ApproveForm:
    today = clock.local_day(clock.now())
    lasts = vetting.APPROVED_FOR.on(today) - timedelta(days=1)
    return ApproveForm(formdata=None, until=today + lasts)


def _assess_form(offering: Offering) -> AssessForm:
    form = AssessForm()
    found = checklist_of(offering.provider.jurisdiction, clock.local_day(clock.now()))
    form.ask(found.lines, reader_language())
    return form


def _page(offering: Offering, form: ApproveForm, assessing: AssessForm | None = None) -> str:
    actor = current_actor()
    today = clock.local_day(clock.now())
    provider = load_provider(offering.provider_id)
    history = moves_of(session(), vetting.OFFERING.name, offering.id)
    return render_template(
        "providers/vetting/show.html",
        offering=offering,
        provider=provider,
        form=form,
        assessing=assessing or _assess_form(offering),
        looked_at=_looked_at(history),
        checks=checklist(offering, provider.documents, today),
        moves=vetting.OFFERING.available(offering, actor),
        machine=vetting.OFFERING.moves,
        history=history,
        languages_of=languages,
        territory=TERRITORIAL_UNITS,
        blocked_by_self=_blocked_by_self(offering),
    )


def _looked_at(history: Sequence[PastMove]) -> list[str]:
    """Return what the officer who assessed it last had looked at, by the list of that day."""
    told = next((one.data for one in history if one.move == "assess"), {})
    return [line[reader_language()] for line in told.get("looked_at", ())]


def _blocked_by_self(offering: Offering) -> bool:
    """Whether it waits for a decision that this very officer may not make."""
    me = current_actor().eyes
    waits = offering.state == OfferingState.PENDING_APPROVAL
    stopped = offering.state == OfferingState.SUSPENDED
    return (
        waits
        and not me.isdisjoint(signers(offering, "assessed_by") | signers(offering, "submitted_by"))
    ) or (stopped and not me.isdisjoint(signers(offering, "suspended_by")))


def _changes(offering: Offering, move: str) -> list[Change]:
    actor, now = current_actor(), clock.now()
    if move == "suspend":
        return vetting.preview_suspension(session(), offering.id, actor=actor, now=now)
    if move == "reinstate":
        return vetting.preview_reinstatement(session(), offering.id, actor=actor, now=now)
    return []


def _reason_page(offering: Offering, move: str, form: ReasonForm) -> str:
    if move not in vetting.OFFERING.moves:
        raise NotFound
    titles = {
        "request_info": _("Ask about “%(name)s”", name=offering.name),
        "reject": _("Reject “%(name)s”?", name=offering.name),
        "suspend": _("Suspend “%(name)s”?", name=offering.name),
        "reinstate": _("Lift the suspension of “%(name)s”?", name=offering.name),
    }
    vetting.OFFERING.target(offering.state, move)
    return render_template(
        "providers/vetting/reason.html",
        offering=offering,
        move=move,
        rule=vetting.OFFERING.moves[move],
        title=titles[move],
        form=form,
        changes=[_(one.message, **one.values) for one in _changes(offering, move)],
    )


def _why(offering: Offering, move: str) -> Generator[Ask, None, str]:
    """Ask why, and return what was said."""
    form = ReasonForm()
    yield Ask(lambda: _reason_page(offering, move, form), form)
    return form.reason.data or ""


def _back(offering: Offering, said: str) -> Next:
    return Next(url_for(".show", offering_id=offering.id), said)


def _provider(provider_id: UUID, said: str) -> Next:
    return Next(url_for("providers.show", provider_id=provider_id), said)


def _document_page(
    form: DocumentForm,
    provider: Provider,
    document: VettingDocument | None = None,
    pages: PagesForm | None = None,
) -> str:
    return render_template(
        "providers/vetting/document.html",
        form=form,
        provider=provider,
        document=document,
        papers=_papers(document, pages) if document else "",
    )


def _papers(document: VettingDocument, pages: PagesForm | None) -> str:
    action = url_for(".document_papers_add", document_id=document.id)
    return panel(document_papers.held_by(document), action=action, form=pages)


def _remove_page(document: VettingDocument) -> str:
    return render_template(
        "providers/vetting/document_remove.html",
        document=document,
        provider=load_provider(document.provider_id),
    )
