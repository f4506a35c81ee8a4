"""The paper of a signed close: what stands on it, as data, and as a tagged PDF."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import typst

from reintegration.settings import ROOT

_SOURCE = ROOT / "templates" / "print" / "close.typ"
_FONTS = ROOT / "reintegration" / "static" / "vendor" / "fonts-print"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its heading, the heads of its columns, and rows; `figures` columns end it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that stands on the paper, in the language of whoever asks for it."""

    lang: str
    title: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]


def pdf(sheet: Sheet, *, made_at: datetime) -> bytes:
    """Return the paper as PDF/UA-1; a warning of the typesetter is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = typst.compile(
            str(_SOURCE),
            root=str(_SOURCE.parent),
            font_paths=[str(_FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=made_at.replace(microsecond=0),
            sys_inputs={"sheet": json.dumps(asdict(sheet), ensure_ascii=False)},
        )
    return bytes(made)
