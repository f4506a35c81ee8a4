"""How vouchers join the house."""

from flask import Flask

import vouchers.models  # noqa: F401


def register(app: Flask) -> None:
    """Add pages, commands and rules."""
