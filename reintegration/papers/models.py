"""Papers: what is known of each, its parts, and the key without which they do not open.

Whoever sees the thing that a paper hangs on sees its row. The key is a row of its own, so that the
database lets it through to nobody who may not open the paper.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegration.kernel.base import Base, Id
from reintegration.kernel.coded import Registered
from reintegration.papers.content.kinds import MOST_BYTES, MOST_PAGES, PartKind
from reintegration.papers.holders import registered
from reintegration.papers.states import Scan


class Paper(Base):
    """A paper on a thing. `named`: a name stands in it; None until its uploader has answered.

    One that is not kept yet is its uploader's alone. `case_id` is set for papers of the case plane:
    those that name a person, and those on a thing of a case.
    """

    __tablename__ = "paper"

    id: Mapped[Id]
    about: Mapped[str] = mapped_column(Registered(registered))
    about_id: Mapped[UUID]
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    named: Mapped[bool | None]
    put_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    put_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    seen_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]

    parts: Mapped[list["PaperPart"]] = relationship(
        lazy="selectin",
        order_by="PaperPart.position",
        cascade="all, delete-orphan",
        back_populates="paper",
    )

    __table_args__ = (
        Index("ix_paper_about", "about", "about_id", "put_at", "id"),
        Index("ix_paper_begun", "put_at", postgresql_where="kept_at IS NULL"),
        CheckConstraint("(kept_at IS NULL) = (named IS NULL)", "answered"),
        CheckConstraint("named IS NOT TRUE OR case_id IS NOT NULL", "name_of_a_case"),
        CheckConstraint("(seen_by IS NULL) = (seen_at IS NULL)", "seen"),
    )

    @property
    def is_draft(self) -> bool:
        """Whether its uploader has not answered yet."""
        return self.kept_at is None

    @property
    def pages(self) -> int:
        """Return how many pages it has."""
        return sum(part.pages for part in self.parts)

    @property
    def size(self) -> int:
        """Return its bytes in all."""
        return sum(part.size for part in self.parts)

    @property
    def sha256(self) -> str:
        """Return its hash: that of its only part, else that of its parts' hashes, one a line."""
        hashes = [part.sha256.hex() for part in self.parts]
        if len(hashes) == 1:
            return hashes[0]
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


class PaperPart(Base):
    """A picture, which is a page, or a PDF. `blob` is where its sealed bytes are, while they are.

    `sha256` is the hash of what is handed out.
    """

    __tablename__ = "paper_part"

    id: Mapped[Id]
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[PartKind]
    pages: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    blob: Mapped[str | None] = mapped_column(unique=True)
    scan: Mapped[Scan]
    blacked_out_at: Mapped[datetime | None]

    paper: Mapped[Paper] = relationship(back_populates="parts", lazy="joined", innerjoin=True)
    about: AssociationProxy[str] = association_proxy("paper", "about")
    provider_id: AssociationProxy[UUID | None] = association_proxy("paper", "provider_id")
    case_id: AssociationProxy[UUID | None] = association_proxy("paper", "case_id")
    named: AssociationProxy[bool | None] = association_proxy("paper", "named")
    put_by: AssociationProxy[UUID | None] = association_proxy("paper", "put_by")
    kept_at: AssociationProxy[datetime | None] = association_proxy("paper", "kept_at")
    """What rules ask of a paper, they ask of its parts."""

    __table_args__ = (
        CheckConstraint(f"pages BETWEEN 1 AND {MOST_PAGES}", "pages"),
        CheckConstraint(f"size BETWEEN 1 AND {MOST_BYTES}", "size"),
        CheckConstraint("scan <> 'harmful' OR blob IS NULL", "harmful_is_gone"),
    )


class PaperKey(Base):
    """The wrapped data key of one paper: without it the bytes never open."""

    __tablename__ = "paper_key"

    paper_id: Mapped[UUID] = mapped_column(
        ForeignKey("paper.id", ondelete="CASCADE"), primary_key=True
    )
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
