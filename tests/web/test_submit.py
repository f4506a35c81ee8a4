"""What a service refuses stands beside its field, in the reader's words, and nothing is lost."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar

import pytest
from wtforms import StringField

from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.money import Money
from reintegration.web.forms import Form
from reintegration.web.saying import error_text, say
from reintegration.web.submit import Ask, submit


class Named(Form):
    called: ClassVar = {"name_of_the_service": "name"}

    name = StringField()


class Worded(str):
    __slots__ = ()
    label = "Language"


@pytest.fixture
def sent(app, committed_db):
    with app.test_request_context("/?lang=en", method="POST", data={"name": "Ana"}):
        yield Named()


def refused(form, error):
    def asking():
        yield Ask(lambda: form.name.data, form)
        raise error

    return submit(asking())


@pytest.mark.parametrize("field", ["name", "name_of_the_service"])
def test_a_refusal_stands_beside_the_field_that_it_names(sent, field):
    assert refused(sent, Invalid("No.", field=field)) == ("Ana", 422)
    assert (sent.name.errors, sent.form_errors) == (["No."], [])


@pytest.mark.parametrize("field", [None, "unknown"])
def test_any_other_refusal_stands_above_the_form_with_its_own_status(sent, field):
    assert refused(sent, Conflict("No.", field=field)) == ("Ana", 409)
    assert sent.form_errors == ["No."]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Money(1_670_050, "MDL"), "16.700,50\u00a0MDL"),
        (date(2026, 11, 24), "24 nov. 2026"),
        (datetime(2026, 11, 24, 10, tzinfo=UTC), "24 nov. 2026, 12:00"),
        (Decimal("1234.5"), "1.234,5"),
        (Worded("x"), "Limba"),
        (3, 3),
        ("A1", "A1"),
    ],
)
def test_a_value_is_said_in_the_readers_language(app, value, said):
    with app.test_request_context("/?lang=ro"):
        assert say(value) == said


def test_a_refusal_says_its_values_in_the_readers_language(app):
    error = Invalid("%(left)s", left=Money(100, "MDL"))
    with app.test_request_context("/?lang=ro"):
        assert error_text(error) == "1,00\u00a0MDL"
