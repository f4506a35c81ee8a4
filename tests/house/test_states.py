"""A state is set where a thing is made, and by its machine; nowhere else."""

import ast

import pytest

from tests.house.source import PRODUCT, ROOT

MACHINES = "reintegration/kernel/states.py"
BY_THEMSELVES = {
    "reintegration/kernel/tasks.py": "a background task is run, not decided: it has no actor",
    "reintegration/kernel/outbox.py": "a message is sent, not decided: it has no actor",
    "vouchers/stripe_rail/services/events.py": "a message is worked off, not decided",
}
FILES = sorted(
    str(path.relative_to(ROOT)) for name in PRODUCT for path in (ROOT / name).rglob("*.py")
)


def targets(node):
    match node:
        case ast.Assign(targets=listed):
            return [part for one in listed for part in ast.walk(one)]
        case ast.AugAssign(target=one) | ast.AnnAssign(target=one):
            return list(ast.walk(one))
    return []


def sets_a_state(node):
    """Whether a node assigns to `.state`, or lets an UPDATE do it."""
    if any(isinstance(part, ast.Attribute) and part.attr == "state" for part in targets(node)):
        return True
    match node:
        case ast.Call(func=ast.Attribute(attr="values", value=made), keywords=words):
            into = any(
                isinstance(part, ast.Name) and part.id == "insert" for part in ast.walk(made)
            )
            return not into and any(word.arg == "state" for word in words)
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value="state"), _]):
            return True
    return False


def lines_that_set(source):
    return [node.lineno for node in ast.walk(ast.parse(source)) if sets_a_state(node)]


@pytest.mark.parametrize(
    "source",
    [
        "line.state = OPEN",
        "line.state, line.owner = OPEN, None",
        "update(Line).where(x).values(state=OPEN)",
        "setattr(line, 'state', OPEN)",
    ],
)
def test_each_way_to_set_a_state_is_seen(source):
    assert lines_that_set(source) == [1]


@pytest.mark.parametrize(
    "source", ["Line(state=OPEN)", "insert(Line).values(state=OPEN)", "VOUCHER.fire(s, v, 'issue')"]
)
def test_making_a_thing_and_moving_it_are_no_such_way(source):
    assert lines_that_set(source) == []


def test_only_machines_set_a_state():
    found = {
        path: lines
        for path in FILES
        if path != MACHINES
        and path.startswith(("reintegration/", "providers/", "vouchers/"))
        and (lines := lines_that_set((ROOT / path).read_text(encoding="utf-8")))
    }
    assert set(found) == set(BY_THEMSELVES)
