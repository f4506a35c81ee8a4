"""The product's source as a tree, read once: what stands in it, whatever file it stands in."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PRODUCT = tuple(PROJECT["tool"]["importlinter"]["root_packages"])
Node = TypeVar("Node", bound=ast.AST)
Names = set[str]


@cache
def files() -> tuple[tuple[Path, tuple[ast.AST, ...]], ...]:
    """Return each file and its nodes."""
    paths = sorted(path for name in PRODUCT for path in (ROOT / name).rglob("*.py"))
    return tuple(
        (path, tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))) for path in paths
    )


def modules() -> tuple[tuple[ast.AST, ...], ...]:
    """Return the nodes of each file."""
    return tuple(nodes for _path, nodes in files())


def each(kind: type[Node]) -> Iterator[Node]:
    """Yield every node of a kind."""
    return (node for nodes in modules() for node in nodes if isinstance(node, kind))


def texts_like(pattern: str) -> Names:
    """Return the texts that match as a whole; parts of f-strings and permissions are none."""
    parts = {id(part) for found in each(ast.JoinedStr) for part in found.values}
    for found in each(ast.ClassDef):
        if found.name.endswith("Permission"):
            parts |= {id(node) for node in ast.walk(found)}
    return {
        node.value
        for node in each(ast.Constant)
        if isinstance(node.value, str)
        and id(node) not in parts
        and re.fullmatch(pattern, node.value)
    }


def numbers() -> set[int]:
    """Return every whole number that is spelled out."""
    return {node.value for node in each(ast.Constant) if type(node.value) is int}


def shape(node: ast.JoinedStr) -> str:
    """Return an f-string with `{}` for what is filled in."""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
    )


def shapes_like(pattern: str) -> Names:
    """Return the shapes of f-strings that match as a whole."""
    return {text for text in map(shape, each(ast.JoinedStr)) if re.fullmatch(pattern, text)}


def called(node: ast.Call) -> str:
    """Return the last word of what is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


Call = tuple[ast.FunctionDef | None, ast.Call]
"""A call, and the function that it stands in."""


@cache
def calls() -> dict[str, tuple[tuple[int, Call], ...]]:
    """Return what is called → each call with the number of its file."""
    found: dict[str, list[tuple[int, Call]]] = {}
    for number, nodes in enumerate(modules()):
        inside: dict[int, ast.FunctionDef] = {}
        for scope in nodes:
            if isinstance(scope, ast.FunctionDef):
                inside |= {id(node): scope for node in ast.walk(scope)}
        for node in nodes:
            if isinstance(node, ast.Call):
                found.setdefault(called(node), []).append((number, (inside.get(id(node)), node)))
    return {name: tuple(listed) for name, listed in found.items()}


def given(function: str, name: str, position: int, file: int | None = None) -> Names:
    """Return the texts that calls hand over as one argument, through callers as well.

    A function with a leading `_` is called in its own file only.
    """
    found: Names = set()
    for number, (scope, call) in calls().get(function, ()):
        if file is not None and number != file:
            continue
        handed = [word.value for word in call.keywords if word.arg == name]
        for value in handed or call.args[position : position + 1]:
            found |= {
                part.value
                for part in ast.walk(value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
            if isinstance(value, ast.Name) and scope is not None and scope.name != function:
                found |= _handed_to(scope, value.id, number)
    return found


def _handed_to(scope: ast.FunctionDef, name: str, file: int) -> Names:
    """Return the texts that a parameter of a function stands for, if it is one."""
    names = [one.arg for one in (*scope.args.args, *scope.args.kwonlyargs)]
    if name not in names:
        return set()
    return given(scope.name, name, names.index(name), file if scope.name.startswith("_") else None)


def noted(method: str, position: int) -> set[tuple[str, str]]:
    """Return (name of what it is called on, text) of each call of a method with a text."""
    return {
        (call.func.value.id, call.args[position].value)
        for _file, (_scope, call) in calls().get(method, ())
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and len(call.args) > position
        and isinstance(call.args[position], ast.Constant)
        and isinstance(call.args[position].value, str)
    }


def keyword(name: str) -> Names:
    """Return the texts that any call hands over under a name."""
    return {
        word.value.value
        for node in each(ast.Call)
        for word in node.keywords
        if word.arg == name
        and isinstance(word.value, ast.Constant)
        and isinstance(word.value.value, str)
    }


def marked_messages(name: str) -> Names:
    """Return the sentences marked with `N_` that a name stands for, in a call or before one."""
    handed = [word.value for word in each(ast.keyword) if word.arg == name]
    set_before = [
        node.value
        for node in each(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == name
    ]
    return {
        marked.args[0].value
        for value in (*handed, *set_before)
        for marked in ast.walk(value)
        if isinstance(marked, ast.Call)
        and called(marked) == "N_"
        and isinstance(marked.args[0], ast.Constant)
    }


def completed(pattern: str) -> Names:
    """Return the f-strings that end in a word a function is given: the shape, and each word."""
    found: Names = set()
    for number, nodes in enumerate(modules()):
        for scope in nodes:
            if not isinstance(scope, ast.FunctionDef):
                continue
            for node in ast.walk(scope):
                if not isinstance(node, ast.JoinedStr) or not re.fullmatch(pattern, shape(node)):
                    continue
                found.add(shape(node))
                match node.values[-1]:
                    case ast.FormattedValue(value=ast.Name(id=name)):
                        words = _handed_to(scope, name, number)
                        found |= {shape(node).replace("{}", word) for word in words}
    return found


def query_words() -> Names:
    """Return what is looked up in the arguments of an address: what bookmarks say behind `?`."""
    words: Names = set()
    for call in each(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="parameters"), attr="cursor")):
                words.add("page")
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="parameters"), attr=reader),
                args=[ast.Constant(value=str(word)), *_],
            ) if not reader.startswith("posted"):
                words.add(word)
    return words


def code_lists() -> Names:
    """Return the codes of every enumeration by its name; permissions stand elsewhere."""
    return {
        f"{found.name} {code}"
        for found in each(ast.ClassDef)
        for base in map(ast.unparse, found.bases)
        if base in {"StrEnum", "Worded", "Numbered"} and not found.name.endswith("Permission")
        for line in found.body
        if isinstance(line, ast.Assign)
        for code in _code(line, base)
    }


def _code(line: ast.Assign, base: str) -> Iterator[str]:
    """Give what is stored for a member: its name in lower case, or what is written first."""
    match line:
        case ast.Assign(targets=[ast.Name(id=name)]) if base == "Worded":
            yield name.lower()
        case ast.Assign(value=ast.Constant(value=str(code))):
            yield code
        case ast.Assign(value=ast.Tuple(elts=[ast.Constant(value=str(code)), *_])):
            yield code
