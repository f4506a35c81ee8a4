"""How payee accounts join the house."""

from flask import Flask

from providers.payees.permissions import PayeePermission
from providers.payees.policy import POLICY
from providers.payees.views import payees, today
from reintegration.kernel import permissions
from reintegration.kernel.errors import N_
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place


def register(app: Flask) -> None:
    """Add pages and rules."""
    permissions.register(POLICY)
    app.register_blueprint(payees.bp)
    slots.add("provider.accounts", payees.card)
    slots.add("today.items", today.items)
    navigation.add(Place("payees.index", N_("Accounts of providers"), PayeePermission.LIST, 52))
