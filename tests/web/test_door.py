"""What is sent comes in through one door: whoever reads it, and wherever it stood."""

import ast
import io

import pytest
from flask import request
from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired

from reintegration.kernel.errors import Invalid
from reintegration.web import parameters
from reintegration.web.forms import Form
from tests.house import source
from vouchers.bank.services.statement_import import MAX_BYTES

READERS = {"args", "form", "values", "query_string", "full_path", "data", "get_data", "json"}
"""What nobody but the floor of the web reads off a request."""
MAY_READ = {"reintegration/web"}


class Sent(Form):
    line = StringField(validators=[InputRequired()])
    lines = TextAreaField()
    password = PasswordField()


def test_names_and_values_of_an_address_are_freed(app):
    with app.test_request_context("/?q\u200b=a%00b%E2%80%AE&q=c"):
        assert request.args.getlist("q") == ["ab", "c"]


def test_bytes_of_an_address_that_are_no_letters_are_dropped(app):
    with app.test_request_context("/", environ_overrides={"QUERY_STRING": "q=a\xffb"}):
        assert parameters.text("q") == "ab"


def test_a_text_of_an_address_has_a_limit_that_is_said(app):
    with app.test_request_context("/?q=" + "a" * 201), pytest.raises(Invalid, match="200"):
        parameters.text("q")


def test_a_file_keeps_its_bytes_and_loses_what_is_unseen_in_its_name(app):
    sent = {"file": (io.BytesIO(b"\x00\xff"), "ex\u202etras.csv")}
    with app.test_request_context("/", method="POST", data=sent):
        assert request.files["file"].filename == "extras.csv"
        assert request.files["file"].read() == b"\x00\xff"


def test_what_a_program_sends_is_freed_at_every_depth(app):
    with app.test_request_context(
        "/", method="POST", json={"a\u200b": ["\ud800x", {"b": "y\x00"}]}
    ):
        assert request.get_json() == {"a": ["x", {"b": "y"}]}


def test_a_form_keeps_lines_only_where_lines_are_meant_and_never_trims_a_password(app):
    sent = {"line": " a\r\nb\x00 ", "lines": " a\r\nb\u2028c ", "password": " s\x00 "}
    with app.test_request_context("/", method="POST", data=sent):
        form = Sent()
        assert form.validate()
        assert form.line.data == "a b"
        assert form.lines.data == "a\nb\nc"
        assert form.password.data == " s "


def test_blanks_and_unseen_signs_alone_are_no_answer(app):
    with app.test_request_context("/", method="POST", data={"line": " \u200b\u2060 "}):
        assert not Sent().validate()


def test_a_field_without_a_limit_of_its_own_has_one(app):
    with app.test_request_context("/", method="POST", data={"line": "a" * 501}):
        form = Sent()
        assert not form.validate()
        assert "500" in form.line.errors[0]


def test_only_the_floor_of_the_web_reads_what_was_sent():
    found = []
    for path, nodes in source.files():
        where = path.relative_to(source.ROOT).as_posix()
        if any(where.startswith(f"{one}/") for one in MAY_READ):
            continue
        for node in nodes:
            match node:
                case ast.Attribute(value=ast.Name(id="request"), attr=attr) if attr in READERS:
                    found.append(f"{where}: request.{attr}")
    assert found == []


def test_a_word_that_a_page_does_not_know_is_carried_into_no_link(cast, sign_in):
    words = "currency=MDL&kind=pdf&_external=1&_scheme=javascript&endpoint=x"
    page = sign_in(cast.petru).get(f"/ledger/?{words}")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "/ledger/export/csv?currency=MDL" in text
    assert "javascript:" not in text


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [("petru", "/bank/import", 302), ("vera", "/providers/import/", 413)],
)
def test_a_form_whose_file_may_be_larger_than_others_takes_it(cast, sign_in, who, address, status):
    sent = {"file": (io.BytesIO(bytes(21 * 1024 * 1024)), "extras.xml")}
    answer = sign_in(cast.people[who]).post(address, data=sent)
    assert answer.status_code == status


def test_no_form_takes_more_than_it_says(cast, sign_in):
    sent = {"file": (io.BytesIO(bytes(MAX_BYTES + 128 * 1024)), "extras.xml")}
    answer = sign_in(cast.petru).post("/bank/import?lang=en", data=sent)
    assert answer.status_code == 413
    assert "at most 50 MB" in answer.text
    assert "flask bank import FILE" in answer.text


def test_a_file_that_is_too_large_leads_back_to_its_form_and_nowhere_else(cast, sign_in):
    vera, large = sign_in(cast.vera), bytes(21 * 1024 * 1024)
    for came_from, back in (
        ("http://localhost/providers/import/", True),
        ("https://evil.example/providers/import/", False),
    ):
        sent = {"file": (io.BytesIO(large), "list.csv")}
        page = vera.post("/providers/import/?lang=en", data=sent, headers={"Referer": came_from})
        assert "at most 20 MB" in page.text
        assert ("Go back to the form" in page.text) is back
        assert "evil" not in page.text
