"""What a move keeps: no recorded name may go, and a new one is recorded where it is added.

`tests/release/names.txt` holds them all. `PUNTE_RECORD=1 .venv/bin/python -m pytest
tests/house/test_names.py` writes it anew; the difference of the file is then what is asked to be
true for good, and a line that goes needs a migration of what is stored, or an address that leads
on from where the old one led.
"""

import os
from pathlib import Path

import pytest

from reintegration import settings as configuration
from reintegration.app import create_app
from tests.house import names
from tests.release import figures

RELEASE = Path(__file__).parents[1] / "release"
RECORDED = RELEASE / "names.txt"
NOWHERE = {
    "DATABASE_URL": "postgresql+psycopg://nobody@/none",
    "SECRET_KEY": "x" * 32,
    "PUNTE_MASTER_KEY": "A" * 43 + "=",
}


@pytest.fixture(scope="module")
def found():
    found = names.found(create_app(configuration.from_environment(NOWHERE)))
    if os.environ.get("PUNTE_RECORD"):
        RECORDED.write_text(written(found), encoding="utf-8")
    return found


def written(sections: dict[str, list[str]]) -> str:
    parts = ["\n".join([f"# {title}", *listed]) for title, listed in sections.items()]
    return "\n\n".join(parts) + "\n"


def recorded() -> dict[str, list[str]]:
    parts = RECORDED.read_text(encoding="utf-8").strip().split("\n\n")
    lines = [part.split("\n") for part in parts]
    return {title.removeprefix("# "): listed for title, *listed in lines}


def problems(kept: dict[str, list[str]], found: dict[str, list[str]]) -> list[str]:
    """Say each name that is gone, and each that nobody recorded."""
    said = []
    for title in sorted({*kept, *found}):
        before, now = set(kept.get(title, ())), set(found.get(title, ()))
        said += [
            f"{title}: “{name}” is gone; it stands in stored rows or bookmarks, so keep it"
            for name in sorted(before - now)
        ]
        said += [
            f"{title}: “{name}” is new; add it to tests/release/names.txt, and it stays for good"
            for name in sorted(now - before)
        ]
    return said


def test_every_recorded_name_is_there_and_every_new_one_is_recorded(found):
    said = problems(recorded(), found)
    assert said == [], "\n".join(said)


def test_each_section_finds_what_it_looks_for(found):
    assert [title for title, listed in found.items() if not listed] == []
    for title, name in {
        "addresses": "/cases/<uuid:case_id>/identity POST",
        "words behind the ? of an address": "lang",
        "permissions": "voucher:issue",
        "machines": "voucher move issue: approved -> issued",
        "acts in the trail": "identity:read",
        "code lists": "Account 1110",
        "columns held to values": "voucher.state 'issued'",
        "files of banks": "general",
        "jobs": "audit.seal",
        "tasks": "bank.import",
        "channels": "email",
        "keys and what is sealed to a row": "person_identity|{}|{}",
        "labels of keys and signatures": "voucher-pin/1",
        "commands": "audit verify",
        "api": "components schemas RedemptionRequest required - = code",
        "settings": "PUNTE_MASTER_KEY",
        "cookies": "punte-session",
        "files": "audit-checkpoints.jsonl",
    }.items():
        assert name in found[title], title


@pytest.mark.parametrize(
    "path", sorted(RELEASE.glob("*/figures.json")), ids=lambda p: p.parent.name
)
def test_what_a_release_stored_is_among_the_names(found, path):
    stored = figures.read(path)
    assert stored["acts"].keys() - set(found["acts in the trail"]) == set()
    codes = set(found["code lists"])
    assert {f"SourceType {code}" for code in stored["sources"]} - codes == set()
    assert {f"PostingEvent {code}" for code in stored["postings"]} - codes == set()
    assert stored["moves"].keys() - set(found["acts in the trail"]) == set()


def test_a_name_that_goes_and_one_that_comes_are_both_said():
    said = problems({"jobs": ["audit.seal"]}, {"jobs": ["audit.sealing"]})
    assert said == [
        "jobs: “audit.seal” is gone; it stands in stored rows or bookmarks, so keep it",
        "jobs: “audit.sealing” is new; add it to tests/release/names.txt, and it stays for good",
    ]
