"""What is taken as a page of a paper, and why something is not."""

from dataclasses import dataclass

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded

MOST_BYTES = 10 * 1024 * 1024
"""What a file, and what a whole paper may have."""
MOST_PAGES = 20
MOST_POINTS = 50_000_000
"""Of a picture; what a phone makes has fewer, and more would fill the memory."""


class PartKind(Worded):
    """A picture is one page, made anew by us; a PDF stays as it came and may have several."""

    PICTURE = N_("Picture")
    PDF = N_("PDF")


class Refusal(Worded):
    """Why a file is not taken: a sentence that says what to do."""

    EMPTY = N_("This file is empty. Choose it again, or photograph the paper.")
    TOO_LARGE = N_(
        "This file has more than 10 MB. Photograph the paper again with a lower quality, or send"
        " its pages one by one."
    )
    TOO_MANY_PAGES = N_("A paper has at most 20 pages. Send only the pages that are needed.")
    WHOLE_TOO_LARGE = N_("A paper has at most 10 MB in all. Put the other pages into a second one.")
    UNKNOWN = N_(
        "This is neither a picture nor a PDF, whatever its name says. Photograph the paper, or"
        " save it as PDF."
    )
    ARCHIVE = N_(
        "This is an archive or an office document, whatever its name says. Save it as PDF, or"
        " photograph the paper."
    )
    BROKEN = N_(
        "This file cannot be read to its end. Save it anew as PDF, or photograph the paper."
    )
    TOO_FINE = N_(
        "This picture has more than 50 million points. Photograph the paper with a lower quality."
    )
    LOCKED = N_("This PDF is locked with a password. Save it without one and send that.")
    ACTIVE = N_(
        "This PDF runs a program or carries other files. Print it into a new PDF and send that."
    )
    TOO_SLOW = N_(
        "This file takes too long or too much memory to read. Photograph the paper instead."
    )


class Unfit(Exception):
    """A file is no page of a paper; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one file: `content` is what is kept; a PDF has no width and height."""

    kind: PartKind
    content: bytes
    pages: int = 1
    width: int = 0
    height: int = 0
