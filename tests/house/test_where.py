"""`docs/where.md` answers each question by one symbol, and each symbol is there."""

import re
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path
from typing import Any

import pytest

ROW = re.compile(r"^\| (?P<question>[^|`]+) \| `(?P<symbol>[\w.]+)` \|$", re.MULTILINE)
TEXT = (Path(__file__).parents[2] / "docs" / "where.md").read_text(encoding="utf-8")
ROWS = [(row["question"].strip(), row["symbol"]) for row in ROW.finditer(TEXT)]
TABLE_LINES = [line for line in TEXT.splitlines() if line.startswith("| ") and "`" in line]


def resolved(symbol: str) -> tuple[str, Any]:
    """Return the module that defines a symbol, and what it is; raise where it is not."""
    parts = symbol.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:cut])
        try:
            found = import_module(name)
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return name, found
    raise ModuleNotFoundError(symbol)


def test_every_line_of_a_table_is_a_question_with_one_symbol():
    assert len(ROWS) == len(TABLE_LINES)
    assert len(ROWS) >= 40


def test_no_question_and_no_symbol_stands_twice():
    assert len({question for question, _symbol in ROWS}) == len(ROWS)
    assert len({symbol for _question, symbol in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("question", "symbol"), ROWS, ids=[symbol for _q, symbol in ROWS])
def test_the_symbol_is_defined_where_the_page_says(question, symbol):
    module, found = resolved(symbol)
    if isfunction(found) or isclass(found):  # a constant has no home but its module
        assert found.__module__ == module, question
