"""The emergency start on a phone: a bed, a ride, medicine, and one word that was heard."""

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import who_supervises, whom_to_ask
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries.consents import consents_of
from reintegration.cases.states import CONSENT_TEXT_VERSION, Signatory
from reintegration.cases.views.frame import load_case, shell
from reintegration.codelists.eligibility import Helped, Wanted
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spoken_languages import written_in
from reintegration.kernel import clock
from reintegration.kernel.actor import Role
from reintegration.kernel.db import session
from reintegration.plans.forms.emergency import DoorForm, TonightForm
from reintegration.plans.forms.plans import budget_options
from reintegration.plans.models import EmergencyStart
from reintegration.plans.permissions import EmergencyPermission
from reintegration.plans.queries import emergencies
from reintegration.plans.queries.provision import BudgetChoice, budget_lines_to_plan_with, helped
from reintegration.plans.services import emergency
from reintegration.plans.services.emergency import Funding
from reintegration.plans.states import EMERGENCY_ALLOWANCE
from reintegration.plans.views import bp
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import translated
from reintegration.web.i18n import chosen_locale
from reintegration.web.once import Next
from reintegration.web.requires import can
from reintegration.web.submit import Ask, Asking

_MAY_BE_NEEDED = (ServiceCategory.SHELTER, ServiceCategory.TRANSPORT, ServiceCategory.MEDICAL)
TonightType = TypeVar("TonightType", bound=TonightForm)


@bp.form("/emergency", EmergencyPermission.START)
def case_emergency_start() -> Asking:
    """Open a case and promise what is needed tonight."""
    here = chosen_locale()
    form, choices = _with_budget(DoorForm(consent_locale=here), Helped())
    yield Ask(lambda: _door_page(form, choices), form)
    started = emergency.start_new(
        session(),
        facts=form.facts(),
        identity=form.identity(),
        needs=form.needs(),
        funding=_funding(choices, form),
        consent_locale=form.consent_locale.data,
        signatory=Signatory(form.signatory.data),
        circumstances=form.circumstances.data or "",
        **acting(),
    )
    return Next(
        url_for(".case_emergency", case_id=started.case_id),
        _("Help can begin now. A supervisor was told."),
    )


@bp.page("/<uuid:case_id>/emergency", CasePermission.VIEW, load=load_case)
def case_emergency(case: CaseFile) -> ResponseReturnValue:
    """Show what was promised and the next tap for each thing; or the form, if nothing was."""
    started = emergencies.of_case(session(), case.id)
    if started is not None:
        return _started_page(case, started)
    form, choices = _with_budget(
        TonightForm(consent_locale=written_in(case.language)), helped(case)
    )
    return _existing_page(case, form, choices)


@bp.act("/<uuid:case_id>/emergency", CasePermission.EDIT, load=load_case)
def case_emergency_save(case: CaseFile) -> Asking:
    """Use the allowance of a case that is known already."""
    form, choices = _with_budget(TonightForm(), helped(case))
    yield Ask(lambda: _existing_page(case, form, choices), form)
    emergency.start(
        session(),
        case=case,
        needs=form.needs(),
        funding=_funding(choices, form),
        consent_locale=form.consent_locale.data,
        signatory=Signatory(form.signatory.data),
        circumstances=form.circumstances.data or "",
        **acting(),
    )
    return Next(
        url_for(".case_emergency", case_id=case.id), _("Help can begin now. A supervisor was told.")
    )


def _with_budget(form: TonightType, person: Helped) -> tuple[TonightType, dict[str, BudgetChoice]]:
    """Offer the budget lines that pay for all that may be needed; one alone is chosen already."""
    today = clock.local_day(clock.now())
    currency = EMERGENCY_ALLOWANCE.on(today).ceiling.currency
    offered = budget_lines_to_plan_with(session(), current_actor(), currency, today)
    wanted = Wanted(_MAY_BE_NEEDED, person, today, today)
    found = [choice for choice in offered if choice.pays(wanted)]
    form.budget_line.choices = budget_options(found)
    return form, {str(choice.id): choice for choice in found}


def _hours_to_decide() -> int:
    return round(EMERGENCY_ALLOWANCE.today().ratify_within / timedelta(hours=1))


def _funding(choices: dict[str, BudgetChoice], form: TonightForm) -> Funding:
    choice = choices[form.budget_line.data]
    title = _("First %(hours)s hours", hours=_hours_to_decide())
    return Funding(UUID(form.budget_line.data), choice.free, title, choice.terms)


def _door_page(form: DoorForm, choices: dict[str, BudgetChoice]) -> str:
    return render_template(
        "reintegration/plans/emergency_start.html", case=None, **_form_context(form, choices)
    )


def _existing_page(case: CaseFile, form: TonightForm, choices: dict[str, BudgetChoice]) -> str:
    return render_template(
        "reintegration/plans/emergency_start.html",
        **shell(case, "cases.case_page"),
        may_start=can(EmergencyPermission.START, case) and can(CasePermission.EDIT, case),
        **_form_context(form, choices),
    )


def _form_context(form: TonightForm, choices: dict[str, BudgetChoice]) -> dict[str, object]:
    return {
        "form": form,
        "allowance": EMERGENCY_ALLOWANCE.today(),
        "has_budget": bool(choices),
        "text_version": CONSENT_TEXT_VERSION,
        **({} if choices else _whom_to_call()),
    }


def _whom_to_call() -> dict[str, str]:
    """Return who helps when nothing can be paid, and for what it would have to be."""
    return {
        "supervisor": who_supervises(session(), current_actor().id),
        "preparers": whom_to_ask(session(), Role.FINANCE_PREPARER),
        "services": ", ".join(sorted(translated(one) for one in _MAY_BE_NEEDED)),
    }


def _started_page(case: CaseFile, started: EmergencyStart) -> str:
    today = clock.local_day(clock.now())
    return render_template(
        "reintegration/plans/emergency.html",
        **shell(case, "cases.case_page"),
        started=started,
        lines=emergencies.lines_of(session(), case.id),
        asked=emergencies.asked_in(session(), started),
        consents=[c for c in consents_of(session(), case.id) if c.is_live(today)],
    )
