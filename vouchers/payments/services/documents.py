"""Papers of the books as tagged PDF: what stands on them is data, and nobody is named on any.

Neither who gave the services nor why is said: no person, no programme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vouchers.voucher.services.paper import Fact, typeset


@dataclass(frozen=True, slots=True)
class Column:
    """A column: sums stand on the right, and what is wide takes the room that is left."""

    label: str
    is_sum: bool = False
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below the same columns; `foot` closes them."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    foot: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign: for whom, and what is written on each line by hand."""

    party: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that stands on a paper, in one language; `number` stands on each page."""

    lang: str
    number: str
    title: str
    subtitle: str
    facts: Sequence[Fact]
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    signatures: Sequence[Signature] = ()


def pdf(document: Document, *, made_at: datetime) -> bytes:
    """Return the paper as PDF/UA-1; a warning of the typesetter is an error."""
    return typeset("document", document, made_at=made_at)
