"""Everything leaves, whole and at one moment; a name only sealed, by two people, and once."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from providers.directory.models import Site, SitePlace
from reintegration.accounts.models import InboxMessage, User
from reintegration.cases.services import consent_papers, name_exports, notes, registration
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import ConsentScope, NoteKind
from reintegration.kernel.actor import Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.ids import new_id
from reintegration.operations.backup import sealing
from reintegration.operations.export import folder, making, rows
from reintegration.operations.export.files import FILES
from tests.database import ROOT
from tests.factories.casework import agree, consent_of
from tests.factories.cast import NOW, actor, make_person
from tests.factories.papers import make_paper
from tests.factories.vouchers import deliver, make_voucher

NAME, NOTE, STREET = "Zeamăcanar", "rang at night", "Strada Ascunsă 7"


@pytest.fixture
def house(session, cast):
    """A person with a name, a note, a signed form and a voucher, and a place that nobody knows."""
    ana = actor(session, cast.ana)
    case = registration.register(session, actor=ana, now=NOW, identity=Identity(given_name=NAME))
    agree(session, cast, case)
    case.contact_hours = "=1+1"
    ana = registration.with_case(ana, case)
    notes.write(session, actor=ana, case=case, kind=NoteKind.CONTACT, body=NOTE, now=NOW)
    form = consent_of(session, case, ConsentScope.SHARE_WITH_PROVIDER)
    make_paper(session, consent_papers.held_by(form), cast.ana, named=True)
    deliver(session, cast.rita, make_voucher(session, cast))
    site = Site(id=new_id(), provider_id=cast.provider.id, name="Casa", confidential=True)
    session.add(site)
    session.flush()
    session.add(SitePlace(site_id=site.id, territorial_unit="MD-CA", locality="", address=STREET))
    session.commit()
    return case


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    public, private = sealing.new_keys()
    file = tmp_path_factory.mktemp("keys") / "private.txt"
    file.write_text(private)
    return public, file


@pytest.fixture
def approved(session, cast, keys):
    made = asked(session, cast, keys[0])
    name_exports.approve(session, made, actor=actor(session, cast.sergiu), now=NOW)
    session.commit()
    return made


def asked(session, cast, public):
    made = name_exports.ask(
        session, actor=actor(session, cast.dan), public_key=public, reason="we move", now=NOW
    )
    session.commit()
    return made


def export(app, target, *more):
    return app.test_cli_runner().invoke(args=["export", str(target), *more])


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def opened(file, key):
    with file.open("rb") as sealed, sealing.opened(sealed, key) as stream:
        return stream.read()


def test_every_row_leaves_by_its_code_and_no_name_does(app, session, house, tmp_path):
    target = tmp_path / "out"
    answer = export(app, target)
    assert answer.exit_code == 0, answer.output
    manifest = json.loads((target / "manifest.json").read_text())
    written = {one["name"]: one for one in manifest["files"]}
    for file in FILES:
        found = table((target / f"{file.name}.csv").read_bytes())
        assert len(found) == written[f"{file.name}.csv"]["rows"]
        there = session.scalar(select(func.count()).select_from(file.source))
        assert len(found) == there - (file.name == "places"), file.name
    everything = b"".join(one.read_bytes() for one in target.rglob("*") if one.is_file())
    for secret in (NAME, NOTE, STREET):
        assert secret.encode() not in everything
    assert not list(target.rglob("*.age"))
    cases = table((target / "cases.csv").read_bytes())
    (mine,) = [one for one in cases if one["code"] == house.code]
    assert mine["contact_hours"] == "'=1+1"
    summed = subprocess.run(
        ["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=target, check=False
    )
    assert summed.returncode == 0
    modes = {one.stat().st_mode & 0o777 for one in target.rglob("*") if one.is_file()}
    assert (modes, target.stat().st_mode & 0o777) == ({0o600}, 0o700)
    left = select(AuditEvent.actor_kind).where(AuditEvent.action == "database:export")
    assert session.scalars(left).all() == ["operator"]


def test_with_names_what_is_sealed_opens_for_the_receiver(
    app, session, cast, house, approved, keys, tmp_path
):
    target, (public, key) = tmp_path / "out", keys
    answer = export(app, target, "--identity", approved.reference.lower(), "--to", public)
    assert answer.exit_code == 0, answer.output
    (person,) = [
        one for one in table(opened(target / "identities.csv.age", key)) if one["given_name"]
    ]
    assert (person["code"], person["given_name"]) == (house.code, NAME)
    assert table(opened(target / "note_texts.csv.age", key))[0]["text"] == NOTE
    assert table(opened(target / "confidential_places.csv.age", key))[0]["address"] == STREET
    (paper,) = (target / "papers").iterdir()
    assert opened(paper, key).startswith(b"\xff\xd8")
    everything = b"".join(one.read_bytes() for one in target.rglob("*") if one.is_file())
    assert NAME.encode() not in everything
    session.rollback()
    assert session.get_one(type(approved), approved.id).used_at is not None
    mine = select(AuditEvent).where(
        AuditEvent.action == "identity:export", AuditEvent.case_id == house.id
    )
    assert session.scalars(mine).one().data == {"request": approved.reference}
    told = select(InboxMessage.user_id).where(InboxMessage.key == f"name_export|{approved.id}|used")
    assert set(session.scalars(told)) == {cast.dan.id, cast.sergiu.id}


def test_who_came_between_the_request_and_the_moment_of_the_files_has_it_in_their_history(
    app, session, cast, approved, keys, tmp_path, monkeypatch
):
    snapshot, came = making._snapshot, []

    def later():
        ana, ion = actor(session, cast.ana), Identity(given_name="Ion")
        came.append(registration.register(session, actor=ana, now=NOW, identity=ion).id)
        session.commit()
        return snapshot()

    monkeypatch.setattr(making, "_snapshot", later)
    target = tmp_path / "out"
    answer = export(app, target, "--identity", approved.reference, "--to", keys[0])
    assert answer.exit_code == 0, answer.output
    left = table(opened(target / "identities.csv.age", keys[1]))
    assert str(came[0]) in {one["case_id"] for one in left}
    told = select(AuditEvent.data).where(
        AuditEvent.action == "identity:export", AuditEvent.case_id == came[0]
    )
    assert session.scalars(told).all() == [{"request": approved.reference}]


def test_a_request_serves_once(app, approved, keys, tmp_path):
    said = ("--identity", approved.reference, "--to", keys[0])
    assert export(app, tmp_path / "one", *said).exit_code == 0
    again = export(app, tmp_path / "two", *said)
    assert (again.exit_code, "each is used once" in again.output) == (1, True)
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"approved": False, "decided_at": None, "decided_by": None}, "no supervisor has approved"),
        ({"approved": False}, "a supervisor declined it"),
        ({"decided_at": NOW - timedelta(days=2)}, "its time is over"),
        ({"recipient": "age1other"}, "approved for another public key"),
        ({"reference": "NE-OTHER1"}, "There is no request"),
    ],
)
def test_what_was_not_agreed_leaves_nothing(app, session, approved, keys, tmp_path, change, said):
    reference = approved.reference
    for name, value in change.items():
        setattr(approved, name, value)
    session.commit()
    answer = export(app, tmp_path / "out", "--identity", reference, "--to", keys[0])
    assert (answer.exit_code, said in answer.output) == (1, True), answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_number_without_a_key_and_a_key_that_is_none_are_refused(app, approved, tmp_path):
    alone = export(app, tmp_path / "out", "--identity", approved.reference)
    assert "Names leave with both" in alone.output
    mistyped = export(app, tmp_path / "out", "--identity", approved.reference, "--to", "age1oops")
    assert "This is no public key" in mistyped.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_which_anything_stands_is_left_alone(app, session, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    assert "nothing is written over" in export(app, tmp_path).output
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "out.part").mkdir()
    assert "was cut off" in export(app, tmp_path / "out").output
    assert "make it first" in export(app, tmp_path / "no" / "where").output


def test_until_it_is_whole_it_stands_under_another_name(app, session, cast, tmp_path, monkeypatch):
    """What fails leaves nothing; what is killed leaves a draft without a manifest."""
    seen = []

    def stopped(_draft, *_rest):
        seen.extend(one.name for one in tmp_path.iterdir())
        assert not (tmp_path / "out.part" / "manifest.json").exists()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(making, "_tell", stopped)
    assert export(app, tmp_path / "out").exit_code == 1
    assert (seen, list(tmp_path.iterdir())) == (["out.part"], [])


def test_each_folder_of_it_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    target, brought, bring = tmp_path / "out", [], os.fsync

    def noted(opened):
        brought.append((os.fstat(opened).st_ino, target.exists()))
        bring(opened)

    monkeypatch.setattr(os, "fsync", noted)
    with folder.begun(target) as draft:
        draft.file("papers/one.txt", [b"one"])
    assert (target.stat().st_ino, False) in brought
    assert ((target / "papers").stat().st_ino, False) in brought


def test_all_files_tell_of_one_moment(app, session, cast, tmp_path, monkeypatch):
    before, read = session.scalar(select(func.count()).select_from(User)), rows.of

    def interrupted(opened, file):
        if file.table == "organisation":
            yield from read(opened, file)
            session.add(make_person("late", cast.programme, "Late", Role.AUDITOR))
            session.commit()
        else:
            yield from read(opened, file)

    monkeypatch.setattr(rows, "of", interrupted)
    assert export(app, tmp_path / "out").exit_code == 0
    assert len(table((tmp_path / "out" / "people.csv").read_bytes())) == before
    assert session.scalar(select(func.count()).select_from(User)) == before + 1


def test_values_are_spelled_so_that_programs_read_them():
    spelled = {
        "": None,
        "true": True,
        "0": 0,
        "-5": -5,
        "2026-03-01": date(2026, 3, 1),
        NOW.strftime("%Y-%m-%dT%H:%M:%SZ"): NOW,
        "01ff": b"\x01\xff",
        '["a"]': ["a"],
        '{"b": "ș"}': {"b": "ș"},
    }
    assert [str(one) for one in rows.cells(spelled.values())] == list(spelled)


@pytest.mark.deep
def test_one_that_is_killed_leaves_a_draft_that_nobody_takes_for_whole(
    app, session, cast, committed_db, tmp_path
):
    target, draft = tmp_path / "out", tmp_path / "out.part"
    session.commit()
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "export", str(target)],
        cwd=ROOT,
        env=committed_db.process_environment(),
    ) as running:
        while not any(draft.glob("*.csv")):
            assert running.poll() is None
            time.sleep(0.01)
        running.kill()
    assert not target.exists()
    assert not (draft / "manifest.json").exists()
    assert "was cut off" in export(app, target).output
    shutil.rmtree(draft)
    assert export(app, target).exit_code == 0
