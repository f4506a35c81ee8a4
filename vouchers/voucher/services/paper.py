"""The paper of a voucher: what stands on it, as data, and as a tagged PDF.

Nothing on it tells who gave it or why: no name, no programme, no address in the QR.
"""

import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import segno
import typst

from reintegration.settings import ROOT

_SOURCES = ROOT / "templates" / "print"
_FONTS = ROOT / "reintegration" / "static" / "vendor" / "fonts-print"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is, and its value."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that stands on the paper, in the person's language."""

    lang: str
    title: str
    what: str
    service: str
    code: str
    code_hint: str
    qr: str
    qr_alt: str
    facts: Sequence[Fact]
    notes: Sequence[str]


def qr_svg(secret: str) -> str:
    """Return the QR code of the opaque secret as SVG, with its quiet zone."""
    out = BytesIO()
    segno.make(secret, error="q", micro=False).save(
        out, kind="svg", border=4, xmldecl=False, omitsize=True
    )
    return out.getvalue().decode()


def pdf(sheet: Sheet, *, made_at: datetime) -> bytes:
    """Return the paper as PDF/UA-1; a warning of the typesetter is an error."""
    return typeset("sheet", sheet, source="voucher", made_at=made_at)


def typeset(name: str, content: Any, *, made_at: datetime, source: str = "") -> bytes:
    """Return a dataclass as PDF/UA-1: it comes as `name` into the paper's source.

    The source is called so as well, where it says no other name.
    """
    file = _SOURCES / f"{source or name}.typ"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = typst.compile(
            str(file),
            root=str(_SOURCES),
            font_paths=[str(_FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=made_at.replace(microsecond=0),
            sys_inputs={name: json.dumps(asdict(content), ensure_ascii=False)},
        )
    return bytes(made)
