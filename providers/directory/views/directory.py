"""The directory: who offers what, for whom, and in which state of vetting."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from providers.directory.models import Provider
from providers.directory.permissions import ProviderPermission
from providers.directory.queries import directory as reading
from providers.directory.queries.directory import DirectoryFilter
from providers.directory.queries.documents import is_old, status_of
from providers.directory.states import OfferingState
from providers.directory.views.blueprint import directory_bp as bp
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import current_actor


def load_provider(provider_id: UUID) -> Provider:
    """Return the provider of an address."""
    return reading.provider_or_404(session(), provider_id)


@bp.page("/", ProviderPermission.LIST)
def index() -> ResponseReturnValue:
    """List providers by name; the filter stands in the address."""
    sought = DirectoryFilter(
        search=parameters.text("q"),
        category=parameters.choice("category", ServiceCategory),
        unit=parameters.choice("unit", TERRITORIAL_UNITS),
        state=parameters.choice("state", OfferingState),
    )
    actor = current_actor()
    page = reading.providers_page(session(), actor, sought, cursor=parameters.cursor())
    return render_template(
        "providers/directory/index.html",
        page=page,
        sought=sought,
        categories=ServiceCategory,
        states=OfferingState,
        places=reading.places_of(session(), actor, page.rows),
        categories_of=reading.approved_categories,
        units=sorted(TERRITORIAL_UNITS.values(), key=lambda unit: unit.name),
        given=parameters.those("q", "category", "unit", "state"),
    )


@bp.page("/<uuid:provider_id>", ProviderPermission.VIEW, load=load_provider)
def show(provider: Provider) -> ResponseReturnValue:
    """Show one provider, as far as the reader may know it."""
    return render_template("providers/directory/show.html", **profile_context(provider))


def profile_context(provider: Provider) -> dict[str, object]:
    """Return what both faces of a provider's page show."""
    actor = current_actor()
    today = clock.local_day(clock.now())
    sites = {place.site_id: place for place in reading.places(session(), actor, provider)}
    return {
        "provider": provider,
        "sites": sites,
        "documents": [(held, status_of(held, today)) for held in provider.documents],
        "territory": TERRITORIAL_UNITS,
        "is_old": is_old,
        "P": ProviderPermission,
    }
