"""The workspace of vetting officers: what waits, what is missing, who decided what."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.models import Offering, Provider, VettingDocument
from providers.directory.queries.documents import checklist
from providers.directory.states import DocumentKind, OfferingState
from providers.directory.views.directory import load_provider
from providers.directory.views.lists import languages
from providers.vetting.forms import ApproveForm, DocumentForm, ReasonForm
from providers.vetting.permissions import VettingPermission
from providers.vetting.queries import vetting as reading
from providers.vetting.services import documents, vetting
from providers.vetting.views.blueprints import vetting_bp as bp
from reintegration.accounts.queries.history import moves_of
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.kernel.hooks import Change
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import given
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional

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


@bp.get("/")
@requires(VettingPermission.LIST)
def queue() -> ResponseReturnValue:
    """List offerings in one state, those that wait longest first."""
    state = OfferingState(parameters.choice("state", QUEUES, QUEUES[0]))
    page = reading.queue(session(), state=state, cursor=parameters.cursor())
    counts = reading.counts(session())
    return render_template(
        "providers/vetting/queue.html",
        page=page,
        state=state,
        tabs=[
            {
                "label": _(one.label),
                "url": url_for(".queue", state=one),
                "active": one is state,
                "count": counts.get(one, 0),
            }
            for one in QUEUES
        ],
        newer_url=url_for(".queue", state=state, page=page.newer) if page.newer else None,
        older_url=url_for(".queue", state=state, page=page.older) if page.older else None,
    )


@bp.get("/<uuid:offering_id>")
@requires(_VIEW, load=load_offering)
def show(offering: Offering) -> ResponseReturnValue:
    """Show one offering with its checks and its history."""
    return _page(offering, _approve_form())


@bp.post("/<uuid:offering_id>/assess")
@requires(VettingPermission.ASSESS, load=load_offering)
@transactional
def assess(offering: Offering) -> ResponseReturnValue:
    """Say that it is checked; another officer approves."""
    return press(
        lambda: vetting.assess(session(), offering, **acting()),
        said=_("It is checked. Another officer must approve it."),
        to=url_for(".show", offering_id=offering.id),
    )


@bp.post("/<uuid:offering_id>/approve")
@requires(VettingPermission.APPROVE, load=load_offering)
@transactional
def approve(offering: Offering) -> ResponseReturnValue:
    """Approve until a day."""
    form = ApproveForm()
    return submit(
        form,
        lambda: vetting.approve(session(), offering, until=given(form.until.data), **acting()),
        again=lambda: _page(offering, form),
        said=_("It is approved and can be matched from now on."),
        to=url_for(".show", offering_id=offering.id),
    )


@bp.get("/<uuid:offering_id>/ask")
@requires(VettingPermission.REQUEST_INFO, load=load_offering)
def request_info(offering: Offering) -> ResponseReturnValue:
    """Show the form of a question to the provider."""
    return _reason_page(offering, "request_info", ReasonForm())


@bp.post("/<uuid:offering_id>/ask", endpoint="request_info_submit")
@requires(VettingPermission.REQUEST_INFO, load=load_offering)
@transactional
def request_info_submit(offering: Offering) -> ResponseReturnValue:
    """Ask the provider."""
    return _with_reason(
        offering, "request_info", _("The provider is asked."), _moving("request_info")
    )


@bp.get("/<uuid:offering_id>/reject")
@requires(VettingPermission.REJECT, load=load_offering)
def reject(offering: Offering) -> ResponseReturnValue:
    """Show what a rejection means, and ask why."""
    return _reason_page(offering, "reject", ReasonForm())


@bp.post("/<uuid:offering_id>/reject", endpoint="reject_submit")
@requires(VettingPermission.REJECT, load=load_offering)
@transactional
def reject_submit(offering: Offering) -> ResponseReturnValue:
    """Reject with a reason that the provider reads."""
    return _with_reason(offering, "reject", _("It is rejected."), _moving("reject"))


@bp.get("/<uuid:offering_id>/suspend")
@requires(VettingPermission.SUSPEND, load=load_offering)
def suspend(offering: Offering) -> ResponseReturnValue:
    """Show what a suspension would stop, before anything is done."""
    return _reason_page(offering, "suspend", ReasonForm())


@bp.post("/<uuid:offering_id>/suspend", endpoint="suspend_submit")
@requires(VettingPermission.SUSPEND, load=load_offering)
@transactional
def suspend_submit(offering: Offering) -> ResponseReturnValue:
    """Suspend at once."""
    said = _("It is suspended. Another officer can lift the suspension.")
    return _with_reason(offering, "suspend", said, vetting.suspend)


@bp.get("/<uuid:offering_id>/reinstate")
@requires(VettingPermission.REINSTATE, load=load_offering)
def reinstate(offering: Offering) -> ResponseReturnValue:
    """Show what lifting the suspension would let go on."""
    return _reason_page(offering, "reinstate", ReasonForm())


@bp.post("/<uuid:offering_id>/reinstate", endpoint="reinstate_submit")
@requires(VettingPermission.REINSTATE, load=load_offering)
@transactional
def reinstate_submit(offering: Offering) -> ResponseReturnValue:
    """Lift a suspension."""
    said = _("The suspension is lifted.")
    return _with_reason(offering, "reinstate", said, vetting.reinstate)


@bp.get("/of/<uuid:provider_id>/documents/new")
@requires(_KEEP, load=load_provider)
def document_new(provider: Provider) -> ResponseReturnValue:
    """Show the form for a document that the officer has seen."""
    form = DocumentForm(kind=parameters.choice("kind", DocumentKind))
    return _document_page(form, provider, url_for(".document_new", provider_id=provider.id))


@bp.post("/of/<uuid:provider_id>/documents/new", endpoint="document_create")
@requires(_KEEP, load=load_provider)
@transactional
def document_create(provider: Provider) -> ResponseReturnValue:
    """Record a document."""
    form, url = DocumentForm(), url_for(".document_new", provider_id=provider.id)
    return submit(
        form,
        lambda: documents.add_document(
            session(),
            provider=provider,
            kind=DocumentKind(form.kind.data),
            reference=form.reference.data or "",
            issued_on=given(form.issued_on.data),
            expires_on=form.expires_on.data,
            **acting(),
        ),
        again=lambda: _document_page(form, provider, url),
        said=_("The document is recorded as checked by you."),
        to=url_for("providers.show", provider_id=provider.id),
    )


@bp.get("/documents/<uuid:document_id>")
@requires(_KEEP, load=load_document)
def document_edit(document: VettingDocument) -> ResponseReturnValue:
    """Show the form of a document."""
    provider = load_provider(document.provider_id)
    url = url_for(".document_edit", document_id=document.id)
    return _document_page(DocumentForm(obj=document), provider, url, document)


@bp.post("/documents/<uuid:document_id>", endpoint="document_edit_submit")
@requires(_KEEP, load=load_document)
@transactional
def document_edit_submit(document: VettingDocument) -> ResponseReturnValue:
    """Correct a document."""
    form, provider = DocumentForm(), load_provider(document.provider_id)
    url = url_for(".document_edit", document_id=document.id)
    return submit(
        form,
        lambda: documents.change_document(
            session(),
            document,
            kind=DocumentKind(form.kind.data),
            reference=form.reference.data or "",
            issued_on=given(form.issued_on.data),
            expires_on=form.expires_on.data,
            **acting(),
        ),
        again=lambda: _document_page(form, provider, url, document),
        said=_("The document is corrected and counts as checked by you."),
        to=url_for("providers.show", provider_id=provider.id),
    )


@bp.get("/documents/<uuid:document_id>/remove")
@requires(_KEEP, load=load_document)
def document_remove(document: VettingDocument) -> ResponseReturnValue:
    """Ask before a document is taken out."""
    provider = load_provider(document.provider_id)
    return render_template(
        "providers/vetting/document_remove.html", document=document, provider=provider
    )


@bp.post("/documents/<uuid:document_id>/remove", endpoint="document_remove_submit")
@requires(_KEEP, load=load_document)
@transactional
def document_remove_submit(document: VettingDocument) -> ResponseReturnValue:
    """Take out a document that was recorded by mistake."""
    return press(
        lambda: documents.remove_document(session(), document, **acting()),
        said=_("The document is removed."),
        to=url_for("providers.show", provider_id=document.provider_id),
    )


def _approve_form() -> ApproveForm:
    return ApproveForm(
        formdata=None, until=clock.local_day(clock.now()) + vetting.APPROVED_FOR - timedelta(days=1)
    )


def _page(offering: Offering, form: ApproveForm) -> str:
    actor = current_actor()
    today = clock.local_day(clock.now())
    provider = load_provider(offering.provider_id)
    return render_template(
        "providers/vetting/show.html",
        offering=offering,
        provider=provider,
        form=form,
        checks=checklist(offering, provider.documents, today),
        moves=vetting.OFFERING.available(offering, actor),
        machine=vetting.OFFERING.moves,
        history=moves_of(session(), vetting.OFFERING.name, offering.id),
        languages_of=languages,
        territory=TERRITORIAL_UNITS,
        blocked_by_self=_blocked_by_self(offering),
    )


def _blocked_by_self(offering: Offering) -> bool:
    """Whether it waits for a decision that this very officer may not make."""
    me = current_actor().id
    waits = offering.state == OfferingState.PENDING_APPROVAL
    stopped = offering.state == OfferingState.SUSPENDED
    return (waits and me in (offering.assessed_by, offering.submitted_by)) or (
        stopped and me == offering.suspended_by
    )


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
    vetting.OFFERING.target(OfferingState(offering.state), move)
    return render_template(
        "providers/vetting/reason.html",
        offering=offering,
        move=move,
        rule=vetting.OFFERING.moves[move],
        title=titles[move],
        form=form,
        changes=[_(one.message, **one.values) for one in _changes(offering, move)],
    )


def _moving(move: str) -> Callable[..., object]:
    return partial(vetting.move, name=move)


def _with_reason(
    offering: Offering, move: str, said: str, act: Callable[..., object]
) -> ResponseReturnValue:
    form = ReasonForm()
    return submit(
        form,
        lambda: act(session(), offering, reason=form.reason.data or "", **acting()),
        again=lambda: _reason_page(offering, move, form),
        said=said,
        to=url_for(".show", offering_id=offering.id),
    )


def _document_page(
    form: DocumentForm, provider: Provider, action: str, document: VettingDocument | None = None
) -> str:
    return render_template(
        "providers/vetting/document.html",
        form=form,
        provider=provider,
        action=action,
        document=document,
    )
