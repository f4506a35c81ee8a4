"""The languages that people speak, as pages say and offer them."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import Flask

from reintegration.codelists import spoken_languages
from reintegration.kernel import clock
from reintegration.web.forms import option
from reintegration.web.i18n import reader_language


def spoken(code: str) -> str:
    """Return what a language is called in that of the reader."""
    return spoken_languages.name_of(code, reader_language())


def all_spoken(codes: Iterable[str]) -> str:
    """Return several languages in a line."""
    return ", ".join(map(spoken, codes))


def spoken_choices(kept: Collection[str] = ()) -> list[Any]:
    """Return the options of a choice; what was chosen before, `kept`, stays among them."""
    found = spoken_languages.offered(clock.local_day(clock.now()), kept)
    return [option(code, one.name[reader_language()]) for code, one in found.items()]


def init_app(app: Flask) -> None:
    """Register the filter."""
    app.jinja_env.filters.update(spoken=spoken)
