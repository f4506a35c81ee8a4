"""Building the static files: under the names that say their content, with gzip and brotli beside.

`python -m reintegration.web.asset_build` does it when Punte is installed, and the application when
it starts and something is missing. Files of former builds stay: a page that is open asks for them.
"""

import gzip
import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import brotli

from reintegration.settings import ROOT
from reintegration.web.asset_names import Named, sent_from

SOURCES = ROOT / "reintegration" / "static"
BUILT = ROOT / "reintegration" / "built" / "static"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The encodings that are kept, the better one first, and the endings of their files."""

_COMPRESSED = frozenset({".css", ".js", ".svg"})  # a woff2 is brotli inside
_LIST = "built"


def build(sources: Path = SOURCES, target: Path = BUILT) -> Mapping[str, str]:
    """Bring what is built up to the sources; return the names by which each file is sent."""
    files = sent_from(sources)
    names = {source: named.name for source, named in files.items()}
    if _names_built(target) != names:
        for named in files.values():
            _write_all(target, named)
        _write(target / _LIST, json.dumps(names, indent=1).encode())
    return names


def _names_built(target: Path) -> dict[str, str]:
    try:
        names: dict[str, str] = json.loads((target / _LIST).read_bytes())
    except FileNotFoundError:
        return {}
    return names


def _write_all(target: Path, named: Named) -> None:
    path = target / named.name
    if path.exists():
        return
    for ending, content in _encoded(path.suffix, named.content):
        _write(path.with_name(path.name + ending), content)
    _write(path, named.content)


def _encoded(suffix: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if suffix in _COMPRESSED:
        yield ENCODINGS["br"], brotli.compress(content, quality=11)
        yield ENCODINGS["gzip"], gzip.compress(content, 9, mtime=0)


def _write(path: Path, content: bytes) -> None:
    """Put a file into its place whole: another process may build, or send, the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.replace(path)


if __name__ == "__main__":
    build()
