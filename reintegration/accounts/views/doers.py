"""Who did something, as every page says it: a name, and of a deputy for whom."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask

from reintegration.kernel.signing import companion
from reintegration.web.filters import on_behalf


def signed_by(names: Mapping[UUID, str], row: Any, field: str) -> str:
    """Return who stands behind an act of `row`, such as `approved_by`; "" for nobody."""
    name, other = names.get(getattr(row, field)), names.get(getattr(row, companion(field)))
    return on_behalf(name, other)


def moved_by(names: Mapping[UUID, str], event: Any) -> str:
    """Return who made a move or an act of the trail; "" for a job."""
    return on_behalf(names.get(event.actor_id), names.get(event.for_id))


def init_app(app: Flask) -> None:
    """Let templates say it."""
    app.jinja_env.globals.update(signed_by=signed_by, moved_by=moved_by)
