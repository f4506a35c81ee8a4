"""One record made of another: what both call by the same name is copied."""

from dataclasses import fields
from typing import Any, TypeVar

Record = TypeVar("Record")


def alike(kind: type[Record], source: object, **other: Any) -> Record:
    """Return a dataclass `kind` with the values that `source` has by its names, and `other`."""
    names = {one.name for one in fields(kind)} - other.keys()  # type: ignore[arg-type]
    return kind(**{name: getattr(source, name) for name in names}, **other)
