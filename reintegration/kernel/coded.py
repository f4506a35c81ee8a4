"""Columns that hold a code: text in the database, a member of its enumeration in Python."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Dialect, Table, Text
from sqlalchemy.orm import TypeResolve
from sqlalchemy.types import TypeDecorator


class Coded(TypeDecorator[StrEnum]):
    """Text that is one of the codes of an enumeration; any other text raises ValueError."""

    impl = Text
    cache_ok = True

    def __init__(self, codes: type[StrEnum]) -> None:
        super().__init__()
        self.codes = codes

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what is stored."""
        return None if value is None else self.codes(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Return the member."""
        return None if value is None else self.codes(value)


def by_annotation(asked: TypeResolve) -> Coded | None:
    """Type a column by its annotation: `Mapped[PlanState]` holds the codes of `PlanState`."""
    wanted = asked.resolved_type
    codes = wanted if isinstance(wanted, type) and issubclass(wanted, StrEnum) else None
    return Coded(codes) if codes is not None else None


def hold_to_members(column: Column[Any], table: object) -> None:
    """Give a coded column its CHECK, named after the column, when it joins its table."""
    if isinstance(table, Table) and isinstance(column.type, Coded):
        listed = ", ".join(f"'{code.value}'" for code in column.type.codes)
        table.append_constraint(CheckConstraint(f"{column.name} IN ({listed})", column.name))
