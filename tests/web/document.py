"""What a document of the API says of a value, judged without the code that it was made from."""

import re
from datetime import date

TYPES = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


def fits(document, schema, value) -> bool:
    """Whether `value` is what `schema` describes."""
    schema = resolved(document, schema)
    if not TYPES[schema["type"]](value):
        return False
    return _LAWS[schema["type"]](document, schema, value)


def resolved(document, schema):
    """Follow a reference."""
    if "$ref" not in schema:
        return schema
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def _text(_document, schema, value) -> bool:
    return (
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9)
        and re.search(_whole(schema.get("pattern", "")), value) is not None
        and value in schema.get("enum", [value])
        and (schema.get("format") != "date" or _is_day(value))
        and not any("\ud800" <= sign <= "\udfff" for sign in value)
    )


def _whole(pattern: str) -> str:
    """Python's `$` also stands before a last line break; that of a document does not."""
    return pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern


def _is_day(value: str) -> bool:
    try:
        return bool(
            re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and date.fromisoformat(value)
        )
    except ValueError:
        return False


def _number(_document, schema, value) -> bool:
    return value >= schema.get("minimum", value)


def _list(document, schema, value) -> bool:
    return all(fits(document, schema["items"], one) for one in value)


def _object(document, schema, value) -> bool:
    known = schema["properties"]
    return (
        set(schema.get("required", ())) <= set(value) <= set(known)
        and schema["additionalProperties"] is False
        and all(fits(document, known[name], one) for name, one in value.items())
    )


_LAWS = {"string": _text, "integer": _number, "array": _list, "object": _object}
