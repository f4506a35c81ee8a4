"""PDFs: counted and looked through, never changed.

Their bytes stay as they came, so that a signature in them goes on holding; who opens one gets it
as a file. Whoever must black out a part has their pages drawn first (`drawing`).
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from reintegration.papers.content.kinds import MOST_PAGES, Part, PartKind, Refusal, Unfit

_MOST_NODES = 1000
"""Of the tree of pages, and of what hangs on a page: no honest paper has more."""
_RUNS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"})
_CARRIES = ("/JavaScript", "/EmbeddedFiles")
_CANNOT_READ = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError)
"""What the reader raises over a file that is not what it says."""


def read(content: bytes) -> Part:
    """Return the PDF with the number of its pages; raise Unfit."""
    if not content.startswith(b"%PDF-") or zipfile.is_zipfile(BytesIO(content)):
        raise Unfit(Refusal.ARCHIVE)
    try:
        return Part(PartKind.PDF, content, pages=_looked_through(content))
    except (*_CANNOT_READ, RecursionError):
        raise Unfit(Refusal.BROKEN) from None
    except MemoryError:
        raise Unfit(Refusal.TOO_SLOW) from None


def _looked_through(content: bytes) -> int:
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Unfit(Refusal.LOCKED)
    root = _dictionary(reader.trailer["/Root"])
    _refuse_active(root)
    pages = list(_pages(root))
    if not pages:
        raise Unfit(Refusal.BROKEN)
    for page in pages:
        _refuse_active_page(page)
    return len(pages)


def _pages(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield the pages themselves: how many a file says that it has may be a lie."""
    waiting: list[Any] = [root["/Pages"]]
    found = nodes = 0
    while waiting:
        node = _dictionary(waiting.pop())
        nodes += 1
        if nodes > _MOST_NODES:
            raise Unfit(Refusal.TOO_MANY_PAGES)
        if "/Kids" in node:
            waiting.extend(_array(node["/Kids"]))
            continue
        found += 1
        if found > MOST_PAGES:
            raise Unfit(Refusal.TOO_MANY_PAGES)
        yield node


def _refuse_active(root: DictionaryObject) -> None:
    names = _dictionary(root.get("/Names"))
    form = _dictionary(root.get("/AcroForm"))
    carries = any(name in names for name in _CARRIES) or "/AF" in root or "/Collection" in root
    if carries or "/AA" in root or "/XFA" in form or _does(root.get("/OpenAction")):
        raise Unfit(Refusal.ACTIVE)


def _refuse_active_page(page: DictionaryObject) -> None:
    notes = _array(page.get("/Annots"))
    if "/AA" in page or len(notes) > _MOST_NODES:
        raise Unfit(Refusal.ACTIVE)
    for note in map(_dictionary, notes):
        carries = note.get("/Subtype") in ("/FileAttachment", "/RichMedia", "/Screen")
        if carries or "/AA" in note or _does(note.get("/A")):
            raise Unfit(Refusal.ACTIVE)


def _does(action: Any) -> bool:
    """Whether an action, or one that follows it, runs something."""
    for _ in range(_MOST_NODES):
        said = _dictionary(action)
        if not said:
            return False
        if said.get("/S") in _RUNS:
            return True
        following = _resolved(said.get("/Next"))
        if isinstance(following, ArrayObject):
            return any(_does(one) for one in following[:MOST_PAGES])
        action = following
    return True


def _dictionary(found: Any) -> DictionaryObject:
    found = _resolved(found)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(found: Any) -> list[Any]:
    found = _resolved(found)
    return list(found) if isinstance(found, ArrayObject) else []


def _resolved(found: Any) -> Any:
    return found.get_object() if isinstance(found, IndirectObject) else found
