"""How the Stripe rail joins the house."""

from flask import Flask

from vouchers.stripe_rail import gateway, models

TABLES = (models,)
"""Importing them declares their tables."""


def register(app: Flask) -> None:
    """Add the tables, and the way to Stripe where a key is set."""
    app.extensions["stripe"] = gateway.from_settings(app.extensions["settings"])
