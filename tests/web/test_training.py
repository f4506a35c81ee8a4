"""A training copy is marked on each page, in its cookies and in what leaves it."""

from dataclasses import replace

import pytest

from reintegration.app import create_app
from reintegration.kernel.db import db
from reintegration.settings import Mode


@pytest.fixture
def copy(app, committed_db):
    assert committed_db.name
    house = create_app(replace(app.extensions["settings"], mode=Mode.TRAINING))
    yield house
    with house.app_context():
        db.engine.dispose()


def test_each_page_says_so_and_no_cookie_is_taken_for_a_real_one(copy):
    answer = copy.test_client().get("/account/sign-in?lang=en")
    assert "This is for practising" in answer.text
    assert "DEMO" not in answer.text
    cookies = [one.split("=")[0] for one in answer.headers.getlist("Set-Cookie")]
    assert cookies
    assert all(one.endswith("-training") for one in cookies)


def test_the_real_house_says_nothing_of_it(app, client):
    assert "demo-bar--training" not in client.get("/account/sign-in").text
