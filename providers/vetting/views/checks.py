"""What a provider asks of the officers: a check, a withdrawal, and the answer to a question."""

from uuid import UUID

from flask_babel import gettext as _

from providers.directory.models import Offering, Provider
from providers.directory.states import OfferingState
from providers.directory.views.profile import edit_page, form_page, home_url, load_offering
from providers.vetting.forms import ReasonForm
from providers.vetting.permissions import VettingPermission
from providers.vetting.queries import vetting as reading
from providers.vetting.services import vetting
from providers.vetting.views.blueprints import checks_bp as bp
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking


def moves_of(*, provider: Provider, actor: Actor) -> list[tuple[UUID, list[str]]]:
    """Return the moves that the actor may make with each offering of a provider, by its id."""
    return [(one.id, vetting.OFFERING.available(one, actor)) for one in provider.offerings]


@bp.act("/offerings/<uuid:offering_id>/submit", VettingPermission.SUBMIT, load=load_offering)
def submit(offering: Offering) -> Asking:
    """Ask for a check; what is missing is asked for where it is changed."""
    form = Form()
    yield Ask(lambda: _what_is_missing(offering, form), form)
    vetting.submit(session(), offering, **acting())
    return Next(home_url(offering.provider_id), _("It is submitted. Two officers will check it."))


@bp.act("/offerings/<uuid:offering_id>/withdraw", VettingPermission.WITHDRAW, load=load_offering)
def withdraw(offering: Offering) -> Next:
    """Take a service out before anybody relies on it; it can be submitted again."""
    vetting.move(session(), offering, "withdraw", **acting())
    return Next(home_url(offering.provider_id), _("It is withdrawn. You can submit it again."))


@bp.form("/offerings/<uuid:offering_id>/answer", VettingPermission.ANSWER, load=load_offering)
def answer(offering: Offering) -> Asking:
    """Answer the officers' question."""
    form = ReasonForm()
    yield Ask(lambda: _answer_form(form, offering), form)
    vetting.move(session(), offering, "answer", reason=form.reason.data, **acting())
    return Next(home_url(offering.provider_id), _("Your answer is sent."))


def _answer_form(form: ReasonForm, offering: Offering) -> str:
    asked = (
        reading.last_question(session(), offering)
        if (offering.state == OfferingState.INFO_REQUESTED)
        else ""
    )
    form.reason.label.text = _("Your answer")
    form.reason.description = _("What was asked: %(text)s", text=asked) if asked else ""
    return form_page(
        form,
        _("Answer: %(name)s", name=offering.name),
        home_url(offering.provider_id),
        button=_("Send the answer"),
    )


def _what_is_missing(offering: Offering, form: Form) -> str:
    """Return the page on which the field stands that a check waits for; else raise why not."""
    if form.refused is not None and not form.refused.field:
        raise form.refused
    return edit_page(offering, form.refused)
