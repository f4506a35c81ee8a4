"""Administration: offices of the programme, and which organisations are open to sign-in."""

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from reintegration.accounts.forms import OfficeForm
from reintegration.accounts.models import Organisation
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import users as reading
from reintegration.accounts.services import desk_devices, organisations
from reintegration.accounts.views import bp
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

MANAGE = AccountPermission.MANAGE_ORGANISATIONS


def _organisation(organisation_id: UUID) -> Organisation:
    return reading.organisation_or_404(session(), organisation_id)


@bp.form("/organisations", MANAGE)
def organisation_list() -> Asking:
    """Add an office of the programme."""
    form = OfficeForm()
    yield Ask(lambda: _page(form), form)
    organisations.create_office(session(), name=form.name.data or "", **acting())
    return Next(url_for(".organisation_list"), _("The office is added."))


@bp.form("/organisations/<uuid:organisation_id>/closed", MANAGE, load=_organisation)
def organisation_closed(organisation: Organisation) -> Asking:
    """Close an organisation to sign-in, after what ends with it was shown."""
    yield Ask(lambda: _closing_page(organisation))
    organisations.close(session(), organisation, **acting())
    return Next(url_for(".organisation_list"), _("It is closed. Its people cannot sign in."))


@bp.act("/organisations/<uuid:organisation_id>/active", MANAGE, load=_organisation)
def organisation_active(organisation: Organisation) -> Next:
    """Open an organisation again."""
    organisations.reopen(session(), organisation, **acting())
    return Next(url_for(".organisation_list"), _("It is open again. Its people can sign in."))


def _closing_page(organisation: Organisation) -> str:
    return render_template(
        "reintegration/accounts/organisation_close.html",
        organisation=organisation,
        changes=organisations.preview_closing(session(), organisation, **acting()),
        devices=desk_devices.ending_with(session(), organisation),
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
