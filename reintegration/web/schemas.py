"""What programs send and get: one class is the reader, the document and the refusal of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.json_schema import SkipJsonSchema

from reintegration.kernel import dates
from reintegration.kernel.errors import N_, Invalid

Null = SkipJsonSchema[None]
"""Beside a type: the field may be left out, and null is the same as that."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One field that cannot be taken; no name of a field that is not ours, no value."""

    field: str
    message: str
    params: Mapping[str, Any]


class WrongFields(Invalid):
    """A request that is not as the document says; `fields` says each thing that is wrong."""

    def __init__(self, fields: tuple[Wrong, ...], code: str) -> None:
        names = ", ".join(sorted({wrong.field for wrong in fields} - {""}))
        said = (
            N_("These fields are missing or not readable: %(names)s.")
            if names
            else N_("The request has fields that are not known, or none.")
        )
        super().__init__(said, code=code, names=names)
        self.fields = fields


def _without_defaults(schema: dict[str, Any]) -> None:
    for described in schema["properties"].values():
        described.pop("default", None)


class Answer(BaseModel):
    """What a program gets."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_without_defaults)


class Request(BaseModel):
    """What a program sends: exactly the types that are written, and no other field.

    Text was freed at the door before: what cannot be seen is not in it.
    """

    refusal_code: ClassVar[str] = "invalid_request"
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, json_schema_extra=_without_defaults
    )

    @classmethod
    def read(cls, sent: object) -> Self:
        """Return what was sent; raise WrongFields that name all that is wrong."""
        try:
            return cls.model_validate(sent)
        except ValidationError as error:
            raise WrongFields(tuple(_wrong(cls, error)), cls.refusal_code) from None


def _wrong(model: type[Request], error: ValidationError) -> list[Wrong]:
    """Return the first error of each field, in the field's own words."""
    found: dict[str, Wrong] = {}
    for one in error.errors(include_input=False, include_url=False, include_context=True):
        message, params = _WORDS.get(one["type"], _OTHERWISE), dict(one.get("ctx") or {})
        known = one["type"] not in {"extra_forbidden", "invalid_key", "model_type"}
        name = str(one["loc"][0]) if known else ""
        names = ", ".join(field.alias or key for key, field in model.model_fields.items())
        found.setdefault(name, Wrong(name, message, {**params, "names": names}))
    return list(found.values())


_OTHERWISE = N_("It is not as the description of the API says.")
_WORDS: Mapping[str, str] = {
    "missing": N_("It is missing."),
    "extra_forbidden": N_("A field is not known. Known are: %(names)s."),
    "model_type": N_("Send an object with these fields: %(names)s."),
    "string_type": N_("Send text."),
    "string_too_long": N_("At most %(max_length)s characters."),
    "string_too_short": N_("At least %(min_length)s characters."),
    "int_type": N_("Send a whole number."),
    "greater_than_equal": N_("At least %(ge)s."),
    "date_type": N_("Send a day as YYYY-MM-DD."),
}


def _day(sent: object) -> object:
    """Return the day of `YYYY-MM-DD`; whatever else it is, it is no day."""
    try:
        return dates.machine(sent) if isinstance(sent, str) else sent
    except dates.NoDay:
        return sent


Day = Annotated[date, BeforeValidator(_day)]
DecimalText = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,3})?$")]
"""An amount for programs: digits, a dot, no sign, no grouping."""


class WrongField(Answer):
    """One thing that is wrong with a request. `field` is empty for the request as a whole."""

    field: str
    detail: str


class Problem(Answer):
    """RFC 9457. `code` is the reason for machines; nothing that was sent is repeated."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[WrongField, ...] | Null = Field(
        None, description="Each field that is missing or not readable."
    )
