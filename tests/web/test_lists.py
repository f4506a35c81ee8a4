"""A row of a table is a card on a phone, and a folded filter says what it is set to."""

import pytest
from markupsafe import Markup

from reintegration.web.lists import as_cards, set_to

COLUMNS = [
    {"label": "Claim"},
    {"label": "Provider", "phone": "bare"},
    {"label": "How old"},
    {"label": "Amount, MDL", "kind": "num"},
    {"label": "Actions", "hidden": True},
]


def card(*cells: str, columns=COLUMNS) -> str:
    return str(as_cards(Markup("<tr>" + "".join(cells) + "</tr>"), columns))  # noqa: S704 - cells of this test


def test_the_head_of_a_row_is_the_title_of_its_card():
    assert card('<th scope="row">C-1</th>') == '<tr><th class="on-title" scope="row">C-1</th></tr>'


def test_a_cell_that_needs_words_has_those_of_its_column():
    assert 'data-label="How old">4</td>' in card("<th>C-1</th>", "<td>Casa</td>", "<td>4</td>")
    assert 'class="on-bare">Casa</td>' in card("<th>C-1</th>", "<td>Casa</td>")


def test_the_only_figure_stands_beside_the_title_with_its_currency():
    found = card("<th>C-1</th>", "<td>A</td>", "<td>4</td>", '<td class="num">5.00</td>')
    assert '<td class="on-sum num" data-unit="MDL">5.00</td>' in found


def test_where_figures_are_several_each_says_what_it_is():
    columns = [{"label": "Debit", "kind": "num"}, {"label": "Credit", "kind": "num"}]
    found = card("<td>1</td>", "<td>2</td>", columns=columns)
    assert 'data-label="Debit">1' in found
    assert 'data-label="Credit">2' in found


def test_what_is_empty_is_left_out():
    assert card("<td></td>", "<td> – </td>").count("on-none") == 2


def test_a_status_needs_no_label():
    found = card("<th>C-1</th>", "<td></td>", '<td><span class="tag tone-clay">Late</span></td>')
    assert '<td class="on-bare"><span' in found


def test_a_box_to_tick_comes_first_and_what_to_do_last():
    columns = [{"label": "Take", "hidden": True}, {"label": "Claim"}, *COLUMNS[4:]]
    found = card("<td><input></td>", "<th>C-1</th>", "<td><button></button></td>", columns=columns)
    assert [found.index(place) for place in ("on-tick", "on-title", "on-act")] == sorted(
        found.index(place) for place in ("on-tick", "on-title", "on-act")
    )


def test_a_cell_over_several_columns_keeps_the_count():
    found = card('<td colspan="2">all</td>', "<td>4</td>")
    assert 'data-label="How old">4' in found


def test_a_label_is_text_and_no_markup():
    assert 'data-label="&lt;b&gt;&#34;">1' in card("<td>1</td>", columns=[{"label": '<b>"'}])


def test_a_folded_filter_says_what_was_chosen_and_typed(app):
    fields = Markup(
        '<select><option value="">All</option><option value="x" selected>Shelter</option></select>'
        '<select><option value="" selected>Any</option></select>'
        '<input type="hidden" name="a" value="b"><input type="date" value="2026-11-03">'
        '<input type="search" value="Casa"><input type="search" value="">'
    )
    with app.test_request_context("/?"):
        assert set_to(fields) == ["Shelter", "3 nov. 2026", "Casa"]


@pytest.mark.parametrize("typed", ["2026-02-31", "0000-01-01", "anything"])
def test_a_day_that_is_none_stands_as_it_was_typed(app, typed):
    with app.test_request_context():
        field = Markup('<input type="date" name="since" value="{}">').format(typed)
        assert set_to(field) == [typed]
