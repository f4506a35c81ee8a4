"""Requests are held against the typed parameters of the package `stripe`, of the same version."""

import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stripe import RequestOptions
from typing_extensions import is_typeddict

from tools.stripe_simulator.errors import Refusal

Values = dict[str, Any]

_KNOWN_WHEN_CHECKED = {"StripeContext": Any, "Mapping": Mapping}
_WHOLE = re.compile(r"-?\d{1,18}")
_METADATA_KEYS, _KEY_LENGTH, _VALUE_LENGTH = 50, 40, 500


def checked(kind: Any, values: Mapping[str, Any], *, words: bool) -> Values:
    """Return the values as what the typed dictionary says they are, or refuse them.

    Args:
        kind: a class of `stripe.params`.
        values: what came, nested.
        words: whether every value came as text (forms and addresses), not as JSON.
    """
    return _Check(words=words).record(kind, values, "")


class _Check:
    """One request; each method names the parameter that it reads, as Stripe would."""

    def __init__(self, *, words: bool) -> None:
        self.words = words

    def record(self, kind: Any, values: Any, at: str) -> Values:
        if not isinstance(values, Mapping):
            raise _refused("parameter_invalid_object", "Invalid object", at)
        known, required = _fields(kind)
        for name in values:
            if name not in known:
                raise _refused(
                    "parameter_unknown", "Received unknown parameter", self.inside(at, name)
                )
        for name in sorted(required):
            if name not in values:
                raise _refused("parameter_missing", "Missing required param", self.inside(at, name))
        return {
            name: self.value(known[name], value, self.inside(at, name))
            for name, value in values.items()
        }

    def inside(self, at: str, name: str) -> str:
        if not at:
            return name
        return f"{at}[{name}]" if self.words else f"{at}.{name}"

    def value(self, kind: Any, value: Any, at: str) -> Any:
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self.one_of(get_args(kind), value, at)
        if origin is Literal:
            return self.word(get_args(kind), value, at)
        if origin is list:
            return self.items(get_args(kind)[0], value, at)
        if origin is dict or kind is dict:
            return self.pairs(value, at)
        if is_typeddict(kind):
            return self.record(kind, value, at)
        return self.plain(kind, value, at)

    def one_of(self, kinds: tuple[Any, ...], value: Any, at: str) -> Any:
        """Read a value of one of several kinds; a list of words that is open is held as closed."""
        if value is None:
            if type(None) in kinds:
                return None
            raise _refused("parameter_invalid_empty", "Null is not a value", at)
        closed = [kind for kind in kinds if get_origin(kind) is Literal]
        nested = [kind for kind in kinds if is_typeddict(kind) or get_origin(kind) in (dict, list)]
        if nested and isinstance(value, (Mapping, list)):
            return self.value(nested[0], value, at)
        if closed:
            return self.word(tuple(w for kind in closed for w in get_args(kind)), value, at)
        plain = [kind for kind in kinds if kind in (int, float, bool, str)]
        return self.value((plain or list(kinds))[0], value, at)

    def word(self, allowed: tuple[Any, ...], value: Any, at: str) -> Any:
        if value not in allowed:
            names = ", ".join(str(one) for one in allowed)
            raise _refused(None, f"Invalid value: must be one of {names}", at)
        return value

    def items(self, kind: Any, value: Any, at: str) -> list[Any]:
        if isinstance(value, Mapping) and all(name.isdigit() for name in value):
            value = [value[name] for name in sorted(value, key=int)]
        if not isinstance(value, list):
            raise _refused("parameter_invalid_array", "Invalid array", at)
        return [self.value(kind, one, f"{at}[{n}]") for n, one in enumerate(value)]

    def pairs(self, value: Any, at: str) -> dict[str, str | None]:
        """Read metadata, within Stripe's bounds."""
        if not isinstance(value, Mapping):
            raise _refused("parameter_invalid_object", "Invalid object", at)
        if len(value) > _METADATA_KEYS:
            raise _refused(None, f"At most {_METADATA_KEYS} keys are kept", at)
        for name, text in value.items():
            here = self.inside(at, name)
            if len(name) > _KEY_LENGTH:
                raise _refused(None, f"A key has at most {_KEY_LENGTH} characters", here)
            if not isinstance(text, str | None):
                raise _refused("parameter_invalid_string", "Invalid string", here)
            if text is not None and len(text) > _VALUE_LENGTH:
                raise _refused(None, f"A value has at most {_VALUE_LENGTH} characters", here)
        return dict(value)

    def plain(self, kind: Any, value: Any, at: str) -> Any:
        if kind is int:
            return self.whole(value, at)
        if kind is bool:
            return self.yes_or_no(value, at)
        if kind is str:
            if not isinstance(value, str):
                raise _refused("parameter_invalid_string", "Invalid string", at)
            if not value:
                raise _refused("parameter_invalid_empty", "An empty string is not a value", at)
        return value

    def whole(self, value: Any, at: str) -> int:
        if self.words and isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        if not self.words and type(value) is int:
            return value
        raise _refused("parameter_invalid_integer", f"Invalid integer: {value}", at)

    def yes_or_no(self, value: Any, at: str) -> bool:
        given = {"true": True, "false": False}.get(value) if self.words else value
        if not isinstance(given, bool):
            raise _refused(None, f"Invalid boolean: {value}", at)
        return given


@cache
def _fields(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Return what a typed dictionary knows and what it requires, without the client's options."""
    hints = get_type_hints(kind, localns=_KNOWN_WHEN_CHECKED)
    options = set(RequestOptions.__annotations__)
    return {name: hint for name, hint in hints.items() if name not in options}, frozenset(
        kind.__required_keys__
    )


def _refused(code: str | None, what: str, at: str) -> Refusal:
    return Refusal(f"{what}: {at}", code=code, param=at, kept=False)
