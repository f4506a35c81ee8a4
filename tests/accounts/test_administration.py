"""The administrator makes accounts; the auditor reads; each stays within their own."""

import pytest
from sqlalchemy import select

from reintegration.accounts.models import Organisation, User


def test_the_administrator_adds_a_person_whose_first_password_is_shown_once(
    cast, sign_in, client, session
):
    dan = sign_in(cast.dan)
    page = dan.post(
        "/account/users/new",
        data={
            "name": "Elena Nistor", "email": "elena@demo.example", "locale": "ru",
            "organisation": str(cast.programme.id), "roles": ["case_manager"],
            "supervisor": str(cast.sergiu.id),
        },
    )  # fmt: skip
    password = page.get_data(as_text=True).split('class="figure-code">')[1].split("<")[0]
    user = session.scalars(select(User).where(User.email == "elena@demo.example")).unique().one()
    assert user.must_change_password
    assert user.supervisor_id == cast.sergiu.id
    answer = client.post(
        "/account/sign-in", data={"email": "elena@demo.example", "password": password}
    )
    assert answer.location == "/account/password"
    assert password not in dan.get(f"/account/users/{user.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("roles", "word"),
    [
        (["finance_preparer", "finance_approver"], "two people"),
        (["provider_reception"], "for people of a provider"),
        ([], "at least one"),
    ],
)
def test_roles_that_clash_are_refused_and_nothing_typed_is_lost(cast, sign_in, roles, word):
    page = sign_in(cast.dan).post(
        "/account/users/new",
        data={"name": "Elena Nistor", "email": "elena@demo.example", "locale": "ro",
              "organisation": str(cast.programme.id), "roles": roles, "supervisor": ""},
        headers={"Accept-Language": "en"},
    )  # fmt: skip
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Elena Nistor" in text
    assert "govuk-error-summary" in text


def test_an_e_mail_is_taken_whatever_its_capitals(cast, sign_in, session):
    page = sign_in(cast.dan).post(
        "/account/users/new",
        data={"name": "Ana Doi", "email": "ANA@Demo.example", "locale": "ro",
              "organisation": str(cast.programme.id), "roles": ["case_manager"],
              "supervisor": ""},
    )  # fmt: skip
    assert page.status_code == 422


def test_an_administrator_cannot_close_their_own_account(cast, sign_in, session):
    answer = sign_in(cast.dan).post(f"/account/users/{cast.dan.id}/closed")
    assert answer.status_code == 422
    session.refresh(cast.dan)
    assert cast.dan.disabled_at is None


def test_a_closed_organisation_signs_its_people_out(cast, sign_in):
    rita = sign_in(cast.rita)
    assert rita.get("/account/today").status_code == 200
    sign_in(cast.dan).post(f"/account/organisations/{cast.provider.id}/active")
    assert rita.get("/account/today").status_code == 302


def test_an_organisation_is_added(cast, sign_in, session):
    sign_in(cast.dan).post(
        "/account/organisations", data={"name": "Echipa Cahul", "kind": "programme"}
    )
    assert session.scalar(select(Organisation.kind).where(Organisation.name == "Echipa Cahul"))


def test_the_auditor_reads_who_did_what_and_finds_it_by_filters(cast, sign_in, session):
    sign_in(cast.dan).post(f"/account/users/{cast.rita.id}/password")
    irina = sign_in(cast.irina)
    page = irina.get("/account/audit?action=user:").get_data(as_text=True)
    assert "user:reset_password" in page
    assert "Dan Popescu" in page
    assert "session:start" not in page
    assert irina.get("/account/audit?action=%25&actor=nonsense&since=x&page=!!").status_code == 200


def test_the_trail_is_paged_without_numbers(cast, sign_in, session):
    for _ in range(60):
        sign_in(cast.rita)
    irina = sign_in(cast.irina)
    first = irina.get("/account/audit").get_data(as_text=True)
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = irina.get(older).get_data(as_text=True)
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("person", ["ana", "sergiu", "vera", "petru", "irina", "rita", "maria"])
def test_only_the_administrator_administers(cast, sign_in, person):
    browser = sign_in(getattr(cast, person))
    for path in (
        "/account/users",
        "/account/users/new",
        f"/account/users/{cast.ana.id}",
        "/account/organisations",
    ):
        assert browser.get(path).status_code == 403


def test_the_command_line_makes_the_first_administrator(app, session, committed_db):
    result = app.test_cli_runner().invoke(
        args=["user", "create", "--email", "first@demo.example", "--name", "Prima Persoană",
              "--role", "administrator", "--organisation", "Sediu",
              "--password", "nine open windows"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    again = app.test_cli_runner().invoke(
        args=["user", "create", "--email", "FIRST@demo.example", "--name", "A Doua",
              "--role", "administrator", "--organisation", "Sediu",
              "--password", "nine open windows"],
    )  # fmt: skip
    assert again.exit_code == 1
    assert "already an account" in again.output
