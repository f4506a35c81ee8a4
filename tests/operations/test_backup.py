"""A backup comes back whole, corrected by who was erased since, or not at all and in words."""

import hashlib
import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, pool, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reintegration import settings as configuration
from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile, PersonKey
from reintegration.cases.services import erasure, registration, vault
from reintegration.cases.services.vault import Identity
from reintegration.kernel import audit_chain, key_sample
from reintegration.kernel.actor import OPERATOR, SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import act_as, keyring
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.operations import key_rotation
from reintegration.operations.backup import (
    archive,
    drill,
    erased,
    making,
    postgres,
    restoring,
    sealing,
)
from reintegration.papers import objects
from reintegration.papers.buckets import ObjectStore
from reintegration.papers.store import Folder
from tests.database import flask
from tests.factories.casework import agree
from tests.factories.cast import NOW, actor, make_cast
from tests.objects import begun, bucket, closed_port, lying, store_of_objects
from tests.operations.backups import sealed_again

__all__ = ["bucket", "store_of_objects"]

NAME = "Zeamăcanar"
PAPER = b"\0sealed paper"
PAPER_NAME = hashlib.sha256(PAPER).hexdigest()
LATER = NOW + timedelta(days=3)


@pytest.fixture(scope="module")
def world(postgres, worker_id, app, tmp_path_factory):
    """A house with one person in its vault, a sealed trail and a paper, and its backup."""
    folder = tmp_path_factory.mktemp("backups")
    database = postgres.clone(f"backup_{worker_id}")
    settings = configuration.from_environment(database.environment())
    ring = settings.new_keyring()
    Folder(settings.papers).put(PAPER)
    with opened(settings, ring) as session:
        cast = make_cast(session)
        ana = actor(session, cast.ana)
        case = registration.register(
            session, actor=ana, now=NOW, identity=Identity(given_name=NAME)
        )
        agree(session, cast, case)
        session.commit()
        audit_chain.seal(session, keyring(session), now=NOW, log=settings.audit_log)
        session.commit()
        case_id, ana_id = case.id, cast.ana.id
    public, private = sealing.new_keys()
    key = folder / "key.txt"
    key.write_text(f"# {public}\n{private}\n")
    made = making.make(settings, ring, target=str(folder), to=public, now=NOW)
    return SimpleNamespace(
        settings=settings,
        keyring=ring,
        case_id=case_id,
        ana_id=ana_id,
        public=public,
        key=key,
        backup=Path(made.target),
        made=made,
    )


def opened(settings, ring):
    engine = create_engine(settings.owner_url, poolclass=pool.NullPool)
    session = Session(engine, info={"keyring": ring})
    act_as(session, SYSTEM)
    return session


@pytest.fixture(autouse=True)
def _in_the_application(app):
    with app.app_context():
        yield


@pytest.fixture
def empty(postgres, worker_id, tmp_path, world):
    """The settings of a database in which nothing stands, with an instance folder of its own."""
    name = f"restored_{worker_id}"
    database = postgres.clone(name, "template0")
    instance = tmp_path / "instance"
    instance.mkdir()
    yield replace(
        world.settings,
        database_url=configuration.from_environment(database.environment()).database_url,
        owner_url=configuration.from_environment(database.environment()).owner_url,
        instance=instance,
    )
    postgres.drop(name)


def restore(world, settings, *, backup=None, key=None, gone=frozenset(), keyring=None):
    return restoring.restore(
        settings,
        keyring or world.keyring,
        backup=backup or world.backup,
        private_key=key or world.key,
        erased=lambda _keys: set(gone),
        now=LATER,
    )


def tables(settings):
    with create_engine(settings.owner_url, poolclass=pool.NullPool).connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))


def may_connect(settings):
    address = settings.database_url.replace("postgresql+psycopg", "postgresql")
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError as refused:
        return "permission denied for database" not in str(refused)
    return True


def test_everything_comes_back_and_opens(world, empty):
    told = restore(world, empty)
    assert (told.rows, told.papers, told.erased) == (world.made.told(NOW)["rows"], 1, 0)
    assert told.rows > 50
    assert may_connect(empty)
    assert Folder(empty.papers).get(PAPER_NAME) == PAPER
    assert told.damaged == ()
    with opened(empty, world.keyring) as session:
        case = session.get(CaseFile, world.case_id)
        ana = registration.with_case(actor(session, session.get(User, world.ana_id)), case)
        told = vault.read_identity(session, actor=ana, case=case, reason="a try", now=LATER)
        assert told.given_name == NAME
        report = audit_chain.verify(session, world.keyring, now=LATER, log=empty.audit_log)
        assert report.holds
        assert report.sealed > 0


def test_who_was_erased_since_is_erased_again_before_anybody_connects(world, empty):
    assert restore(world, empty, gone=[world.case_id]).erased == 1
    with opened(empty, world.keyring) as session:
        assert session.get(PersonKey, world.case_id) is None
        acts = select(AuditEvent.action, AuditEvent.data).order_by(AuditEvent.id.desc()).limit(2)
        assert [tuple(row) for row in session.execute(acts)] == [
            ("database:restore", {"erased_again": 1}),
            ("identity:erase_again", {}),
        ]


def test_nothing_readable_leaves_the_house(world):
    data = world.backup.read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n")
    assert NAME.encode() not in data
    assert b"PGDMP" not in data
    assert world.backup.stat().st_mode & 0o077 == 0


def test_beside_a_backup_stands_what_it_is(world):
    told = json.loads(world.backup.with_name(world.backup.name + ".json").read_text())
    assert told["sha256"] == world.made.sha256
    assert told["bytes"] == world.backup.stat().st_size


def test_another_key_opens_nothing(world, empty, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(sealing.new_keys()[1] + "\n")
    with pytest.raises(Invalid, match="This key does not open the backup"):
        restore(world, empty, key=other)
    assert tables(empty) == 0


def test_a_backup_of_another_installation_is_refused_in_words(world, empty):
    with pytest.raises(Invalid, match="another installation's"):
        restore(world, empty, keyring=Keyring(bytes(range(1, 33))))
    assert tables(empty) == 0


def test_a_backup_from_before_the_key_was_changed_comes_back_under_both(world, empty, tmp_path):
    new, old = bytes(range(1, 33)), world.settings.master_key
    with pytest.raises(Invalid, match=f"needs the master key {world.keyring.name}"):
        restore(world, empty, keyring=Keyring(new))
    ring = Keyring(new, [old])
    restore(world, empty, keyring=ring)
    with opened(empty, ring) as session:
        assert not key_sample.misfit(session, ring, now=LATER)
        found = key_rotation.rotate(session, ring, now=lambda: LATER, tell=lambda _line: None)
        assert found.is_whole
    with opened(empty, Keyring(new)) as session:
        case = session.get(CaseFile, world.case_id)
        ana = registration.with_case(actor(session, session.get(User, world.ana_id)), case)
        told = vault.read_identity(session, actor=ana, case=case, reason="a try", now=LATER)
        assert told.given_name == NAME
        keys = keyring(session)
        assert audit_chain.verify(session, keys, now=LATER, log=empty.audit_log).holds
        file = tmp_path / erased.NAME
        erased.write_when_committed(session, file, world.keyring, [world.case_id])
        session.commit()
        assert erased.read(file, keys) == {world.case_id}
        assert drill.keep(tmp_path, result(world), keys).rows == 5


def test_a_backup_of_another_version_is_refused_in_words(world, empty, tmp_path):
    other = sealed_again(world, tmp_path, manifest={"schema": "0001"})
    with pytest.raises(Invalid, match="another version"):
        restore(world, empty, backup=other)
    assert tables(empty) == 0


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_backup_that_was_cut_off_leaves_nothing(world, empty, tmp_path, share):
    data = world.backup.read_bytes()
    cut = tmp_path / "cut.age"
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises((Invalid, Conflict)):
        restore(world, empty, backup=cut)
    assert not (tables(empty) and may_connect(empty))


def test_a_changed_byte_is_found(world, empty, tmp_path):
    data = bytearray(world.backup.read_bytes())
    data[len(data) // 2] ^= 1
    changed = tmp_path / "changed.age"
    changed.write_bytes(data)
    with pytest.raises((Invalid, Conflict)):
        restore(world, empty, backup=changed)
    assert tables(empty) == 0
    assert may_connect(empty)


def test_what_is_not_what_was_counted_stays_closed(world, empty, tmp_path):
    wrong = sealed_again(world, tmp_path, figures={"person_key": {"rows": 99, "sums": {}}})
    with pytest.raises(Conflict, match="person_key"):
        restore(world, empty, backup=wrong)
    assert not may_connect(empty)


def test_a_database_in_which_anything_stands_is_left_alone(world, empty):
    restore(world, empty)
    before = tables(empty)
    with pytest.raises(Conflict, match="not empty"):
        restore(world, empty)
    assert (tables(empty), may_connect(empty)) == (before, True)


def test_nobody_may_be_connected_meanwhile(world, empty):
    with create_engine(empty.database_url, poolclass=pool.NullPool).connect() as somebody:
        somebody.execute(text("SELECT 1"))
        with pytest.raises(Conflict, match="Somebody is connected"):
            restore(world, empty)
    assert tables(empty) == 0
    assert may_connect(empty)


def test_a_backup_is_written_over_nothing(world):
    with pytest.raises(Conflict, match="already"):
        making.make(
            world.settings, world.keyring, target=str(world.backup), to=world.public, now=NOW
        )


def test_one_that_could_not_be_made_leaves_no_file(world, tmp_path):
    elsewhere = make_url(world.settings.owner_url).set(database="nowhere")
    nowhere = replace(world.settings, owner_url=elsewhere.render_as_string(hide_password=False))
    with pytest.raises(OperationalError):
        making.make(
            nowhere, world.keyring, target=str(tmp_path / "a.age"), to=world.public, now=NOW
        )
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_public_key_is_told_before_anything_is_read(world, tmp_path):
    with pytest.raises(Invalid, match="age1"):
        making.make(
            world.settings, world.keyring, target=str(tmp_path / "a.age"), to="ssh-rsa x", now=NOW
        )


def test_a_paper_that_is_not_what_its_name_says_is_told(world, empty, tmp_path):
    other = f"papers/aa/{'a' * 64}"
    changed = sealed_again(
        world, tmp_path, renamed={f"papers/{PAPER_NAME[:2]}/{PAPER_NAME}": other}
    )
    told = restore(world, empty, backup=changed)
    assert (told.papers, told.damaged) == (1, ("a" * 64,))


def test_no_name_in_a_backup_leads_out_of_the_folder_of_papers(world, empty, tmp_path):
    stray = {f"papers/{PAPER_NAME[:2]}/{PAPER_NAME}": "papers/../../stray"}
    restore(world, empty, backup=sealed_again(world, tmp_path, renamed=stray))
    assert not (tmp_path / "stray").exists()
    assert Folder(empty.papers).get(PAPER_NAME) == PAPER


# Papers and backups in an object store


def to_store(world, target, **changed):
    settings = replace(world.settings, **changed)
    ring = settings.new_keyring()
    return making.make(settings, ring, target=target, to=world.public, now=NOW)


def test_a_backup_leaves_for_a_store_and_comes_back_with_papers_that_lie_in_one(
    world, empty, bucket, monkeypatch
):
    monkeypatch.setattr(objects, "PART", 5 << 20)
    store, large = ObjectStore(bucket), os.urandom(6 << 20)
    names = {store.put(PAPER), store.put(large)}
    made = to_store(world, f"s3://{bucket.bucket}/backups/", papers_at=str(bucket))
    assert made.target.startswith(f"s3://{bucket.bucket}/backups/backup-2")
    assert made.bytes > len(large)
    with making.source(made.target + ".json") as told:
        assert json.loads(told.read(-1))["sha256"] == made.sha256
    for name in names:
        store.drop(name)
    told = restore(world, replace(empty, papers_at=str(bucket)), backup=made.target)
    assert (told.papers, told.damaged) == (2, ())
    assert store.get(PAPER_NAME) == PAPER
    with pytest.raises(Conflict, match="nothing is written over"):
        to_store(world, made.target)
    objects.write_small(objects.address(made.target), b"a disk kept something else")
    with pytest.raises(Invalid, match="damaged"):
        restore(world, empty, backup=made.target)


def test_a_backup_that_was_not_kept_as_it_was_sent_is_told(world, bucket, monkeypatch):
    real = objects.Writing.complete

    def changed(writing):
        real(writing)
        objects.write_small(writing.at, b"something else")

    monkeypatch.setattr(objects.Writing, "complete", changed)
    with pytest.raises(Conflict, match="not what lies there"):
        to_store(world, f"s3://{bucket.bucket}/backups/")


@pytest.mark.parametrize("fails", ["the database", "the store"])
def test_a_backup_that_ends_half_way_leaves_no_object(world, bucket, monkeypatch, fails):
    monkeypatch.setattr(objects, "PART", 64 << 10)
    real = archive.packed

    def cut(*given):
        pieces = real(*given)
        for _ in range(4):
            yield next(pieces)
        yield os.urandom(300 << 10)
        if fails == "the database":
            raise postgres.ToolFailed("The database could not be dumped; pg_dump said why.")
        patch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{closed_port()}")
        objects._made.cache_clear()
        yield from pieces
        yield os.urandom(300 << 10)

    monkeypatch.setattr(archive, "packed", cut)
    said = "could not be dumped" if fails == "the database" else "does not answer"
    with monkeypatch.context() as patch, pytest.raises(Conflict, match=said):
        to_store(world, f"s3://{bucket.bucket}/backups/")
    objects._made.cache_clear()
    assert lying(bucket) == []
    assert len(begun(bucket)) == (fails == "the store")  # the store's own rule ends what is begun


def test_a_store_that_has_no_such_backup_says_so(world, empty, bucket):
    with pytest.raises(Conflict, match="is not there"):
        restore(world, empty, backup=f"s3://{bucket.bucket}/backups/none.age")
    assert tables(empty) == 0


# The list of the erased


def test_an_erasure_stands_outside_the_database_once_it_is_committed(world, tmp_path):
    file = tmp_path / erased.NAME
    with opened(world.settings, world.keyring) as session:
        session.execute(text("SELECT 1"))
        erased.write_when_committed(session, file, world.keyring, [world.case_id])
        session.rollback()
        session.commit()
        assert not file.exists()
        session.execute(text("SELECT 1"))
        erased.write_when_committed(session, file, world.keyring, [world.case_id])
        session.commit()
    assert erased.read(file, world.keyring) == {world.case_id}
    assert NAME not in file.read_text()


def test_a_line_that_a_crash_cut_off_is_left_out_and_written_anew(world, tmp_path):
    file = tmp_path / erased.NAME
    with opened(world.settings, world.keyring) as session:
        for _ in range(2):
            session.execute(text("SELECT 1"))
            erased.write_when_committed(session, file, world.keyring, [world.case_id])
            session.commit()
            file.write_bytes(file.read_bytes()[:-9] if _ == 0 else file.read_bytes())
    assert erased.read(file, world.keyring) == {world.case_id}
    assert len(file.read_text().splitlines()) == 1


def test_a_list_that_somebody_changed_is_refused(world, tmp_path):
    file = tmp_path / erased.NAME
    with opened(world.settings, world.keyring) as session:
        session.execute(text("SELECT 1"))
        erased.write_when_committed(session, file, world.keyring, [world.case_id])
        session.commit()
    line = json.loads(file.read_text())
    line["case"] = "00000000-0000-0000-0000-000000000000"
    file.write_text(json.dumps(line) + "\n")
    with pytest.raises(Invalid, match="was changed"):
        erased.read(file, world.keyring)


def test_only_a_command_erases_again(session, cast):
    with pytest.raises(Exception, match=r"may|not"):
        erasure.erase_again(session, [], actor=actor(session, cast.sergiu), now=NOW)
    assert erasure.erase_again(session, [], actor=OPERATOR, now=NOW) == 0


# The drill and its result


def result(world, **changed):
    told = {
        "drilled_at": NOW,
        "made_at": NOW,
        "rows": 5,
        "papers": 1,
        "erased": 0,
        "seconds": 2.0,
        "problems": (),
    }
    return drill.Result(**(told | changed)).signed(world.keyring)


def test_the_doctor_alarms_after_35_days_and_when_a_drill_failed(world, tmp_path):
    serving = replace(world.settings, mode=configuration.Mode.PRODUCTION, instance=tmp_path)
    asked = drill.doctor
    assert "yet" in asked(serving, world.keyring, NOW)[0]
    drill.keep(tmp_path, result(world), world.keyring)
    assert asked(serving, world.keyring, NOW + timedelta(days=34)) == []
    assert "since" in asked(serving, world.keyring, NOW + timedelta(days=35))[0]
    drill.keep(tmp_path, result(world, drilled_at=LATER, problems=("audit verify",)), world.keyring)
    assert "failed: audit verify" in asked(serving, world.keyring, LATER)[0]


def test_a_result_that_nobody_signed_is_not_kept(world, tmp_path):
    told = json.loads(result(world, problems=("ledger check",)))
    forged = json.dumps(told | {"problems": []})
    with pytest.raises(Invalid):
        drill.keep(tmp_path, forged, world.keyring)
    assert not (tmp_path / drill.NAME).exists()


def drilled(world, backup):
    return drill.drill(
        world.settings,
        world.keyring,
        backup=backup,
        private_key=world.key,
        erased=lambda _keys: {world.case_id},
        now=LATER,
    )


@pytest.mark.deep
def test_a_drill_brings_all_of_it_back(world):
    found = drilled(world, world.backup)
    assert (found.problems, found.erased, found.papers) == ((), 1, 1)
    assert found.rows == world.made.told(NOW)["rows"]


@pytest.mark.deep
def test_a_drill_says_what_does_not_hold(world, tmp_path):
    moved = {"audit-checkpoints.jsonl": "papers/else/where"}
    paper, trail = drilled(world, sealed_again(world, tmp_path, renamed=moved)).problems
    assert paper == "paper where is not what it was"
    assert trail.startswith("audit verify: ")


@pytest.mark.deep
def test_the_commands_make_try_and_bring_back(world, postgres, worker_id, tmp_path):
    source = postgres.database(f"backup_{worker_id}")
    key, folder = tmp_path / "private.txt", tmp_path / "kept"
    folder.mkdir()
    public = flask(source, "keys", "backup", str(key)).strip()
    flask(source, "backup", str(folder), "--to", public)
    (backup,) = folder.glob("*.age")
    result = str(tmp_path / "result.json")
    said = flask(source, "restore", str(backup), "--key", str(key), "--drill", "--result", result)
    assert "counts, sums, books, trail and papers hold" in said
    assert "was tried on" in flask(source, "drilled", result)
    target = postgres.clone(f"commands_{worker_id}", "template0")
    try:
        assert " are back; 0 persons" in flask(target, "restore", str(backup), "--key", str(key))
        assert "holds" in flask(target, "doctor")
        assert "was tried on" in flask(source, "doctor")
    finally:
        postgres.drop(target.name)
