"""How plans join the house."""

from flask import Flask

import reintegration.plans.models  # noqa: F401


def register(app: Flask) -> None:
    """Add pages, commands and rules."""
