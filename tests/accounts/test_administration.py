"""The administrator makes accounts; the auditor reads; each stays within their own."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from reintegration.accounts.models import Organisation, User, UserRole
from reintegration.accounts.services import links, organisations, second_factor_reset, users
from reintegration.accounts.services.house import House
from reintegration.accounts.services.users import Details
from reintegration.kernel.actor import Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.ids import new_id
from tests.factories.cast import NOW, PASSWORD, actor, make_person, new_person
from tests.factories.factors import letters_to, path_of_link


def test_the_administrator_adds_a_person_and_invites_them_by_mail(cast, sign_in, client, session):
    dan = sign_in(cast.dan)
    answer = dan.post(
        "/account/users/new", data=new_person(cast, locale="en", supervisor=str(cast.sergiu.id))
    )
    user = session.scalars(select(User).where(User.email == "elena@demo.example")).unique().one()
    assert answer.location == f"/account/users/{user.id}"
    assert user.supervisor_id == cast.sergiu.id
    [letter] = letters_to(session, user.email)
    page = client.get(path_of_link(letter)).text
    assert "new-password" in page
    key = path_of_link(letter).split("key=")[1]
    came = client.post("/account/link", data={"key": key, "new": "four calm green hills"})
    assert came.location == "/"
    assert client.get("/account/today").status_code == 200


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
        "/account/users/new", data=new_person(cast, roles=roles), headers={"Accept-Language": "en"}
    )
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Elena Nistor" in text
    assert "govuk-error-summary" in text


def test_who_is_of_a_provider_holds_a_providers_roles_only(session, cast):
    dan = actor(session, cast.dan)
    for roles in ([Role.PROVIDER_RECEPTION, Role.AUDITOR], [Role.FINANCE_PREPARER]):
        with pytest.raises(Invalid, match="only hold a provider"):
            users.set_roles(session, cast.rita, actor=dan, roles=roles, now=NOW)


def test_an_e_mail_is_taken_whatever_its_capitals(cast, sign_in, session):
    page = sign_in(cast.dan).post(
        "/account/users/new", data=new_person(cast, name="Ana Doi", email="ANA@Demo.example")
    )
    assert page.status_code == 409


def test_people_and_organisations_are_paged_by_name_and_found_by_words(cast, sign_in, session):
    office = cast.programme
    session.add_all(make_person(f"om{n}", office, f"Om {n:02}", Role.AUDITOR) for n in range(30))
    session.add_all(
        Organisation(id=new_id(), name=f"Oficiu {n:02}", kind="programme", created_at=NOW)
        for n in range(30)
    )
    session.flush()
    dan = sign_in(cast.dan)
    for path, words in (("users", "om role=auditor"), ("organisations", "oficiu")):
        address = f"/account/{path}?q={words.replace(' ', '&')}"
        first = dan.get(address).text
        older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        second = dan.get(older).text
        assert (first.count('scope="row"'), second.count('scope="row"')) == (25, 5)
        assert " 29" in second


def test_people_are_found_by_the_words_of_their_organisation(cast, sign_in, session):
    house = Organisation(id=new_id(), name="Casa Salciei", kind="provider", created_at=NOW)
    session.add(house)
    session.flush()
    session.add(make_person("saveta", house, "Saveta", Role.PROVIDER_MANAGER))
    session.flush()
    page = sign_in(cast.dan).get("/account/users?q=salciei").text
    assert "Saveta" in page
    assert cast.ana.name not in page


def typed(user, **others):
    """Return what the form of a person's details sends."""
    seen = Details.of(user)
    return {
        "name": user.name,
        "email": user.email,
        "supervisor": str(user.supervisor_id or ""),
        "seen": seen.mark,
    } | others


def change(browser, user, **others):
    return browser.post(f"/account/users/{user.id}/change", data=typed(user, **others))


def last_event(session, action):
    return session.scalars(
        select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc())
    ).first()


def test_a_name_is_changed_and_the_trail_says_which_field_not_what(cast, sign_in, session):
    ana = sign_in(cast.ana)
    answer = change(sign_in(cast.dan), cast.ana, name="  Ana Lungu-Rusu ")
    assert answer.location == f"/account/users/{cast.ana.id}"
    session.refresh(cast.ana)
    assert cast.ana.name == "Ana Lungu-Rusu"
    event = last_event(session, "user:change")
    assert (event.subject_id, event.actor_id, event.fields) == (cast.ana.id, cast.dan.id, ["name"])
    assert "Rusu" not in f"{event.data}"
    assert ana.get("/account/today").status_code == 200


def test_a_new_e_mail_ends_the_sessions_and_is_what_one_signs_in_with(
    cast, sign_in, session, client
):
    ana = sign_in(cast.ana)
    change(sign_in(cast.dan), cast.ana, email="ana.lungu@demo.example")
    assert ana.get("/account/today").status_code == 302
    for email, status in (("ana@demo.example", 422), ("ana.lungu@demo.example", 302)):
        tried = client.post("/account/sign-in", data={"email": email, "password": PASSWORD})
        assert tried.status_code == status
    assert last_event(session, "user:change").fields == ["email"]


def test_an_e_mail_of_somebody_else_is_refused_and_nothing_typed_is_lost(cast, sign_in, session):
    page = change(sign_in(cast.dan), cast.ana, name="Ana Nouă", email="Rita@DEMO.example")
    text = page.get_data(as_text=True)
    assert page.status_code == 409
    assert 'value="Ana Nouă"' in text
    assert 'value="Rita@DEMO.example"' in text
    assert 'href="#email"' in text
    session.refresh(cast.ana)
    assert (cast.ana.name, cast.ana.email) == ("Ana Lungu", "ana@demo.example")


def test_ones_own_e_mail_may_change_its_capitals(cast, sign_in, session):
    assert change(sign_in(cast.dan), cast.ana, email="Ana@demo.example").status_code == 302
    session.refresh(cast.ana)
    assert cast.ana.email == "Ana@demo.example"


@pytest.mark.parametrize("wrong", [{"name": "  "}, {"email": "nobody"}, {"supervisor": "x"}])
def test_what_cannot_be_is_refused_beside_its_field(cast, sign_in, session, wrong):
    page = change(sign_in(cast.dan), cast.ana, **wrong)
    assert page.status_code == 422
    assert f'href="#{next(iter(wrong))}"' in page.get_data(as_text=True)
    assert last_event(session, "user:change") is None


def test_two_administrators_do_not_overwrite_each_other(cast, sign_in, session):
    dan, before = sign_in(cast.dan), typed(cast.ana)
    change(dan, cast.ana, name="Ana Întâi")
    page = dan.post(f"/account/users/{cast.ana.id}/change", data=before | {"name": "Ana Doi"})
    text = page.get_data(as_text=True)
    assert page.status_code == 409
    assert "Ana Întâi" in text
    assert 'value="Ana Doi"' in text
    session.refresh(cast.ana)
    assert cast.ana.name == "Ana Întâi"
    seen = text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    again = dan.post(
        f"/account/users/{cast.ana.id}/change", data=before | {"name": "Ana Doi", "seen": seen}
    )
    assert again.status_code == 302
    session.refresh(cast.ana)
    assert cast.ana.name == "Ana Doi"


def test_an_e_mail_that_is_taken_in_the_same_moment_is_refused(cast, session, monkeypatch):
    monkeypatch.setattr(users, "_require_free", lambda *_args, **_kwargs: None)
    details = replace(Details.of(cast.ana), email="RITA@demo.example")
    with pytest.raises(Conflict, match="already an account"):
        users.change_details(
            session,
            cast.ana,
            actor=actor(session, cast.dan),
            details=details,
            seen=Details.of(cast.ana).mark,
            now=NOW,
        )
    assert cast.ana.email == "ana@demo.example"


def another_office(session):
    office = Organisation(id=new_id(), name="Echipa Bălți", kind="programme", created_at=NOW)
    session.add(office)
    session.flush()
    return office


def unable(session, cast, why):
    """Return a supervisor for Ana who cannot be hers."""
    other = make_person("sandu", cast.programme, "Sandu Croitoru", Role.SUPERVISOR)
    if why == "closed":
        other.disabled_at = NOW
    if why == "elsewhere":
        other.organisation_id = another_office(session).id
    if why == "no supervisor":
        other.roles = [UserRole(role=Role.CASE_MANAGER.value)]
    session.add(other)
    session.flush()
    return other


def change_details(session, by, user, **changes):
    now = Details.of(user)
    details = replace(now, **changes)
    users.change_details(
        session, user, actor=actor(session, by), now=NOW, details=details, seen=now.mark
    )


@pytest.mark.parametrize("why", ["closed", "elsewhere", "no supervisor"])
def test_only_an_active_supervisor_of_the_same_organisation_supervises(cast, sign_in, session, why):
    other = unable(session, cast, why)
    dan = sign_in(cast.dan)
    assert str(other.id) not in dan.get(f"/account/users/{cast.ana.id}/change").text
    assert change(dan, cast.ana, supervisor=str(other.id)).status_code == 422
    with pytest.raises(Invalid):
        change_details(session, cast.dan, cast.ana, supervisor_id=other.id)
    page = dan.post("/account/users/new", data=new_person(cast, supervisor=str(other.id)))
    assert page.status_code == 422
    assert 'href="#supervisor"' in page.get_data(as_text=True)


def test_nobody_supervises_themselves(cast, sign_in, session):
    dan = sign_in(cast.dan)
    assert (
        f'value="{cast.sergiu.id}"' not in dan.get(f"/account/users/{cast.sergiu.id}/change").text
    )
    with pytest.raises(Invalid):
        change_details(session, cast.dan, cast.sergiu, supervisor_id=cast.sergiu.id)


def test_a_supervisor_who_left_does_not_stop_another_change(cast, sign_in, session):
    cast.sergiu.disabled_at = NOW
    dan = sign_in(cast.dan)
    assert change(dan, cast.ana, name="Ana Nouă").status_code == 302
    session.refresh(cast.ana)
    assert (cast.ana.name, cast.ana.supervisor_id) == ("Ana Nouă", cast.sergiu.id)


@pytest.mark.parametrize("why", ["nobody", "closed", "no supervisor"])
def test_a_case_manager_on_whom_nobody_can_decide_stands_out(cast, sign_in, session, why):
    dan = sign_in(cast.dan)
    page, people = f"/account/users/{cast.ana.id}", "/account/users?q=ana@demo"
    warnings = ("Nobody can decide on this person", "has no supervisor")
    for path, warning in zip((page, people), warnings, strict=True):
        assert warning not in dan.get(f"{path}{'&' if '?' in path else '?'}lang=en").text
    cast.ana.supervisor_id = None if why == "nobody" else unable(session, cast, why).id
    for path, warning in zip((page, people), warnings, strict=True):
        assert warning in dan.get(f"{path}{'&' if '?' in path else '?'}lang=en").text


def test_a_service_of_accounts_asks_who_acts(cast, session):
    with pytest.raises(NotPermitted):
        change_details(session, cast.sergiu, cast.ana)


def test_an_administrator_cannot_close_their_own_account(cast, sign_in, session):
    answer = sign_in(cast.dan).post(f"/account/users/{cast.dan.id}/closed")
    assert answer.status_code == 422
    session.refresh(cast.dan)
    assert cast.dan.disabled_at is None


def test_a_closed_organisation_signs_its_people_out(cast, sign_in):
    rita = sign_in(cast.rita)
    assert rita.get("/account/today").status_code == 200
    sign_in(cast.dan).post(f"/account/organisations/{cast.provider.id}/closed")
    assert rita.get("/account/today").status_code == 302


def test_the_people_of_an_organisation_sign_in_while_it_is_open_and_not_while_it_is_closed(
    cast, sign_in, client
):
    dan, typed = sign_in(cast.dan), {"email": cast.rita.email, "password": PASSWORD}
    dan.post(f"/account/organisations/{cast.provider.id}/closed")
    assert client.post("/account/sign-in", data=typed).status_code != 302
    dan.post(f"/account/organisations/{cast.provider.id}/active")
    assert client.post("/account/sign-in", data=typed).status_code == 302


def test_an_administrator_sends_a_link_to_who_forgot_a_password(cast, sign_in, session):
    sign_in(cast.dan).post(f"/account/users/{cast.ana.id}/password")
    [letter] = letters_to(session, cast.ana.email)
    assert "/account/link?key=" in letter


def test_nobody_is_sent_a_link_to_a_closed_account(cast, sign_in, session):
    cast.ana.disabled_at = NOW
    answer = sign_in(cast.dan).post(f"/account/users/{cast.ana.id}/password")
    assert answer.status_code == 409
    assert letters_to(session, cast.ana.email) == []


@pytest.mark.parametrize(("last", "is_closed"), [("closed", True), ("reopened", False)])
def test_closing_twice_closes_and_opening_twice_opens(cast, sign_in, session, last, is_closed):
    dan = sign_in(cast.dan)
    for act in ("closed", last, last):
        assert dan.post(f"/account/users/{cast.ana.id}/{act}").status_code == 302
    session.refresh(cast.ana)
    assert (cast.ana.disabled_at is not None) == is_closed


@pytest.mark.parametrize(("last", "is_open"), [("closed", False), ("active", True)])
def test_an_organisation_is_closed_or_opened_however_often_one_asks(
    cast, sign_in, session, last, is_open
):
    dan = sign_in(cast.dan)
    for act in ("closed", last, last):
        dan.post(f"/account/organisations/{cast.provider.id}/{act}")
    opened = select(Organisation.active).where(Organisation.id == cast.provider.id)
    assert session.scalar(opened) == is_open


@pytest.mark.parametrize(
    "change",
    [
        lambda session, cast, who: users.close(session, cast.rita, actor=who, now=NOW),
        lambda session, cast, who: users.reopen(session, cast.rita, actor=who, now=NOW),
        lambda session, cast, who: users.set_roles(
            session, cast.rita, actor=who, roles=[Role.PROVIDER_MANAGER], now=NOW
        ),
        lambda session, cast, who: links.send(
            session, cast.rita, actor=who, house=House("https://a", "https://b", ()), now=NOW
        ),
        lambda session, cast, who: second_factor_reset.reset(
            session, cast.rita, actor=who, now=NOW
        ),
        lambda session, _cast, who: organisations.create_office(
            session, actor=who, name="Cahul", now=NOW
        ),
        lambda session, cast, who: organisations.close(session, cast.programme, actor=who, now=NOW),
    ],
)
def test_only_the_administrator_changes_accounts_by_whatever_door(cast, session, change):
    with pytest.raises(NotPermitted):
        change(session, cast, actor(session, cast.sergiu))


def test_an_administrator_adds_offices_and_leaves_providers_to_vetting(cast, sign_in, session):
    dan = sign_in(cast.dan)
    assert 'name="kind"' not in dan.get("/account/organisations").text
    dan.post("/account/organisations", data={"name": "Echipa Cahul", "kind": "provider"})
    added = select(Organisation.kind).where(Organisation.name == "Echipa Cahul")
    assert session.scalar(added) == "programme"


def test_an_office_needs_a_name(cast, sign_in):
    assert sign_in(cast.dan).post("/account/organisations", data={"name": " "}).status_code == 422


def test_the_auditor_reads_who_did_what_and_finds_it_by_filters(cast, sign_in, session):
    sign_in(cast.dan).post(f"/account/users/{cast.rita.id}/password")
    irina = sign_in(cast.irina)
    page = irina.get("/account/audit?action=user:&lang=en").get_data(as_text=True)
    done = re.findall(r'<th scope="row"[^>]*>([^<]+)', page)
    assert "Sent somebody a link for a new password" in done
    assert "Dan Popescu" in page
    assert "Signed in" not in done
    assert irina.get("/account/audit?action=%25&actor=nonsense&since=x").status_code == 200
    assert irina.get("/account/audit?page=!!").status_code == 400


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
        f"/account/users/{cast.ana.id}/change",
        "/account/organisations",
    ):
        assert browser.get(path).status_code == 403


def make_administrator(app, email, name):
    who = ["--email", email, "--name", name, "--role", "administrator"]
    there = ["--organisation", "Sediu", "--password", "nine open windows"]
    return app.test_cli_runner().invoke(args=["user", "create", *who, *there])


def test_the_command_line_makes_the_first_administrator(app, session, committed_db):
    result = make_administrator(app, "first@demo.example", "\u202ePrima\u200b Persoană")
    assert result.exit_code == 0, result.output
    assert session.scalar(select(User.id).where(User.name == "Prima Persoană"))
    again = make_administrator(app, "FIRST@demo.example", "A Doua")
    assert again.exit_code == 1
    assert "already an account" in again.output
