"""Which services change rows, and which of them ask whether the actor may: by their calls."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.source import PRODUCT, ROOT

Function = tuple[str, str]
"""A module and the name of a function in it."""
WRITES_ON_SESSION = {"add", "add_all", "delete", "merge"}
WRITES_IN_SQL = {"insert", "update", "delete", "insert_rows", "insert_into"}


class Body:
    """What one function does by itself, and what it calls."""

    def __init__(self, node: ast.FunctionDef, names: dict[str, Function]) -> None:
        self.takes = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
        self.calls: set[Function] = set()
        self.writes = self.asks = False
        for part in ast.walk(node):
            self._look(part, names)

    def _look(self, part: ast.AST, names: dict[str, Function]) -> None:
        match part:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="session"), attr=name)):
                self.writes |= name in WRITES_ON_SESSION
            case ast.Call(func=ast.Attribute(value=ast.Name(id="permissions"), attr="demand")):
                self.asks = True
            case ast.Call(func=ast.Attribute(attr="fire")):
                self.writes = self.asks = True
            case ast.Call(func=ast.Name(id=name)):
                self.writes |= name in WRITES_IN_SQL
            case ast.Assign(targets=targets):
                self.writes |= any(self._is_given(target) for target in targets)
        match part:
            case ast.Name(id=name) if name in names:
                self.calls.add(names[name])
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in names:
                self.calls.add((".".join(names[module]).strip("."), name))

    def _is_given(self, target: ast.AST) -> bool:
        """Whether an assignment changes what the function was handed."""
        if isinstance(target, ast.Tuple):
            return any(self._is_given(one) for one in target.elts)
        return (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and target.value.id in self.takes
            and target.value.id != "self"
        )


def _module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def _names(module: str, tree: ast.Module) -> dict[str, Function]:
    """Return what each name of a module stands for: a function of it, or what it imports."""
    found = {one.name: (module, one.name) for one in tree.body if isinstance(one, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module, alias.name)
    return found


@cache
def bodies() -> dict[Function, Body]:
    """Return every function of the product that stands at the top of its module."""
    found = {}
    for path in sorted(path for name in PRODUCT for path in (ROOT / name).rglob("*.py")):
        module, tree = _module(path), ast.parse(path.read_text(encoding="utf-8"))
        names = _names(module, tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[module, node.name] = Body(node, names)
    return found


def reached(start: Function) -> Iterator[Body]:
    """Yield a function and whatever it may call."""
    seen, left = set(), [start]
    while left:
        one = left.pop()
        if one in seen or one not in bodies():
            continue
        seen.add(one)
        yield bodies()[one]
        left.extend(bodies()[one].calls)


def writing_without_asking() -> set[str]:
    """Return the public services that act for an actor and change rows, but never ask."""
    return {
        f"{module}.{name}"
        for (module, name), body in bodies().items()
        if ".services." in f"{module}."
        and not name.startswith("_")
        and "actor" in body.takes
        and any(one.writes for one in reached((module, name)))
        and not any(one.asks for one in reached((module, name)))
    }
