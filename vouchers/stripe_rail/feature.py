"""How the Stripe rail joins the house."""

from flask import Flask

from reintegration.kernel import outbox, permissions
from reintegration.kernel.errors import N_
from reintegration.web import credentials, navigation, slots
from reintegration.web.navigation import Place
from vouchers.stripe_rail import doctor, gateway, models
from vouchers.stripe_rail.channels import events
from vouchers.stripe_rail.credential import SIGNED_BY_STRIPE
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.policy import POLICY
from vouchers.stripe_rail.views import door, messages, today, ways

TABLES = (models,)
"""Importing them declares their tables."""


def register(app: Flask) -> None:
    """Add the tables, and the way to Stripe where a key is set."""
    permissions.register(POLICY)
    app.extensions["stripe"] = gateway.from_settings(app.extensions["settings"])
    outbox.register(events.CHANNEL)
    credentials.register(SIGNED_BY_STRIPE)
    app.extensions["csrf"].exempt(door.bp)
    app.before_request(door.only_where_it_is_set_up)
    for blueprint in (door.bp, messages.bp, ways.bp):
        app.register_blueprint(blueprint)
    slots.add("today.items", today.items)
    slots.add("stripe.facts", ways.facts)
    slots.add("doctor.checks", doctor.look)
    navigation.add(
        Place(
            "stripe_ways.index",
            N_("How money can travel"),
            StripePermission.VIEW_WAYS,
            69,
            count=today.count,
            within=("stripe_",),
        )
    )
