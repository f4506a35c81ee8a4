"""Consent: its full words, recording it, and withdrawing it after seeing what will change."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import organisation_names
from reintegration.cases.forms import ConsentForm
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import consents
from reintegration.cases.services import consent as service
from reintegration.cases.services import consent_papers
from reintegration.cases.states import (
    CONSENT_FOR,
    CONSENT_TEXT_VERSION,
    CaseState,
    ConsentMode,
    ConsentScope,
    Signatory,
)
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.codelists.spoken_languages import written_in
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.papers.forms import PagesForm
from reintegration.papers.views.panel import panel, taken
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import given
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


def _load_consent(case_id: UUID, consent_id: UUID) -> Consent:
    return consents.consent_or_404(session(), current_actor(), case_id, consent_id)


@bp.page("/<uuid:case_id>/consent", CasePermission.VIEW, load=load_case)
def case_consents(case: CaseFile) -> ResponseReturnValue:
    """Show what the person agreed to, with the text in full."""
    return _page(case, _form(case))


@bp.act("/<uuid:case_id>/consent", CasePermission.RECORD_CONSENT, load=load_case)
def case_consent_save(case: CaseFile) -> Asking:
    """Record what the person said yes to."""
    form = _form(case)
    yield Ask(lambda: _page(case, form), form)
    _record(case, form)
    return Next(url_for(".case_consents", case_id=case.id), _("The consent is recorded."))


def _record(case: CaseFile, form: ConsentForm) -> None:
    service.record(
        session(),
        case=case,
        scopes=form.chosen_scopes(),
        mode=ConsentMode(form.mode.data),
        signatory=Signatory(form.signatory.data),
        locale=form.consent_locale.data,
        valid_until=given(form.valid_until.data),
        provider_id=UUID(form.provider.data) if form.provider.data else None,
        **acting(),
    )


@bp.form(
    "/<uuid:case_id>/consent/<uuid:consent_id>/withdraw",
    CasePermission.WITHDRAW_CONSENT,
    load=_load_consent,
)
def case_consent_withdraw(consent: Consent) -> Asking:
    """Withdraw it: what stands on it stops now."""
    case = load_case(consent.case_id)
    yield Ask(lambda: _withdraw_page(consent, case))
    service.withdraw(session(), consent, case=case, **acting())
    return Next(
        url_for(".case_consents", case_id=case.id),
        _("The consent is withdrawn, and what needed it has stopped."),
    )


_PAPERS = "/<uuid:case_id>/consent/<uuid:consent_id>/papers"


@bp.page(_PAPERS, CasePermission.VIEW, load=_load_consent)
def case_consent_papers(consent: Consent) -> ResponseReturnValue:
    """Show the signed form of a consent."""
    return _papers_page(consent)


@bp.act(_PAPERS, CasePermission.RECORD_CONSENT, load=_load_consent)
def case_consent_papers_add(consent: Consent) -> Asking:
    """Take the signed form of a consent as a paper."""
    held = consent_papers.held_by(consent)
    return (yield from taken(held, lambda form: _papers_page(consent, form)))


def _papers_page(consent: Consent, form: PagesForm | None = None) -> str:
    case = load_case(consent.case_id)
    action = url_for(".case_consent_papers_add", case_id=case.id, consent_id=consent.id)
    return render_template(
        "reintegration/cases/consent_papers.html",
        **shell(case, "cases.case_consents"),
        consent=consent,
        papers=panel(
            consent_papers.held_by(consent),
            action=None if case.state == CaseState.CLOSED else action,
            form=form,
        ),
    )


def _withdraw_page(consent: Consent, case: CaseFile) -> str:
    return render_template(
        "reintegration/cases/consent_withdraw.html",
        **shell(case, "cases.case_consents"),
        consent=consent,
        changes=service.preview(session(), consent, **acting()),
        providers=organisation_names(session(), [consent.provider_id]),
    )


def _form(case: CaseFile) -> ConsentForm:
    today = clock.local_day(clock.now())
    last = today + CONSENT_FOR.on(today)
    form = ConsentForm(consent_locale=written_in(case.language), valid_until=last)
    found = consents.providers(session(), search=parameters.text("q"), chosen=form.provider.data)
    form.provider.offer(
        found, lambda provider: provider.name, first=_("Each provider that the person chooses")
    )
    return form


def _page(case: CaseFile, form: ConsentForm) -> str:
    today = clock.local_day(clock.now())
    found = consents.consents_of(session(), case.id)
    return render_template(
        "reintegration/cases/consent.html",
        **shell(case, "cases.case_consents"),
        form=form,
        live=[consent for consent in found if consent.is_live(today)],
        past=[consent for consent in found if not consent.is_live(today)],
        scopes=ConsentScope,
        search=parameters.text("q"),
        providers=organisation_names(session(), {consent.provider_id for consent in found}),
        text_version=CONSENT_TEXT_VERSION,
    )
