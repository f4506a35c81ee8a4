"""The house stays easy to walk: what is asked is answered, and rooms stay small."""

import ast
import re
from dataclasses import is_dataclass
from pathlib import Path
from statistics import median

from sqlalchemy.orm import Session

from reintegration.kernel import hooks, ports
from reintegration.web import slots

ROOT = Path(__file__).parents[2]
PRODUCT = ("reintegration", "providers", "vouchers", "demo")
ASKED = re.compile(r"slots\.(?:render|collect)\(\s*\"([\w.]+)\"")


def sources(*folders: str, ending: str) -> list[str]:
    return [
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob(f"*{ending}"))
    ]


def test_every_question_of_a_lower_floor_is_answered(app):
    assert app.url_map
    assert ports.unanswered() == []


def test_every_question_is_asked_with_the_session_first(app):
    assert app.url_map
    asked = {
        port.question: port.__orig_class__.__args__[0][:1]
        for port in ports.declared()
        if hasattr(port, "__orig_class__")
    }
    assert len(asked) == len(ports.declared()) > 7
    assert [question for question, first in asked.items() if first != (Session,)] == []


def test_only_pages_ask_slots():
    """What decides anything is asked through a typed port."""
    below = re.compile(r"/(states|models|policy|queries|services|jobs)(/|\.py$)")
    askers = [
        path.relative_to(ROOT).as_posix()
        for folder in PRODUCT
        for path in sorted((ROOT / folder).rglob("*.py"))
        if below.search("/" + path.relative_to(ROOT).as_posix())
        and re.search(
            r"\bslots\.(collect|render)\b|import .*\bslots\b", path.read_text(encoding="utf-8")
        )
    ]
    assert askers == []


def test_every_event_is_a_value_and_every_subscriber_can_preview_it(app):
    assert app.url_map
    subscribed = hooks._subscribers
    assert len(subscribed) > 3
    for event, subscribers in subscribed.items():
        assert is_dataclass(event), event
        assert event.__dataclass_params__.frozen, event
        for one in subscribers:
            assert one.preview is not one.apply, event


def test_every_slot_is_filled_and_every_filling_has_a_slot(app):
    texts = sources(*PRODUCT, ending=".py") + sources("templates", ending=".html")
    asked = {name for text in texts for name in ASKED.findall(text)}
    assert app.url_map
    assert asked == slots.filled()


def test_the_formatter_alone_decides_how_lines_break():
    held = re.compile(r"#\s*fmt:\s*(?:skip|off)")
    texts = sources(*PRODUCT, "tests", "bench", "migrations", ending=".py")
    assert [text[:60] for text in texts if held.search(text)] == []


def test_files_and_functions_stay_small():
    texts = sources(*PRODUCT, ending=".py")
    functions = [
        node.end_lineno - node.lineno + 1
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    ]
    assert median(len(text.splitlines()) for text in texts) <= 100
    assert median(functions) <= 7
