"""What is declared is used: each permission is asked for, each setting is read, each message is sent."""

import ast
import re
from dataclasses import fields
from functools import cache

from reintegration.kernel import permissions
from reintegration.settings import Settings
from tests.house.source import ROOT, called, files

DECLARING = {"permissions.py", "policy.py"}
NOT_ASKED = {"web:signed_in": "Nothing asks for it any more; its name is kept, as all names are."}
"""Permissions that nothing asks for. This list may only shrink."""
NOT_READ: dict[str, str] = {}
"""Settings that nothing reads. This list may only shrink, too."""


@cache
def templates():
    """Return the text of all templates."""
    found = (ROOT / "templates").rglob("*.html")
    return "\n".join(path.read_text(encoding="utf-8") for path in found)


def asked():
    """Return the permissions that code beside their declaration and their rule names."""
    found = set()
    for path, nodes in files():
        if path.name in DECLARING:
            continue
        classes = {
            alias.asname or alias.name: alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name.endswith("Permission")
        }
        found |= {
            (classes[node.value.id], node.attr)
            for node in nodes
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in classes
        }
    return found


def test_each_permission_is_asked_for(app):
    ours = [one for one in permissions.registered() if not type(one).__module__.startswith("tests")]
    named = {(type(one).__name__, one.name): one.value for one in ours}
    assert len(named) > 60
    found, drawn = asked(), set(re.findall(r"can\(P\.(\w+)", templates()))
    missing = {
        value
        for name, value in named.items()
        if name not in found and name[1] not in drawn and f'"{value}"' not in templates()
    }
    assert missing == NOT_ASKED.keys()


def test_each_setting_is_read():
    read = {
        node.attr
        for path, nodes in files()
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    read |= set(re.findall(r"settings\.(\w+)", templates()))
    assert {field.name for field in fields(Settings)} - read - NOT_READ.keys() == set()
    assert NOT_READ.keys().isdisjoint(read)


def unsent(node: ast.FunctionDef):
    """Return whether a function makes a message for an inbox and hands it to nobody."""
    made = any(
        isinstance(one, ast.Assign)
        and any(isinstance(part, ast.Call) and called(part) == "N_" for part in ast.walk(one.value))
        and any(isinstance(target, ast.Name) and target.id == "message" for target in one.targets)
        for one in ast.walk(node)
    )
    handed = any(
        isinstance(value, ast.Name) and value.id == "message"
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        for value in (*call.args, *(word.value for word in call.keywords))
    )
    return made and not handed


def test_each_message_is_handed_to_somebody():
    found = [
        f"{path.name}: {node.name}"
        for path, nodes in files()
        for node in nodes
        if isinstance(node, ast.FunctionDef) and unsent(node)
    ]
    assert found == []


def test_a_message_that_nobody_gets_would_be_found():
    [lost] = ast.parse('def remind(session):\n    message = N_("Late.")\n    return 1').body
    assert unsent(lost)


def test_what_sends_reminders_is_scheduled(app):
    """A function of a service that reminds, warns or sweeps by the clock belongs to a job."""
    from reintegration.kernel import jobs

    by_the_clock = re.compile(r"(remind|warn_ahead|expire|end_lapsed)(_|$)")
    declared = {
        (path.parent.parent.name, node.name)
        for path, nodes in files()
        if path.parent.name == "services"
        for node in nodes
        if isinstance(node, ast.FunctionDef)
        and by_the_clock.match(node.name)
        and [word.arg for word in node.args.kwonlyargs] == ["now"]
    }
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path, _nodes in files()
        if path.name in {"jobs.py", "feature.py"} or path.parent.name == "jobs"
    )
    assert len(declared) >= 7
    assert [name for name in sorted(declared) if f".{name[1]}" not in text] == []
    assert len({job.name for job in jobs.scheduled()}) >= len(declared)
