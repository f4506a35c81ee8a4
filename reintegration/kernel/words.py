"""Codes that people read: each member brings its word, and the tone of its tag.

A member is written `DRAFT = "draft", N_("Draft"), "grey"`: the code that is stored, the word as a
source string, and one of the tones of `templates/components/status.html`. A page shows a member
by `status.state(member)`, or its word alone by the filter `tr`.
"""

from enum import StrEnum
from typing import Self, TypeVar

_Member = TypeVar("_Member", bound="Worded")


def worded(codes: type[_Member], code: str, label: str, tone: str = "grey") -> _Member:
    """Return a new member of `codes`: for the `__new__` of a list with more words."""
    member = str.__new__(codes, code)
    member._value_ = code
    member.label, member.tone = label, tone
    return member


class Worded(StrEnum):
    """The base of every code list that is shown."""

    label: str
    tone: str

    def __new__(cls, code: str, label: str = "", tone: str = "grey") -> Self:
        """Make the member of `code`."""
        return worded(cls, code, label, tone)


def member_of(codes: type[_Member], text: str | None) -> _Member | None:
    """Return the member whose code `text` is, as an address or an old row says it; else None."""
    return codes(text) if text is not None and text in set(codes) else None
