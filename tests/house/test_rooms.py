"""The house stays easy to walk: what is asked is answered, and rooms stay small."""

import ast
import re
from pathlib import Path
from statistics import median

from reintegration.kernel import ports
from reintegration.web import slots

ROOT = Path(__file__).parents[2]
PRODUCT = ("reintegration", "providers", "vouchers", "demo")
ASKED = re.compile(r"slots\.(?:render|collect)\(\s*(?:\"([\w.]+)\"|(\w+_SLOT))")
SLOT_NAMES = re.compile(r"^(\w+_SLOT) = \"([\w.]+)\"$", re.MULTILINE)


def sources(*folders: str, ending: str) -> list[str]:
    return [
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob(f"*{ending}"))
    ]


def test_every_question_of_a_lower_floor_is_answered(app):
    assert app.url_map
    assert ports.unanswered() == []


def test_every_slot_is_filled_and_every_filling_has_a_slot(app):
    texts = sources(*PRODUCT, ending=".py") + sources("templates", ending=".html")
    named = dict(pair for text in texts for pair in SLOT_NAMES.findall(text))
    asked = {literal or named[name] for text in texts for literal, name in ASKED.findall(text)}
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
