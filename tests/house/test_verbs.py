"""A button begins with a verb of `docs/interface.md`: one word for one kind of act."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUTTON = re.compile(
    r"\bui\.(?:form_actions|submit|post_button|stepper_submit|confirm)\((?:url_for\([^()]*\), *)?"
    r'_\("([^"]+)"(?:, [^()]*)?\)(?: if [\w.]+ else _\("([^"]+)"\))?'
)
VERB = re.compile(r"\*\*([A-Z]\w+)\*\*")


def verbs() -> set[str]:
    """Return the verbs of the table."""
    said = (ROOT / "docs" / "interface.md").read_text(encoding="utf-8")
    table = said.partition("One verb for one kind of act")[2].partition("\n## ")[0]
    return set(VERB.findall(table))


def buttons() -> list[tuple[str, str]]:
    """Return each button's words with the page that shows it."""
    return [
        (page.name, words)
        for part in ("reintegration", "providers", "vouchers")
        for page in (ROOT / "templates" / part).rglob("*.html")
        for found in BUTTON.findall(page.read_text(encoding="utf-8"))
        for words in found
        if words
    ]


def test_a_button_begins_with_one_of_the_verbs():
    known, found = verbs(), buttons()
    assert len(found) > 90
    assert [one for one in found if one[1].split()[0].rstrip("…") not in known] == []
