"""XML of strangers, read as a stream: no more than allowed, nothing fetched, nothing expanded."""

from collections.abc import Iterator, Sequence
from io import SEEK_END
from typing import IO

from lxml import etree

from vouchers.formats.camt_nodes import Element
from vouchers.formats.problems import StatementFileError
from vouchers.formats.statement import Reached


class _Capped:
    """A readable that refuses to give more than `limit` bytes, and tells how many it gave."""

    def __init__(self, source: IO[bytes], limit: int, reached: Reached) -> None:
        self._source = source
        self._given = 0
        self._limit = limit
        self._reached = reached
        self._whole = _size(source)

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._given += len(chunk)
        if self._given > self._limit:
            raise StatementFileError("too_large", limit_mb=self._limit // (1024 * 1024))
        self._reached(self._given, self._whole)
        return chunk


def _size(source: IO[bytes]) -> int:
    """Return how many bytes there are from here on."""
    here = source.tell()
    whole = source.seek(0, SEEK_END) - here
    source.seek(here)
    return whole


class Stream:
    """The elements of one file whose local name is one of `names`, each as it ends.

    Raises StatementFileError for what is too large or broken. `root` is known once all were read.
    """

    def __init__(
        self, source: IO[bytes], names: Sequence[str], *, max_bytes: int, reached: Reached
    ) -> None:
        self._context = etree.iterparse(
            _Capped(source, max_bytes, reached),
            events=("end",),
            tag=tuple(f"{{*}}{name}" for name in names),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )

    def __iter__(self) -> Iterator[Element]:
        """Yield each element when the parser has finished it."""
        try:
            for _, element in self._context:
                yield element
        except etree.XMLSyntaxError as broken:
            raise StatementFileError("xml_broken", line=broken.lineno or 1) from None

    @property
    def root(self) -> Element:
        """Return the root; None in a file without any element."""
        return self._context.root


def refuse_doctype(element: Element) -> None:
    """Refuse a document type: it could define entities that grow, or name files."""
    info = element.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise StatementFileError("doctype")


def forget_before(element: Element) -> None:
    """Empty an element that was read, and drop the equal one before it: memory stays small."""
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        element.getparent().remove(before)
    element.clear()
