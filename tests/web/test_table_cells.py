"""Cells of a table: each becomes a value, or an error that says where it stands."""

import json

import pytest

from reintegration.web.table_cells import CellError, Cells, head_of
from reintegration.web.table_reading import FORMULA, Table

KNOWN = {"case": "case", "count": "count", "places": "places"}


def cells(**said):
    table = Table(tuple(said), ((2, tuple(said.values())),))
    return Cells(2, head_of(table, KNOWN, ()), tuple(said.values()))


@pytest.mark.parametrize("place", [0, 1])
def test_a_title_that_is_a_formula_is_refused_by_the_letter_of_its_column(place):
    titles = ["case", "count"]
    titles[place] = FORMULA
    head = head_of(Table(tuple(titles), ()), KNOWN, ())
    (problem,) = head.problems
    assert (problem.row, problem.column) == (1, "AB"[place])
    assert "\\u0000" not in json.dumps([problem.as_json(), head.ignored])


@pytest.mark.parametrize("title", ["=case", "+case", "-case", "@case", "'=case"])
def test_a_title_behind_a_sign_is_known_by_its_words(title):
    assert head_of(Table((title,), ()), KNOWN, ("case",)).problems == ()


@pytest.mark.parametrize("text", ["a@b", "@b.example", "a b@c.example", "a@b.", "a" * 200 + "@b.c"])
def test_what_no_form_takes_for_an_address_no_table_brings_in(text):
    row = cells(case=text)
    row.email("case")
    assert [problem.column for problem in row.errors] == ["case"]


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("0012", 12), ("0", 0), ("000", 0), ("000000000012", 12)]
)
def test_zeros_before_a_number_change_nothing(text, value):
    assert cells(count=text).number("count", 0, 20, None) == value


@pytest.mark.parametrize("text", ["00000000021", "0000000000100000", "1" * 30, "-1", "1.5", "²"])
def test_a_number_outside_its_bounds_is_refused_however_many_zeros_stand_before_it(text):
    read = cells(count=text)
    assert read.number("count", 0, 20, None) is None
    assert [one.column for one in read.errors] == ["count"]


@pytest.mark.parametrize("text", ["-", "//", "…", "#"])
def test_what_is_known_by_its_words_is_not_made_of_signs_alone(text):
    read = cells(case=text)
    assert read.called("case") == ""
    assert [one.column for one in read.errors] == ["case"]


def test_districts_are_read_in_any_language_and_each_once():
    read = cells(places="raionul Orhei, Оргеев; mun. Chișinău")
    assert (read.districts("places"), read.errors) == (("MD-OR", "MD-CU"), [])


def test_an_unknown_district_is_named():
    read = cells(places="Orhei, Atlantida")
    read.districts("places")
    assert [one.params for one in read.errors] == [{"text": "Atlantida"}]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CellError(3, "sex", "No."), "row 3, sex: No."),
        (CellError(3, "sex", "No.", {}, "12/2025"), "row 3 (12/2025), sex: No."),
        (CellError(0, "", "The file is empty."), "The file is empty."),
    ],
)
def test_a_command_says_where_an_error_is_and_no_row_of_the_whole_file(error, line):
    assert error.line == line
