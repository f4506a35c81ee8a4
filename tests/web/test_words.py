"""Figures, days and messages as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from reintegration.kernel.money import Money
from reintegration.web import filters
from reintegration.web.language import local_target


@pytest.mark.parametrize(
    ("lang", "money", "day"),
    [
        ("ro", "16.700,50\u00a0MDL", "24 nov. 2026"),
        ("ru", "16\u00a0700,50\u00a0MDL", "24 нояб. 2026"),
        ("en", "16,700.50\u00a0MDL", "24 Nov 2026"),
    ],
)
def test_money_and_days_follow_the_language(app, lang, money, day):
    with app.test_request_context(f"/?lang={lang}"):
        assert filters.money(Money(1_670_050, "MDL")) == money
        assert filters.day(date(2026, 11, 24)) == day


def test_an_instant_is_shown_as_its_day_in_chisinau(app):
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with app.test_request_context("/?lang=en"):
        assert filters.day(late) == "2 Jul 2026"
        assert filters.instant(late).endswith("01:30")


def test_a_currency_without_minor_units_shows_none(app):
    with app.test_request_context("/?lang=en"):
        assert filters.amount(Money(1500, "JPY")) == "1,500"


def test_an_address_may_break_before_its_parts_and_is_never_markup():
    assert filters.email("ana.rusu@a.example") == "ana<wbr>.rusu<wbr>@a<wbr>.example"
    assert filters.email("<b>@a") == "&lt;b&gt;<wbr>@a"


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/cases/", "/cases/"),
        ("", "/"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\nb", "/"),
        ("/\t/evil.example", "/"),
        ("/\r//evil.example", "/"),
        ("/ /evil.example", "/"),
        ("/\u2028/evil.example", "/"),
        ("/\x00/evil.example", "/"),
        ("/%09/evil.example", "/%09/evil.example"),
        ("/cases/?q=a%20b&page=x#top", "/cases/?q=a%20b&page=x#top"),
    ],
)
def test_only_our_own_paths_are_followed(target, leads_to):
    assert local_target(target) == leads_to


def test_choosing_a_language_is_kept_for_the_person(app, cast, sign_in, session):
    ana = sign_in(cast.ana)
    ana.post("/language", data={"locale": "ru", "next": "/account/today"})
    session.refresh(cast.ana)
    assert cast.ana.locale == "ru"
    assert 'lang="ru"' in sign_in(cast.ana).get("/account/today").get_data(as_text=True)


def test_an_unknown_language_changes_nothing(client, cast):
    client.post("/language", data={"locale": "xx"})
    assert client.get("/account/sign-in?lang=xx").status_code == 200
