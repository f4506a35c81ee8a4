"""What every column of every file is, in words: one list for the folder and for the docs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from reintegration.kernel.coded import codes_of
from reintegration.operations.export.files import FILE_OF, FILES, File
from reintegration.operations.export.meanings import SHARED, SPECIFIC

_TYPES: tuple[tuple[type, str], ...] = (
    (DateTime, "moment, UTC"),
    (Date, "day"),
    (Boolean, "true or false"),
    (Numeric, "decimal number"),
    (BigInteger, "whole number"),
    (Integer, "whole number"),
    (Uuid, "id"),
    (LargeBinary, "bytes, hexadecimal"),
    (JSONB, "JSON"),
    (ARRAY, "list, JSON"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One column: its file, its name, what it holds, what it means."""

    file: str
    column: str
    holds: str
    means: str


def entries() -> Iterator[Entry]:
    """Yield every column that leaves, file by file."""
    for file in FILES:
        for column in file.columns:
            yield Entry(file.name, column.name, holds(column), means(file, column))


def code_lists() -> dict[str, type[StrEnum]]:
    """Return the lists of codes that stand in the files, by name."""
    found = (codes_of(column) for file in FILES for column in file.columns)
    return {one.codes.__name__: one.codes for one in found if one is not None}


def holds(column: Column[object]) -> str:
    """Return what a column holds: the file that it points to, a list of codes, or its type."""
    if target := _target(column):
        return target
    if (coded := codes_of(column)) is not None:
        several = "codes of" if isinstance(column.type, ARRAY) else "code of"
        return f"{several} {coded.codes.__name__}"
    if column.name.endswith("_minor"):
        return "hundredths of the currency, whole number"
    return next((said for kind, said in _TYPES if isinstance(column.type, kind)), "text")


def means(file: File, column: Column[object]) -> str:
    """Return what a column means; raise KeyError where nobody said it."""
    name = column.name
    if said := SPECIFIC.get(f"{file.table}.{name}") or SHARED.get(name):
        return said
    act, _, end = name.rpartition("_")
    words = act.replace("_", " ")
    if end == "by":
        return f"Who did it: {words}."
    if end == "for":
        return f"Whom they stood in for, as a deputy: {words}."
    if end == "at":
        return f"When: {words}."
    if end == "id" and _target(column):
        return f"Which {words}."
    raise KeyError(f"{file.table}.{name}")


def _target(column: Column[object]) -> str:
    """Return the file and column that a column points to."""
    for key in column.foreign_keys:
        table = key.column.table.name
        if table in FILE_OF:
            return f"{FILE_OF[table]}.{key.column.name}"
    return ""
