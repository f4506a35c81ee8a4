"""How the Stripe rail joins the house."""

from flask import Flask

from reintegration.kernel import permissions
from vouchers.stripe_rail import gateway, models
from vouchers.stripe_rail.policy import POLICY

TABLES = (models,)
"""Importing them declares their tables."""


def register(app: Flask) -> None:
    """Add the tables, and the way to Stripe where a key is set."""
    permissions.register(POLICY)
    app.extensions["stripe"] = gateway.from_settings(app.extensions["settings"])
