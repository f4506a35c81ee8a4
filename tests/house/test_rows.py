"""What a query answers is read by name: a row is no list of places."""

import ast

import pytest

from tests.house.source import ROOT

FLOORS = ("reintegration", "providers", "vouchers")


def bindings(scope):
    """Yield (names, what they are taken from) of each assignment and each loop."""
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[target], value=value):
                yield target, value
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield target, value


def asks(value, known):
    """Whether an expression runs a statement, or goes through rows that one answered."""
    match value:
        case ast.Call(func=ast.Attribute(attr="execute" | "run")):
            return True
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner):
            return asks(inner, known)
        case ast.BoolOp(values=values):
            return any(asks(one, known) for one in values)
        case ast.Name(id=name):
            return name in known
    return False


def places(source):
    """Return the lines where a function reads a row by its place."""
    found = set()
    for scope in ast.walk(ast.parse(source)):
        if not isinstance(scope, ast.FunctionDef):
            continue
        rows, before = set(), -1
        while before != len(rows):
            before = len(rows)
            rows |= {
                target.id
                for target, value in bindings(scope)
                if isinstance(target, ast.Name) and asks(value, rows)
            }
        found |= {
            node.lineno
            for node in ast.walk(scope)
            if isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id in rows
            and isinstance(node.slice, ast.Constant)
            and type(node.slice.value) is int
            and node.slice.value > 0
        }
    return sorted(found)


@pytest.mark.parametrize(
    "body",
    [
        "    row = session.execute(x).one()\n    return row[1]",
        "    rows = session.execute(x)\n    return [row[2] for row in rows]",
        "    found = session.execute(x).one_or_none() or (0, 0)\n    return found[1]",
        "    for row in _TAKE.run(session, {}):\n        use(row[3])",
    ],
)
def test_a_place_in_a_row_is_seen(body):
    assert len(places(f"def read(session):\n{body}")) == 1


def test_names_and_other_lists_are_no_places():
    body = "    row = session.execute(x).one()\n    parts = text.split()\n    return row.minor, parts[1]"
    assert places(f"def read(session, text):\n{body}") == []


def test_no_row_is_read_by_its_place():
    found = {
        str(path.relative_to(ROOT)): lines
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        if (lines := places(path.read_text(encoding="utf-8")))
    }
    assert found == {}
