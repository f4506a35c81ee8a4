"""The information field (:86:) of MT940 in the three ways that banks fill it."""

import re
from dataclasses import dataclass

from vouchers.formats.iban import compact
from vouchers.formats.references import meaningful

_NUMBERED = re.compile(r"^\d{3}\?\d{2}")
_FIELD = re.compile(r"\?(\d{2})")
_KNOWN = (
    *("TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "ORDP", "BENM", "MARF", "CSID", "PREF"),
    *("RTRN", "TRCD", "KREF", "CNTP", "USTD", "STRD", "PURP", "ULTC", "ULTD", "ULTB", "IREF"),
    *("CDTR", "DBTR", "CHGS", "EXCH", "OCMT", "INIT", "CDTRREF", "CDTRREFTP", "ISDT", "ADDR"),
)
_SLASHED = re.compile(rf"/({'|'.join(_KNOWN)})(?=/)")
_UNKNOWN = re.compile(r"/[A-Z]{4}(?=/)")
_WORDED = re.compile(r"(?:(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE)\+|(MTLG):)")
_PURPOSE = [str(number) for number in (*range(20, 30), *range(60, 64))]
# Return numbers of the German code list and the ISO 20022 reasons that they stand for.
_RETURNS = {
    "901": "AC01",
    "902": "AC04",
    "903": "AC06",
    "904": "AG01",
    "905": "AG02",
    "914": "MS03",
}


@dataclass(frozen=True, slots=True)
class Narrative:
    """What the information field tells about an entry."""

    remittance: str = ""
    name: str | None = None
    iban: str | None = None
    end_to_end_id: str | None = None
    customer_reference: str | None = None
    return_reason: str | None = None


def read_narrative(text: str) -> Narrative:
    """Read `NNN?20…` fields, `/NAME/…` words, or plain lines."""
    joined = text.replace("\n", "")
    if _NUMBERED.match(joined):
        return _numbered(joined)
    if _SLASHED.search(joined):
        return _slashed(joined)
    return Narrative(remittance=" ".join(text.split()))


def _numbered(text: str) -> Narrative:
    pieces = _FIELD.split(text[3:])
    fields: dict[str, str] = {}
    for number, value in zip(pieces[1::2], pieces[2::2], strict=True):
        fields[number] = fields.get(number, "") + value
    purpose = "".join(fields.get(number, "") for number in _PURPOSE)
    words = _words(purpose)
    said = words.get("SVWZ") or words.get("MTLG") or words.get("", "")
    code = fields.get("34", "").strip()
    return Narrative(
        remittance=" ".join(said.split()),
        name=f"{fields.get('32', '')}{fields.get('33', '')}".strip() or None,
        iban=compact(fields.get("31")),
        end_to_end_id=_reference(words.get("EREF")),
        customer_reference=_reference(words.get("KREF")),
        return_reason=_RETURNS.get(code, code) if code.startswith("9") else None,
    )


def _words(purpose: str) -> dict[str, str]:
    pieces = _WORDED.split(purpose)
    words = {"": pieces[0]}
    for plus, colon, value in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        words.setdefault(plus or colon, value)
    return words


def _slashed(text: str) -> Narrative:
    """Read `/WORD/value`; a word that is not known ends the value before it, but not a text."""
    pieces = _SLASHED.split(text)
    words: dict[str, str] = {}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        words.setdefault(name, value)
    said = (words.get(name, "").strip("/ ") for name in ("REMI", "USTD", "STRD"))
    account, name = _other_side(words)
    return Narrative(
        remittance=" ".join((next(filter(None, said), "")).split()),
        name=name or None,
        iban=compact(account),
        end_to_end_id=_reference(_value(words, "EREF")),
        customer_reference=_reference(_value(words, "KREF") or _value(words, "PREF")),
        return_reason=_value(words, "RTRN") or None,
    )


def _other_side(words: dict[str, str]) -> tuple[str, str]:
    """Return account and name: each a word of its own, or `/CNTP/account/bank/name/town`."""
    parts = [part.strip() for part in words.get("CNTP", "")[1:].split("/")]
    account, _, name = [*parts, "", "", ""][:3]
    return _value(words, "IBAN") or account, _value(words, "NAME") or name


def _value(words: dict[str, str], name: str) -> str:
    return _UNKNOWN.split(words.get(name, ""))[0].strip("/ ")


def _reference(text: str | None) -> str | None:
    return meaningful(" ".join(text.split()) or None) if text else None
