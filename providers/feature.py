"""How providers join the house."""

from flask import Flask

import providers.models  # noqa: F401


def register(app: Flask) -> None:
    """Add pages, commands and rules."""
