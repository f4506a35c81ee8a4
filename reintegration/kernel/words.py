"""Codes that people read: each member brings its word, and the tone of its tag.

A member is written `APPROVED = N_("Approved"), "moss"`: the word as a source string, and one of the
tones of `templates/components/status.html` (grey when none is said). Stored is the name in
lower case. A page shows a member by `status.state(member)`, or its word alone by the filter `tr`.
"""

from enum import EnumMeta, StrEnum
from typing import Any, Self, TypeVar

_Member = TypeVar("_Member", bound="Worded")


class _Named(EnumMeta):
    """Puts the code of each member, its name in lower case, before what is written of it."""

    def __new__(cls, name: str, bases: Any, written: Any, **options: Any) -> Any:
        for member, said in written.items():
            if member.isupper():
                words = said if isinstance(said, tuple) else (said,)
                dict.__setitem__(written, member, (member.lower(), *words))
        return super().__new__(cls, name, bases, written, **options)


def worded(codes: type[_Member], code: str, label: str, tone: str = "grey") -> _Member:
    """Return a new member of `codes`: for the `__new__` of a list with more words."""
    member = str.__new__(codes, code)
    member._value_ = code
    member.label, member.tone = label, tone
    return member


class Worded(StrEnum, metaclass=_Named):
    """The base of every code list that is shown."""

    label: str
    tone: str

    def __new__(cls, code: str, label: str = "", tone: str = "grey") -> Self:
        """Make the member of `code`."""
        return worded(cls, code, label, tone)


class Numbered(Worded):
    """The base of the lists whose codes others chose: `BANK = "1110", N_("Bank")`."""

    def __new__(cls, _name: str, code: str = "", label: str = "") -> Self:
        """Make the member of `code`, which its name does not tell."""
        return worded(cls, code, label)


def member_of(codes: type[_Member], text: str | None) -> _Member | None:
    """Return the member whose code `text` is, as an address or an old row says it; else None."""
    return codes(text) if text is not None and text in set(codes) else None
