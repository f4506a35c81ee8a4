"""What a query answers is read by name, and money as Money: a row is no list of places."""

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


def by_hand(source):
    """Return the lines that make Money of an amount and a currency of one row."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="Money"), args=[minor, ast.Attribute(value=row)]):
                of_row = {
                    part.attr
                    for part in ast.walk(minor)
                    if isinstance(part, ast.Attribute) and ast.dump(part.value) == ast.dump(row)
                }
                found += [node.lineno] if any(name.endswith("_minor") for name in of_row) else []
    return found


def test_money_of_two_columns_is_seen():
    assert by_hand("Money(self.left_minor - self.pending_minor, self.currency)") == [1]
    assert by_hand("Money(int(row.amount_minor), row.currency)") == [1]
    assert by_hand("Money(left, line.currency)") == []


def test_a_row_answers_money_itself():
    """`MoneyColumns` and `InMoney` read it; formats know no row."""
    found = {
        str(path.relative_to(ROOT)): lines
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        if not path.is_relative_to(ROOT / "vouchers" / "formats")
        and (lines := by_hand(path.read_text(encoding="utf-8")))
    }
    assert found == {}
