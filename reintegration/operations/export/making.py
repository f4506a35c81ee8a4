"""Making an export: one snapshot of the database, every file, and last what tells of them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import force_locale, gettext
from sqlalchemy import text
from sqlalchemy.orm import Session

from reintegration.cases.services import name_exports
from reintegration.codelists.languages import Locale
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import audit, clock
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.audit import Subject
from reintegration.kernel.dated_rules import DatedList, declared
from reintegration.kernel.db import act_as, db, session
from reintegration.kernel.recipients import recipient
from reintegration.kernel.rule_kinds import LANGUAGES
from reintegration.operations.export import dictionary, files_beside, folder, names, readme, rows
from reintegration.operations.export.files import EXCUSED, FILES
from reintegration.operations.export.folder import Draft
from reintegration.papers.services import leaving
from reintegration.web.commands import operating
from reintegration.web.table_files import Row

FORMAT = 1
MANIFEST, SUMS, README = "manifest.json", "SHA256SUMS", "README.md"


@dataclass(frozen=True, slots=True)
class Names:
    """By which approved request names leave, and to which public key."""

    request: str
    to: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote; `closed` are pages of papers that do not open any more."""

    files: int
    rows: int
    closed: tuple[str, ...]


def export(target: Path, *, with_names: Names | None, now: datetime) -> Exported:
    """Write everything that the institution owns into a folder, or nothing.

    With names, the request is used up before the first is opened, also when what follows fails.
    Raises Conflict or Invalid, as `folder.begun` and `name_exports.use` do.
    """
    if with_names is not None:
        recipient(with_names.to)
    with folder.begun(target) as draft:
        noted = operating(lambda opened: _permit(opened, with_names, now))
        with _snapshot() as at_once:
            late = noted.beyond(at_once)
            operating(lambda opened: late.write_down(opened, now))
            schema = at_once.scalar(text("SELECT version_num FROM alembic_version"))
            closed = _write(at_once, draft, with_names.to if with_names else None)
        _tell(draft, schema, with_names, closed, now)
    counted = sum(one.get("rows", 0) for one in draft.written)
    return Exported(len(draft.written), counted, tuple(closed))


@dataclass(frozen=True, slots=True)
class _Leaving:
    """The papers and, by a request, the names that leave."""

    request: str | None
    papers: frozenset[Subject]
    persons: frozenset[Subject]

    @classmethod
    def seen(cls, opened: Session, request: str | None) -> "_Leaving":
        """Return what leaves as a session sees it."""
        papers = leaving.listed(opened, of_cases=request is not None)
        persons = name_exports.listed(opened) if request else ()
        return cls(request, frozenset(papers), frozenset(persons))

    def beyond(self, at_once: Session) -> "_Leaving":
        """Return what came between this and the moment of which the files tell."""
        there = self.seen(at_once, self.request)
        return _Leaving(self.request, there.papers - self.papers, there.persons - self.persons)

    def write_down(self, opened: Session, now: datetime) -> None:
        """Write down of each that it leaves."""
        leaving.note(opened, _in_order(self.papers), actor=OPERATOR, now=now)
        if self.request:
            persons = _in_order(self.persons)
            name_exports.note(opened, persons, request=self.request, actor=OPERATOR, now=now)


def _in_order(subjects: Iterable[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda one: str(one.id))


def _permit(opened: Session, with_names: Names | None, now: datetime) -> _Leaving:
    """Use the request up, and write down what leaves, before anything is read.

    So the trail that leaves tells of it. What comes between this and the moment of which the files
    tell is written down before the first file.
    """
    request = None
    if with_names is not None:
        request = name_exports.use(
            opened, with_names.request, public_key=with_names.to, actor=OPERATOR, now=now
        ).reference
    found = _Leaving.seen(opened, request)
    found.write_down(opened, now)
    data = {"request": request} if request else {}
    audit.record(opened, "database:export", Subject("database"), actor=OPERATOR, now=now, data=data)
    return found


@contextmanager
def _snapshot() -> Iterator[Session]:
    """Give a session that sees one moment of the database, and writes nothing."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        db.engine.connect().execution_options(**options) as connection,
        Session(connection, info=dict(session().info)) as opened,
    ):
        act_as(opened, OPERATOR)
        yield opened


def _write(opened: Session, draft: Draft, to: str | None) -> list[str]:
    for file in FILES:
        draft.table(file.name, [one.name for one in file.columns], rows.of(opened, file))
    files_beside.of_banks(opened, draft)
    closed = files_beside.papers(opened, draft, to=to)
    if to is not None:
        names.write(opened, draft, to=to)
    draft.table("code_lists", ("list", "code", *(f"word_{one}" for one in Locale)), _codes())
    draft.table("rules_in_force", ("code", "entry", "since", "value"), _in_force(clock.now()))
    said = ("file", "column", "holds", "means")
    draft.table(
        "columns",
        said,
        ([one.file, one.column, one.holds, one.means] for one in dictionary.entries()),
    )
    return closed


def _codes() -> Iterator[Row]:
    for name, codes in dictionary.code_lists().items():
        for code in codes:
            yield [name, str(code), *(_said(getattr(code, "label", ""), one) for one in Locale)]
    yield from _listed(clock.now())
    for unit in TERRITORIAL_UNITS.values():
        yield ["territorial_unit", unit.code, *(unit.name for _ in Locale)]


def _in_force(now: datetime) -> Iterator[Row]:
    """Yield what holds by every rule and entry; `since` is empty for what came with Punte."""
    today = clock.local_day(now)
    for rule in declared().values():
        for entry in rule.entries_on(today):
            found, value = rule.version(today, entry), rule.held(today, entry)
            if value is not None:
                since = found.first_day.isoformat() if found else ""
                yield [rule.code, entry, since, json.dumps(rule.kind.stored(value))]


def _listed(now: datetime) -> Iterator[Row]:
    today = clock.local_day(now)
    for rule in declared().values():
        if isinstance(rule, DatedList):
            for entry, value in rule.on(today).items():
                names: Mapping[str, str] = getattr(value, "name", {})
                yield [rule.code, entry, *(names.get(one, "") for one in LANGUAGES)]


def _said(label: str, locale: Locale) -> str:
    with force_locale(str(locale)):
        return str(gettext(label)) if label else ""


def _tell(
    draft: Draft, schema: str | None, with_names: Names | None, closed: list[str], now: datetime
) -> None:
    draft.file(README, [readme.written(draft.written, closed, now).encode()])
    told: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "schema": schema,
        "names": {"request": with_names.request, "to": with_names.to} if with_names else None,
        "files": draft.written,
        "left_out": [
            {"file": file.name, "column": column, "why": why}
            for file in FILES
            for column, why in file.left_out.items()
        ],
        "not_here": dict(EXCUSED),
        "papers_that_do_not_open": closed,
    }
    sums = "".join(f"{one['sha256']}  {one['name']}\n" for one in draft.written)
    draft.file(SUMS, [sums.encode()])
    draft.file(MANIFEST, [json.dumps(told, indent=1, ensure_ascii=False).encode()])
