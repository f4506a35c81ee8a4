"""What a provider asks of the officers: a check, a withdrawal, and the answer to a question."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.models import Offering, Provider
from providers.directory.states import OfferingState
from providers.directory.views.profile import form_page, home_url, load_offering
from providers.vetting.forms import ReasonForm
from providers.vetting.permissions import VettingPermission
from providers.vetting.queries import vetting as reading
from providers.vetting.services import vetting
from providers.vetting.views.blueprints import checks_bp as bp
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.web.current import acting
from reintegration.web.requires import requires
from reintegration.web.submit import press
from reintegration.web.submit import submit as send
from reintegration.web.transactional import transactional


def moves_of(*, provider: Provider, actor: Actor) -> list[tuple[UUID, list[str]]]:
    """Return the moves that the actor may make with each offering of a provider, by its id."""
    return [(one.id, vetting.OFFERING.available(one, actor)) for one in provider.offerings]


@bp.post("/offerings/<uuid:offering_id>/submit")
@requires(VettingPermission.SUBMIT, load=load_offering)
@transactional
def submit(offering: Offering) -> ResponseReturnValue:
    """Ask for a check."""
    return press(
        lambda: vetting.submit(session(), offering, **acting()),
        said=_("It is submitted. Two officers will check it."),
        to=home_url(offering.provider_id),
    )


@bp.post("/offerings/<uuid:offering_id>/withdraw")
@requires(VettingPermission.WITHDRAW, load=load_offering)
@transactional
def withdraw(offering: Offering) -> ResponseReturnValue:
    """Take a service out before anybody relies on it; it can be submitted again."""
    return press(
        lambda: vetting.move(session(), offering, "withdraw", **acting()),
        said=_("It is withdrawn. You can submit it again."),
        to=home_url(offering.provider_id),
    )


@bp.get("/offerings/<uuid:offering_id>/answer")
@requires(VettingPermission.ANSWER, load=load_offering)
def answer(offering: Offering) -> ResponseReturnValue:
    """Show what the officers ask, and the form of the answer."""
    return _answer_form(ReasonForm(), offering)


@bp.post("/offerings/<uuid:offering_id>/answer", endpoint="answer_submit")
@requires(VettingPermission.ANSWER, load=load_offering)
@transactional
def answer_submit(offering: Offering) -> ResponseReturnValue:
    """Answer the officers' question."""
    form = ReasonForm()
    return send(
        form,
        lambda: vetting.move(session(), offering, "answer", reason=form.reason.data, **acting()),
        again=lambda: _answer_form(form, offering),
        said=_("Your answer is sent."),
        to=home_url(offering.provider_id),
    )


def _answer_form(form: ReasonForm, offering: Offering) -> str:
    asked = (
        reading.last_question(session(), offering)
        if (offering.state == OfferingState.INFO_REQUESTED)
        else ""
    )
    form.reason.label.text = _("Your answer")
    form.reason.description = _("What was asked: %(text)s", text=asked) if asked else ""
    url = url_for(".answer", offering_id=offering.id)
    return form_page(
        form, _("Answer: %(name)s", name=offering.name), url, home_url(offering.provider_id)
    )
