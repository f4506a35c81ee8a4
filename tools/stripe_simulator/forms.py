"""Bodies and addresses of v1: flat pairs with brackets, and the nested values that they mean."""

import re
from typing import Any
from urllib.parse import parse_qsl

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def nested(encoded: str) -> dict[str, Any]:
    """Return `metadata[order]=7&expand[0]=x` as nested dictionaries, with lists by their index."""
    values: dict[str, Any] = {}
    for name, text in parse_qsl(encoded, keep_blank_values=True):
        _put(values, _path(name), text)
    return values


def _path(name: str) -> list[str]:
    found = _NAME.fullmatch(name)
    return [found[1], *_PART.findall(found[2])] if found else [name]


def _put(values: dict[str, Any], path: list[str], text: str) -> None:
    """Put a text where its path leads; `[]` is the next index."""
    for part in path[:-1]:
        inside = values.setdefault(part, {})
        if not isinstance(inside, dict):
            inside = values[part] = {}
        values = inside
    values[path[-1] or str(len(values))] = text
