"""What stands in the folder for whoever opens it first, and the page of the docs beside it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from reintegration.operations.export import dictionary
from reintegration.operations.export.files import EXCUSED, FILES
from reintegration.operations.export.files_beside import BESIDE
from reintegration.operations.export.names import SEALED

_HOW = """\
Tables are CSV: UTF-8 with a byte order mark, commas, decimal points, the names of fields in the
first line. Moments are in UTC, sums in minor units (bani, cents) beside their currency, lists and
trees are JSON. What is empty is not known. A text that begins like a formula has a `'` before it,
so that no spreadsheet computes it: a program takes it away before one of `=`, `+`, `-`, `@`, a tab
or a line break. Codes are spelled out in `code_lists.csv`, in three languages, and each column in
`columns.csv`.

`sha256sum -c SHA256SUMS` compares each file with what was written; `manifest.json` has the same
with rows and bytes, what is left out, and why. Files that end in `.age` are sealed:
`age -d -i KEY FILE.age > FILE` opens one for the holder of the private key.
"""


def written(files: Sequence[Mapping[str, Any]], closed: Sequence[str], now: datetime) -> str:
    """Return the page of one export."""
    listed = "".join(
        f"| `{one['name']}` | {one.get('rows', '')} | {one['bytes']} |\n"
        for one in files
        if "/" not in one["name"]
    )
    beside = "".join(
        f"- `{name}/`: {sum(one['name'].startswith(name + '/') for one in files)} files. {said}\n"
        for name, said in BESIDE.items()
    )
    gone = "".join(f"- {one}\n" for one in closed)
    return (
        f"# Everything, at {now:%Y-%m-%d %H:%M} UTC\n\n"
        "It is about people whose safety depends on it: keep it where nobody else reads, and"
        " destroy what is not needed.\n\n"
        f"{_HOW}\n| file | rows | bytes |\n|---|---|---|\n{listed}\n{beside}"
        + (f"\nPages of papers that did not open any more:\n\n{gone}" if closed else "")
    )


def documented() -> str:
    """Return the part of `docs/export.md` that says each file and column."""
    return "\n".join((*_open(), *_sealed(), *_beside(), *_excused())) + "\n"


def _open() -> Iterator[str]:
    yield "## Files\n"
    found = list(dictionary.entries())
    for file in FILES:
        yield f"### `{file.name}.csv`\n\n{file.says}\n\n| column | holds | means |\n|---|---|---|"
        yield from (
            f"| {one.column} | {one.holds} | {one.means} |"
            for one in found
            if one.file == file.name
        )
        for column, why in file.left_out.items():
            yield f"| – {column} | left out | {why} |"
        yield ""


def _sealed() -> Iterator[str]:
    yield "## Sealed files\n\nOnly with `--identity`.\n"
    for name, (says, columns) in SEALED.items():
        yield f"### `{name}.csv.age`\n\n{says}\n\n| column | means |\n|---|---|"
        yield from (f"| {column} | {means} |" for column, means in columns.items())
        yield ""


def _beside() -> Iterator[str]:
    yield "## Folders\n"
    yield from (f"- `{name}/`: {said}" for name, said in BESIDE.items())
    yield ""


def _excused() -> Iterator[str]:
    yield "## What does not leave\n\n| table | why |\n|---|---|"
    yield from (f"| {table} | {why} |" for table, why in EXCUSED.items())
