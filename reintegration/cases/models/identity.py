"""The identity vault: the first plane. Every read is logged with a reason.

Each value is sealed with the person's own key, bound to its table, column and row; the key is
wrapped by a key outside the database. Erasing a person destroys the key.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from reintegration.cases.states import FOLDING, IndexKind
from reintegration.kernel.base import Base


class PersonKey(Base):
    """The wrapped data key of one person."""

    __tablename__ = "person_key"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    key_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class PersonIdentity(Base):
    """Sealed fields; None where the person told nothing."""

    __tablename__ = "person_identity"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    given_name: Mapped[bytes | None] = mapped_column(LargeBinary)
    family_name: Mapped[bytes | None] = mapped_column(LargeBinary)
    birth_date: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime]
    folded_by: Mapped[int] = mapped_column(default=FOLDING)
    """By which rule of folding the index was made; what is behind is indexed again."""

    __table_args__ = (Index("ix_person_identity_folded", "folded_by"),)


class IdentityIndex(Base):
    """Keyed hashes of folded values, so that the same person is not registered twice."""

    __tablename__ = "identity_index"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    kind: Mapped[IndexKind] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, index=True)
