"""The living page of the face: every component and a few whole screens, in three languages.

Registered in demo mode only. The data is invented; its words stand in `templates/styleguide/`.
"""

import json
from datetime import UTC, date, datetime
from typing import Any

import segno
from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from reintegration.kernel.money import Money
from reintegration.web.forms import CountField
from reintegration.web.pages import Pages
from reintegration.web.requires import WebPermission

bp = Pages("styleguide", __name__)

SCREENS = (
    "plan",
    "reconciliation",
    "form",
    "confirm",
    "empty",
    "redeem",
    "find",
    "receipt",
    "sign_in",
    "error",
    "print",
)
_CODE = "7Q4K-XM2P-9TDA-3WN8"


class SampleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A field of every kind; the page names them in its own language."""

    class Meta:
        """Nothing is ever sent."""

        csrf = False

    name = StringField(validators=[InputRequired()])
    category = SelectField(choices=[])
    day = DateField()
    way = RadioField(choices=[], validators=[InputRequired()])
    needs = SelectMultipleField(choices=[])
    note = TextAreaField()
    file = FileField()
    agreed = BooleanField()
    units = CountField(default=1)
    code = StringField()
    pin = StringField()


@bp.page("/styleguide", WebPermission.ANYONE)
def index() -> ResponseReturnValue:
    """Show every component."""
    return render_template("styleguide/index.html", **_sample_context(), screens=SCREENS)


@bp.page("/styleguide/<screen>", WebPermission.ANYONE)
def show(screen: str) -> ResponseReturnValue:
    """Show one whole screen, as the layouts and components make it."""
    if screen not in SCREENS:
        abort(404)
    return render_template(f"styleguide/screens/{screen}.html", **_sample_context())


def _sample_context() -> dict[str, Any]:
    return {
        "S": json.loads(render_template(f"styleguide/sample_{get_locale() or 'ro'}.json")),
        "day": date,
        "mdl": lambda minor: Money(minor, "MDL"),
        "noon": datetime(2026, 11, 23, 10, 42, tzinfo=UTC),
        "sample_form": _sample_form,
        "sample_places": _sample_places,
        "screen_url": lambda screen: url_for("styleguide.show", screen=screen),
        "sample_code": _CODE,
        "sample_qr": _sample_qr(),
    }


def _sample_form(
    choices: dict[str, list[str]], *, errors: dict[str, str] | None = None, prefix: str = ""
) -> SampleForm:
    form = SampleForm(formdata=None, prefix=prefix)
    for name, words in choices.items():
        form[name].choices = [(str(number), word) for number, word in enumerate(words)]
        form[name].process(None)
    for name, message in (errors or {}).items():
        form[name].errors = [message]
    return form


def _sample_places(
    words: list[str], active: int, counts: dict[int, int]
) -> list[dict[str, object]]:
    return [
        {"label": word, "url": "#", "active": number == active, "count": counts.get(number, 0)}
        for number, word in enumerate(words)
    ]


def _sample_qr() -> Markup:
    svg = segno.make(_CODE, error="q", micro=False).svg_inline(omitsize=True, border=2)
    return Markup(svg)  # noqa: S704 - drawn here from a constant
