"""People and offices come in by a table: all or none, once, and each is invited by mail."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import Organisation, User
from reintegration.accounts.services import bringing_people, users
from reintegration.accounts.services.house import House
from reintegration.accounts.views.bringing import PEOPLE
from reintegration.kernel.actor import OPERATOR, Role
from reintegration.kernel.outbox import OutboxMessage
from reintegration.web import bringing
from reintegration.web.bringing import bring_in
from reintegration.web.table_reading import read
from tests.at_once import at_once
from tests.factories.cast import NOW
from tests.factories.tables import importer, run_tasks, table, upload

HEAD = ("name", "email", "roles", "office", "provider", "language", "supervisor")
SANDA = {
    "name": "Sanda Rusu",
    "email": "sanda@x.example",
    "roles": "supervizor",
    "office": "Soroca",
}
ELENA = {
    "name": "Elena Nistor",
    "email": "Elena@x.example",
    "roles": "case manager",
    "office": "soroca",
    "language": "rusă",
    "supervisor": "sanda@x.example",
}


def people(*rows):
    return table(HEAD, *rows)


def errors(*rows):
    return [
        (one.row, one.column) for one in bringing_people.check(read(people(*rows).encode())).errors
    ]


@pytest.fixture
def bring(app, session, cast, tmp_path):
    return importer(app, session, tmp_path, "users")


def found(session, email):
    return session.scalar(select(User).where(func.lower(User.email) == email))


def offices(session):
    return session.scalar(select(func.count()).where(Organisation.name == "Soroca"))


def test_people_come_with_their_office_their_supervisor_and_an_invitation(session, bring):
    assert bring(people(ELENA, SANDA)) == (
        0,
        {
            "rows": 2,
            "written": True,
            "counts": {"offices_added": 1, "people_added": 2, "unchanged": 0},
            "errors": [],
            "ignored": [],
            "notes": [],
        },
    )
    elena = found(session, "elena@x.example")
    assert (elena.role_set, elena.locale, offices(session)) == ({Role.CASE_MANAGER}, "ru", 1)
    assert elena.supervisor_id == found(session, "sanda@x.example").id
    sent = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "email")).all()
    assert {one.payload["to"] for one in sent} == {"elena@x.example", "sanda@x.example"}
    assert elena.must_change_password


def test_a_dry_run_says_what_the_run_does_and_does_nothing(session, bring):
    code, tried = bring(people(ELENA, SANDA), "--dry-run")
    assert (code, tried.pop("written"), found(session, "elena@x.example")) == (0, False, None)
    assert offices(session) == 0
    _, done = bring(people(ELENA, SANDA))
    done.pop("written")
    assert tried == done


def test_the_same_file_twice_changes_nothing_the_second_time(session, bring):
    bring(people(ELENA, SANDA))
    before = session.scalar(select(func.count()).select_from(OutboxMessage))
    code, done = bring(people(ELENA, SANDA))
    assert (code, done["counts"]) == (0, {"offices_added": 0, "people_added": 0, "unchanged": 2})
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == before


def test_one_wrong_row_keeps_all_of_them_out(session, bring):
    code, said = bring(people(SANDA, ELENA | {"roles": "finance preparer, finance approver"}))
    (error,) = said["errors"]
    assert (code, error["row"], error["column"]) == (1, 3, "roles")
    assert "two people must hold them" in error["message"]
    assert (offices(session), found(session, "sanda@x.example")) == (0, None)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"roles": "king"}, "roles"),
        ({"roles": ""}, "roles"),
        ({"email": "elena"}, "email"),
        ({"email": "sanda@x.example"}, "email"),
        ({"provider": "Casa Nouă"}, "office"),
        ({"office": ""}, "office"),
        ({"roles": "reception"}, "roles"),
        ({"language": "klingon"}, "language"),
        ({"name": "x" * 121}, "name"),
        ({"office": "x" * 161}, "office"),
        ({"office": "…"}, "office"),
    ],
)
def test_each_wrong_cell_is_named_by_row_and_column(changed, column):
    assert (3, column) in errors(SANDA, ELENA | changed)


@pytest.mark.parametrize(
    "row",
    [
        ELENA | {"office": "", "provider": "Nimeni SRL", "roles": "reception", "supervisor": ""},
        ELENA | {"supervisor": "nimeni@x.example"},
        ELENA | {"supervisor": "elena@x.example"},
    ],
)
def test_what_only_the_house_knows_is_an_error_of_its_row(bring, row):
    code, said = bring(people(row))
    assert (code, [one["row"] for one in said["errors"]]) == (1, [2])


def test_people_of_a_provider_come_to_the_provider_that_is_in_the_directory(session, cast, bring):
    name = session.get_one(Organisation, cast.provider.id).name
    row = ELENA | {"office": "", "provider": name.upper(), "roles": "recepție", "supervisor": ""}
    assert bring(people(row))[0] == 0
    assert found(session, "elena@x.example").organisation_id == cast.provider.id


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04broken", b"%PDF-1.7\x00", b"name;email\nx;y\n"]
)
def test_garbage_is_refused_in_words(bring, content):
    code, said = bring(content)
    assert (code, said["written"], bool(said["errors"])) == (1, False, True)


def test_two_at_once_bring_everybody_in_once(session, cast):
    house = House("https://staff.example", "https://desk.example", ())
    kind = replace(PEOPLE, carry_out=partial(bringing_people.carry_out, house=lambda: house))

    def act(own):
        return bring_in(own, kind, read(people(SANDA).encode()), actor=OPERATOR, now=NOW)

    done = at_once(session, act, act)
    assert sorted(one.counts["people_added"] for one in done) == [0, 1]
    assert offices(session) == 1


def test_an_administrator_looks_at_it_first_and_confirms(app, session, cast, sign_in):
    admin = sign_in(cast.dan)
    page = upload(admin, "/account/users/import/", people(ELENA, SANDA))
    assert "refresh" in admin.get(page).text
    checked = run_tasks(app, session)
    assert "sanda" not in str(checked.result)
    assert found(session, "elena@x.example") is None
    assert "Import this file" in admin.get(f"{page}?lang=en").text
    done = admin.post(f"{page}/confirm").location
    run_tasks(app, session)
    assert found(session, "elena@x.example") is not None
    assert admin.get(done).status_code == 200


def test_errors_are_shown_given_as_a_file_and_cannot_be_confirmed(app, session, cast, sign_in):
    admin = sign_in(cast.dan)
    page = upload(admin, "/account/users/import/", people(ELENA | {"roles": "=king"}))
    run_tasks(app, session)
    assert "=king" in admin.get(page).text
    assert "Elena@x.example" in admin.get(f"{page}/errors.csv").text
    assert admin.post(f"{page}/confirm").status_code == 409


def test_nobody_else_brings_people_in(cast, sign_in):
    assert sign_in(cast.sergiu).get("/account/users/import/").status_code == 403
    assert sign_in(cast.sergiu).get("/account/bring-in").status_code == 403


def test_an_administrator_sees_what_can_come_in_and_gets_a_template_that_is_valid(cast, sign_in):
    admin = sign_in(cast.dan)
    assert "/account/users/import/" in admin.get("/account/bring-in").text
    for kind in ("csv", "xlsx"):
        content = admin.get(f"/account/users/import/template.{kind}").data
        assert bringing_people.check(read(content)).errors == ()


def test_nobody_counts_what_somebody_else_brings_in(cast, sign_in, monkeypatch):
    counted = []
    for entry in bringing.entries():
        asked = replace(entry, already=lambda _session, of=entry.title: counted.append(of) or 0)
        monkeypatch.setitem(bringing._entries, entry.endpoint, asked)
    sign_in(cast.dan).get("/account/bring-in")
    assert counted == ["Import people and offices"]


def test_nothing_stays_of_an_import_that_ends_half_way(app, session, cast, tmp_path, monkeypatch):
    def ends(*given, email, **said):
        if email == "elena@x.example":
            raise KeyboardInterrupt
        return users.create_user(*given, email=email, **said)

    session.commit()
    monkeypatch.setattr(bringing_people, "users", SimpleNamespace(create_user=ends))
    file = tmp_path / "table.csv"
    file.write_text(people(SANDA, ELENA), encoding="utf-8")
    app.test_cli_runner().invoke(args=["users", "import", str(file)])
    session.expire_all()
    assert (offices(session), found(session, "sanda@x.example")) == (0, None)
