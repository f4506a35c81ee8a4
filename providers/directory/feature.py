"""How the directory joins the house."""

from flask import Flask

from providers.directory.permissions import ProviderPermission
from providers.directory.policy import POLICY
from providers.directory.queries.prices import prices_asked
from providers.directory.services import would_change
from providers.directory.views import directory, profile
from providers.directory.views.blueprint import directory_bp
from reintegration.kernel import permissions
from reintegration.kernel.errors import N_
from reintegration.plans.queries import provision
from reintegration.web import navigation
from reintegration.web.navigation import Place

PAGES = (directory, profile)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages and rules."""
    permissions.register(POLICY)
    app.register_blueprint(directory_bp)
    provision.prices_asked.answer_with(prices_asked)
    navigation.add(*_PLACES)


_PLACES = (
    Place("providers.index", N_("Providers"), ProviderPermission.LIST, 50),
    Place("providers.mine", N_("Our services"), ProviderPermission.VIEW_OWN, 51),
)
