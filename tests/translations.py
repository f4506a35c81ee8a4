"""Every string for people stands in every language: `make sure` fails on one that does not."""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.database import ROOT

FOLDER = ROOT / "reintegration" / "translations"
LANGUAGES = ("ro", "ru")
"""English stands in the code."""


def extracted() -> Catalog:
    """Return the strings that code and templates hold now."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        command = ["extract", "-F", "babel.cfg", "-k", "_l", "-k", "N_", "-o", str(template), "."]
        subprocess.run(
            [sys.executable, "-m", "babel.messages.frontend", "--quiet", *command],
            cwd=ROOT,
            check=True,
        )
        with template.open("rb") as file:
            return read_po(file)


def gaps(template: Catalog, catalogue: Catalog) -> list[str]:
    """Return what a language lacks: strings without a translation, or with an unsure one."""
    found = []
    for message in template:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        translated = catalogue.get(key, message.context)
        if translated is None or not translated.string or not all(_parts(translated.string)):
            found.append(f"missing: {key!r}")
        elif translated.fuzzy:
            found.append(f"unsure: {key!r}")
    return found


def main() -> int:
    """Print every gap; return 1 when there is one."""
    template = extracted()
    status = 0
    for language in LANGUAGES:
        path = FOLDER / language / "LC_MESSAGES" / "messages.po"
        with path.open("rb") as file:
            found = gaps(template, read_po(file, locale=language))
        for gap in found:
            sys.stdout.write(f"{language}: {gap}\n")
            status = 1
    return status


def _parts(text: "str | tuple[str, ...] | list[str]") -> "tuple[str, ...]":
    return (text,) if isinstance(text, str) else tuple(text)


if __name__ == "__main__":
    sys.exit(main())
