"""Which migrations this code knows, read from their files: quicker than to load Alembic for it."""

import re
from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
_LINE = re.compile(r'^(revision|down_revision) = (?:"([^"]+)"|None)$', re.MULTILINE)


@cache
def known() -> frozenset[str]:
    """Return every revision."""
    return frozenset(_chain())


@cache
def head() -> str:
    """Return the newest revision: the one that no other follows."""
    chain = _chain()
    (newest,) = chain.keys() - set(chain.values())
    return newest


def after(version: str | None) -> list[str]:
    """Return the revisions that follow `version`, in their order; all after None."""
    before, found = _chain(), list[str]()
    one: str | None = head()
    while one is not None and one != version:
        found.insert(0, one)
        one = before.get(one)
    return found


def file_of(version: str) -> Path:
    """Return the file of a revision."""
    (found,) = VERSIONS.glob(f"{version}_*.py")
    return found


def is_behind(version: str | None) -> bool:
    """Whether a database at `version` waits for migrations; one that is ahead does not."""
    return version is None or (version in known() and version != head())


def _chain() -> dict[str, str | None]:
    """Return revision → the one before it."""
    found = {}
    for path in VERSIONS.glob("*.py"):
        said = {name: value or None for name, value in _LINE.findall(path.read_text("utf-8"))}
        found[said["revision"]] = said["down_revision"]
    return {revision: before for revision, before in found.items() if revision}
