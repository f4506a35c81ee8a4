"""Opening a case: agreement first, then what helps, then, if the person wants, a name."""

from flask import render_template, url_for
from flask_babel import gettext as _

from reintegration.cases.forms import RegisterForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import consent, duplicates, registration
from reintegration.cases.states import CONSENT_FOR, CONSENT_TEXT_VERSION, ConsentMode, Signatory
from reintegration.cases.views import bp
from reintegration.cases.views.identity import known_cases
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web.current import current_actor
from reintegration.web.i18n import chosen_locale
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


@bp.form("/register", CasePermission.REGISTER)
def case_register() -> Asking:
    """Open the case, unless the same person is in one's own caseload already."""
    form = RegisterForm(consent_locale=chosen_locale())
    yield Ask(lambda: _page(form), form)
    case = _open(form)
    return Next(
        url_for(".case_page", case_id=case.id),
        _("Case %(code)s is open. From now on use this code.", code=case.code),
    )


def _open(form: RegisterForm) -> CaseFile:
    actor, now, identity = current_actor(), clock.now(), form.identity()
    duplicates.refuse_known(
        session(), actor=actor, identity=identity, another=bool(form.another.data), now=now
    )
    case = registration.register(
        session(), actor=actor, facts=form.facts(), identity=identity, now=now
    )
    if scopes := form.chosen_scopes():
        consent.record(
            session(),
            actor=registration.with_case(actor, case),
            case=case,
            scopes=scopes,
            mode=ConsentMode(form.mode.data),
            signatory=Signatory(form.signatory.data),
            locale=form.consent_locale.data,
            valid_until=clock.local_day(now) + CONSENT_FOR.on(clock.local_day(now)),
            now=now,
        )
    return case


def _page(form: RegisterForm) -> str:
    return render_template(
        "reintegration/cases/register.html",
        form=form,
        known=known_cases(form),
        text_version=CONSENT_TEXT_VERSION,
    )
