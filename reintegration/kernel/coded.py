"""Columns that hold a code: text in the database, in Python a member of its enumeration or list."""

from collections.abc import Callable, Container
from enum import StrEnum
from typing import Any, TypeGuard, get_args, get_origin

from sqlalchemy import CheckConstraint, Column, Dialect, ForeignKey, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import TypeResolve
from sqlalchemy.types import TypeDecorator

from reintegration.kernel.listed import Listed, listed


class Coded(TypeDecorator[StrEnum]):
    """Text that is one of the codes of an enumeration; any other text raises ValueError.

    With `or_none`, no code is stored as empty text and read as None.
    """

    impl = Text
    cache_ok = True

    def __init__(self, codes: type[StrEnum], *, or_none: bool = False) -> None:
        super().__init__()
        self.codes, self.or_none = codes, or_none

    @property
    def stored(self) -> list[str]:
        """Return every text that may stand in the column."""
        return [*self.codes, ""] if self.or_none else [*self.codes]

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what is stored."""
        if value is None:
            return "" if self.or_none else None
        return self.codes(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Return the member."""
        return None if value is None or (self.or_none and not value) else self.codes(value)


class Registered(TypeDecorator[str]):
    """Text that names an entry of a registry; any other raises ValueError when it is written.

    Such a list grows by an entry and not by a migration, so no CHECK holds its column; and a name
    that was stored is read even when its entry is gone.
    """

    impl = Text
    cache_ok = True

    def __init__(self, registry: Callable[[], Container[str]]) -> None:
        super().__init__()
        self.registry = registry

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what is stored, or asked for."""
        if value is not None and value not in self.registry():
            raise ValueError(f"nothing is registered as {value!r}")
        return value


class Kept(TypeDecorator[Listed]):
    """Text that is a code of a list that an institution keeps; any other raises ValueError."""

    impl = Text
    cache_ok = True

    def __init__(self, codes: type[Listed]) -> None:
        super().__init__()
        self.codes = codes

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what is stored."""
        return None if value is None else str(self.codes(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Listed | None:  # noqa: ARG002
        """Return the code."""
        return None if value is None else self.codes.stored(value)


def by_annotation(asked: TypeResolve) -> Coded | Kept | ARRAY[Any] | None:
    """Type a column by its annotation: `Mapped[PlanState]` holds a code of `PlanState`.

    `Mapped[list[AccessNeed]]` holds several of `AccessNeed`.
    """
    wanted = asked.resolved_type
    if get_origin(wanted) is list:
        held = _holding(get_args(wanted)[0])
        return ARRAY(held) if held is not None else None
    return _holding(wanted)


def _holding(wanted: object) -> Coded | Kept | None:
    kept = listed(wanted)
    if kept is not None:
        return Kept(kept)
    return Coded(wanted) if _is_list(wanted) else None


def _is_list(wanted: object) -> TypeGuard[type[StrEnum]]:
    return isinstance(wanted, type) and issubclass(wanted, StrEnum)


def codes_of(column: Column[Any]) -> Coded | None:
    """Return the type of what a column holds, one or several; None when it holds no codes."""
    held = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    return held if isinstance(held, Coded) else None


def hold_to_members(column: Column[Any], table: object) -> None:
    """Give a coded column its CHECK, named after the column, when it joins its table.

    That of a list which an institution keeps points at the table of its codes instead; a trigger
    holds a column of several, as no foreign key looks into an array.
    """
    if isinstance(table, Table) and isinstance(column.type, Kept) and not column.foreign_keys:
        column.append_foreign_key(ForeignKey(f"{column.type.codes.kept_in}.code"))
    held = codes_of(column)
    if isinstance(table, Table) and held is not None:
        listed = ", ".join(f"'{code}'" for code in held.stored)
        rule = f"<@ ARRAY[{listed}]" if isinstance(column.type, ARRAY) else f"IN ({listed})"
        table.append_constraint(CheckConstraint(f"{column.name} {rule}", column.name))
