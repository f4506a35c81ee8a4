"""Names that say what is in a file: `css/app.css` is sent as `css/app.3fa9c1d2e4b1.css`.

A name changes with the content, so a browser may keep what it has for good. What names another
file (`url()` in a style, an import in a script) names it so as well, and changes with it.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

SENT = frozenset({".css", ".js", ".svg", ".woff2"})
_REFERENCES = {
    ".css": re.compile(r"""url\(\s*["']?([^"')]+?)["']?\s*\)"""),
    ".js": re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*"(\.\.?/[^"]+)\""""),
}
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Named:
    """A file as it is sent: its name and its bytes."""

    name: str
    content: bytes


@dataclass
class Names:
    """The files below a folder by the names that they have in it."""

    folder: Path
    named: dict[str, Named] = field(default_factory=dict)

    def of_all(self, sources: Iterable[str]) -> dict[str, Named]:
        """Return each of the files under its new name."""
        return {source: self.of(source) for source in sources}

    def of(self, source: str) -> Named:
        """Return one file; what it names is named first, so a circle has no end."""
        if source not in self.named:
            content = self._rewritten(source, (self.folder / source).read_bytes())
            digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
            stem, suffix = posixpath.splitext(source)
            self.named[source] = Named(f"{stem}.{digest}{suffix}", content)
        return self.named[source]

    def _rewritten(self, source: str, content: bytes) -> bytes:
        pattern = _REFERENCES.get(posixpath.splitext(source)[1])
        if pattern is None:
            return content
        return pattern.sub(lambda found: self._renamed(source, found), content.decode()).encode()

    def _renamed(self, source: str, found: re.Match[str]) -> str:
        here = posixpath.dirname(source)
        target = posixpath.normpath(posixpath.join(here, found[1]))
        if not (self.folder / target).is_file():
            return found[0]
        new = posixpath.relpath(self.of(target).name, here)
        return found[0].replace(found[1], new if new.startswith(".") else f"./{new}")


def sent_from(folder: Path) -> dict[str, Named]:
    """Return every file of a folder that pages may ask for, by its name there."""
    files = (path for path in sorted(folder.rglob("*")) if path.suffix in SENT)
    return Names(folder).of_all(path.relative_to(folder).as_posix() for path in files)
