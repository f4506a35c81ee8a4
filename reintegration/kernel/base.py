"""The declarative base and the column types that every model shares."""

import uuid
from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import CHAR, BigInteger, Column, DateTime, MetaData, Text, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from reintegration.kernel.coded import by_annotation, hold_to_members
from reintegration.kernel.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]
Minor = Annotated[int, mapped_column(BigInteger)]
"""Whole minor units of the currency that stands beside it."""
Currency = Annotated[str, mapped_column(CHAR(3))]
Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=new_id)]
Serial = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=True)]
"""An internal order; it never leaves the house."""


class Base(DeclarativeBase):
    """Plain base: Flask-free, and strict typing passes."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        Json: JSONB,
        list[Any]: JSONB,
    }


event.listen(Base.registry, "resolve_type_annotation", by_annotation)
event.listen(Column, "after_parent_attach", hold_to_members)
