"""Today is the page that a role opens at nine: what waits, how old, how much, and a picture."""

from datetime import date, timedelta

import pytest

from reintegration.accounts.services import sign_in as sign_in_service
from reintegration.accounts.views.today_picture import AHEAD, BEHIND, Days, pictures, window
from reintegration.kernel.tries import TryCounter
from tests.factories.cast import NOW, TODAY
from tests.factories.factors import letters_to, path_of_link
from tests.factories.payments import make_claim, make_deliveries
from tests.factories.vouchers import make_token

EVERYBODY = ("ana", "sergiu", "vera", "petru", "alina", "radu", "irina", "dan", "rita", "corina")
DAY = date(2026, 11, 30)
WORDS = "nine slow green rivers"


@pytest.mark.parametrize("who", [*EVERYBODY, "boris", "maria"])
def test_each_role_has_a_picture_of_its_days_with_a_table_that_says_the_same(cast, sign_in, who):
    page = sign_in(cast.people[who]).get("/account/today").get_data(as_text=True)
    assert 'class="days"' in page or who in ("ana", "sergiu")  # without a case there is nothing
    assert page.count('<figure class="days">') == page.count("table--plain")


@pytest.mark.parametrize("who", ["rita", "corina", "maria"])
def test_a_desk_types_a_code_on_its_first_page(cast, sign_in, who):
    page = sign_in(cast.people[who]).get("/account/today").get_data(as_text=True)
    assert 'action="/redeem/"' in page
    assert 'name="code"' in page


def test_nobody_else_is_asked_for_a_code(cast, sign_in):
    for who in ("ana", "petru", "boris"):
        assert 'name="code"' not in sign_in(cast.people[who]).get("/account/today").text


def test_what_waits_says_how_much_and_since_when(session, cast, sign_in):
    make_deliveries(session, cast)
    claim = make_claim(session, cast)
    page = sign_in(cast.petru).get("/account/today").get_data(as_text=True)
    assert "Claims to check" in page or "Cereri de plată de verificat" in page
    assert claim.reference in page
    assert 'class="figure__age"' in page


def test_the_picture_reaches_as_far_ahead_as_behind_where_something_lies_ahead():
    [picture] = pictures([Days("a", "moss", {DAY: 1}), Days("b", "gold", {}, ahead=True)], DAY)
    assert picture.bars[0].day == DAY - timedelta(days=BEHIND)
    assert picture.bars[-1].day == DAY + timedelta(days=AHEAD)


def test_without_anything_ahead_all_days_lie_behind():
    [picture] = pictures([Days("a", "moss", {DAY: 1})], DAY)
    assert (picture.bars[0].day, picture.bars[-1].day) == (window(DAY)[0], DAY)


def test_the_highest_day_fills_the_picture_and_others_their_part():
    [picture] = pictures([Days("a", "moss", {DAY: 4, DAY - timedelta(days=1): 1})], DAY)
    assert [bar.parts for bar in picture.bars[-2:]] == [(("moss", 25.0),), (("moss", 100.0),)]


def test_money_and_counts_stand_in_pictures_of_their_own(app):
    with app.test_request_context("/?"):
        found = pictures([Days("a", "moss", {}), Days("b", "moss", {DAY: 150}, "MDL")], DAY)
        assert [(one.currency, one.empty) for one in found] == [("", True), ("MDL", False)]
        assert found[1].rows[0].said(DAY) in ("1,50", "1.50")


def test_an_administrator_reads_who_cannot_come_in_and_where_somebody_is_missing(
    session, cast, sign_in
):
    cast.ana.must_change_password = True
    cast.maria.disabled_at = cast.victor.disabled_at = NOW
    key = sign_in_service.account_key(cast.petru.email.lower())
    hour = NOW + timedelta(hours=1)
    session.add(TryCounter(key=key, spent=sign_in_service.PER_ACCOUNT.tries, window_ends_at=hour))
    token, _secret = make_token(session, cast.provider.id)
    token.expires_on = TODAY + timedelta(days=20)
    session.commit()
    page = sign_in(cast.dan).get("/account/today?lang=en").text
    for said in (
        "Never signed in",
        "Petru Sandu typed a wrong password too often.",
        f"Nobody manages {cast.maria.organisation.name}.",
        "Vetting officer: nothing can be approved by one person alone.",
        "A token of a program ends",
        "Stands still",
    ):
        assert said in page
    listed = sign_in(cast.dan).get("/account/users?state=invited&lang=en").text
    assert "Ana Lungu" in listed
    assert "Petru Sandu" not in listed


@pytest.mark.parametrize(
    ("days", "named"), [(31, False), (30, True), (0, True), (-7, True), (-8, False)]
)
def test_a_token_is_named_from_thirty_days_before_its_end_until_a_week_after(
    session, cast, sign_in, days, named
):
    token, _secret = make_token(session, cast.provider.id)
    token.expires_on = TODAY + timedelta(days=days)
    session.commit()
    page = sign_in(cast.dan).get("/account/today?lang=en").text
    assert ("A token of a program ends" in page) is named


def test_whoever_was_locked_out_comes_in_by_a_link(session, cast, client, sign_in):
    for _ in range(sign_in_service.PER_ACCOUNT.tries):
        client.post("/account/sign-in", data={"email": cast.petru.email, "password": "wrong"})
    sign_in(cast.dan).post(f"/account/users/{cast.petru.id}/password")
    [letter] = letters_to(session, cast.petru.email)
    key = path_of_link(letter).split("key=")[1]
    assert client.post("/account/link", data={"key": key, "new": WORDS}).location == "/"
    client.post("/account/sign-out")
    came = client.post("/account/sign-in", data={"email": cast.petru.email, "password": WORDS})
    assert came.status_code == 302
