"""Administration: offices of the programme, and which organisations are open to sign-in."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.forms import OfficeForm
from reintegration.accounts.models import Organisation
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import users as reading
from reintegration.accounts.services import organisations
from reintegration.accounts.views import bp
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional

MANAGE = AccountPermission.MANAGE_ORGANISATIONS


def _organisation(organisation_id: UUID) -> Organisation:
    return reading.organisation_or_404(session(), organisation_id)


@bp.get("/organisations")
@requires(MANAGE)
def organisation_list() -> ResponseReturnValue:
    """List organisations and offer to add an office."""
    return _page(OfficeForm())


@bp.post("/organisations", endpoint="organisation_create")
@requires(MANAGE)
@transactional
def organisation_create() -> ResponseReturnValue:
    """Add an office of the programme."""
    form = OfficeForm()
    return submit(
        form,
        lambda: organisations.create_office(session(), name=form.name.data or "", **acting()),
        again=lambda: _page(form),
        said=_("The office is added."),
        to=url_for(".organisation_list"),
    )


@bp.post("/organisations/<uuid:organisation_id>/closed")
@requires(MANAGE, load=_organisation)
@transactional
def organisation_closed(organisation: Organisation) -> ResponseReturnValue:
    """Close an organisation to sign-in."""
    return press(
        lambda: organisations.close(session(), organisation, **acting()),
        said=_("It is closed. Its people cannot sign in."),
        to=url_for(".organisation_list"),
    )


@bp.post("/organisations/<uuid:organisation_id>/active")
@requires(MANAGE, load=_organisation)
@transactional
def organisation_active(organisation: Organisation) -> ResponseReturnValue:
    """Open an organisation again."""
    return press(
        lambda: organisations.reopen(session(), organisation, **acting()),
        said=_("It is open again. Its people can sign in."),
        to=url_for(".organisation_list"),
    )


def _page(form: OfficeForm) -> str:
    return render_template(
        "reintegration/accounts/organisations.html",
        form=form,
        page=reading.organisations_page(
            session(), search=parameters.text("q"), cursor=parameters.cursor()
        ),
        given=parameters.those("q"),
    )
