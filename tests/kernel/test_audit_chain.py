"""Whatever is edited, deleted, moved or cut off in the trail is found."""

import time
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel import audit, audit_chain
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.crypto import Keyring
from reintegration.kernel.db import keyring
from reintegration.kernel.watermark import Watermark
from tests.factories.cast import NOW


@pytest.fixture
def log(tmp_path):
    return tmp_path / "checkpoints.jsonl"


@pytest.fixture
def trail(session, log):
    write(session, 6)
    audit_chain.seal(session, keyring(session), now=NOW, log=log)
    session.commit()


def write(session, count):
    for number in range(count):
        audit.record(
            session,
            "thing:do",
            actor=SYSTEM,
            now=NOW + timedelta(seconds=number),
            data={"number": number},
        )
    session.commit()


def verify(session, log=None, now=NOW, ring=None):
    session.rollback()
    session.expire_all()
    return audit_chain.verify(session, ring or keyring(session), now=now, log=log)


def tamper(database, *statements):
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as owner:
        for table in ("audit_event", "audit_seal", "audit_checkpoint"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        for statement in statements:
            owner.execute(statement)
        for table in ("audit_event", "audit_seal", "audit_checkpoint"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def test_an_untouched_trail_holds(session, trail, log):
    report = verify(session, log)
    assert (report.sealed, report.unsealed, report.problems) == (6, 0, [])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET action = 'thing:undo' WHERE id = (SELECT max(id) - 2 FROM audit_event)",
        "UPDATE audit_event SET actor_id = gen_random_uuid() WHERE id = (SELECT min(id) FROM audit_event)",
        "UPDATE audit_event SET for_id = gen_random_uuid() WHERE id = (SELECT max(id) FROM audit_event)",
        "UPDATE audit_event SET data = '{}' WHERE id = (SELECT max(id) FROM audit_event)",
        "DELETE FROM audit_event WHERE id = (SELECT max(id) - 1 FROM audit_event)",
        "DELETE FROM audit_seal WHERE position = 3",
        "UPDATE audit_seal SET audit_id = -audit_id WHERE position = 2",
        "UPDATE audit_checkpoint SET size = size - 1",
    ],
)
def test_a_change_behind_the_back_is_found(session, committed_db, trail, log, change):
    tamper(committed_db, change)
    assert verify(session, log).problems


def test_a_cut_off_end_is_found_by_the_file_outside(session, committed_db, trail, log):
    tamper(
        committed_db,
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_event WHERE id IN (SELECT audit_id FROM audit_seal WHERE position > 4)",
        "DELETE FROM audit_seal WHERE position > 4",
    )
    assert verify(session).holds
    assert "cut off" in verify(session, log).problems[0]


def cut(database, *, kept):
    """As the database's owner: the end of the trail is gone, with its seals and checkpoints."""
    tamper(
        database,
        f"DELETE FROM audit_event WHERE id IN"
        f" (SELECT audit_id FROM audit_seal WHERE position > {kept})",
        f"DELETE FROM audit_seal WHERE position > {kept}",
        f"DELETE FROM audit_checkpoint WHERE size > {kept}",
    )


@pytest.mark.parametrize("more", [1, 2, 3])
def test_a_cut_off_end_is_not_forgotten_when_sealing_goes_on(
    session, committed_db, trail, log, more
):
    cut(committed_db, kept=4)
    session.expire_all()
    write(session, more)
    audit_chain.seal(session, keyring(session), now=NOW, log=log)
    session.commit()
    assert verify(session).holds
    assert verify(session, log).problems


def test_a_missing_file_of_checkpoints_is_told(session, trail, log):
    log.unlink()
    assert "bring it back" in verify(session, log).problems[0]


def test_an_older_database_beside_newer_files_is_told_with_what_to_do(
    session, committed_db, trail, log
):
    assert audit_chain.compare_ends(session, log) == []
    cut(committed_db, kept=4)
    session.expire_all()
    (said,) = audit_chain.compare_ends(session, log)
    assert "the trail's files are newer than the database" in said
    assert "move the file aside" in said
    log.rename(log.with_name("kept-aside.jsonl"))
    write(session, 1)
    audit_chain.seal(session, keyring(session), now=NOW, log=log)
    session.commit()
    assert audit_chain.compare_ends(session, log) == []


def test_an_empty_folder_beside_a_sealed_trail_is_told(session, trail, log):
    log.unlink()
    (said,) = audit_chain.compare_ends(session, log)
    assert "is missing: bring it back" in said


def test_a_line_that_is_none_is_told(session, trail, log):
    log.write_text("nonsense\n" + log.read_text())
    assert verify(session, log).problems == ["line 1 of checkpoints.jsonl cannot be read"]


def test_the_file_is_not_ahead_of_what_is_committed(session, log):
    write(session, 3)
    audit_chain.seal(session, keyring(session), now=NOW, log=log)
    session.rollback()
    assert not log.exists()
    audit_chain.seal(session, keyring(session), now=NOW, log=log)
    session.commit()
    assert verify(session, log).holds


@pytest.mark.parametrize("position", [9, 90_000_000, 0, 6])
def test_a_seal_comes_only_after_the_last_one(session, committed_db, trail, log, position):
    address = committed_db.url.replace("+psycopg", "")
    with (
        psycopg.connect(address) as application,
        pytest.raises(psycopg.Error, match="follows no seal"),
    ):
        application.execute("INSERT INTO audit_seal VALUES (%s, -1, 'x')", [position])
    write(session, 1)
    assert audit_chain.seal(session, keyring(session), now=NOW, log=log) == 1
    session.commit()
    assert verify(session, log).holds


def test_the_command_fails_and_says_why(app, session, trail, log, committed_db, monkeypatch):
    settings = replace(app.extensions["settings"], instance=log.parent)
    log.rename(settings.audit_log)
    monkeypatch.setitem(app.extensions, "settings", settings)
    run = app.test_cli_runner()
    assert run.invoke(args=["audit", "verify"]).exit_code == 0
    tamper(committed_db, "DELETE FROM audit_seal WHERE position = 3")
    answer = run.invoke(args=["audit", "verify"])
    assert answer.exit_code == 1
    assert "Error: " in answer.output


def test_another_key_does_not_verify(session, trail, log):
    other = Keyring(b"x" * 32)
    other.open_new_house()
    assert verify(session, log, ring=other).problems


def test_an_event_that_commits_late_is_sealed_too(session, committed_db, log):
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    engine = create_engine(committed_db.url)
    with Session(engine) as late:
        audit.record(late, "late:do", actor=SYSTEM, now=NOW)
        write(session, 2)
        assert audit_chain.seal(session, keyring(session), now=NOW, log=log) == 2
        session.commit()
        late.commit()
    engine.dispose()
    assert audit_chain.seal(session, keyring(session), now=NOW, log=log) == 1
    session.commit()
    assert verify(session, log).holds


def test_old_events_without_a_seal_raise_an_alarm(session):
    write(session, 1)
    assert verify(session, now=NOW + timedelta(minutes=1)).holds
    assert "wait for a seal" in verify(session, now=NOW + timedelta(hours=1)).problems[0]


def window(session):
    return session.get(Watermark, "audit.seal", populate_existing=True)


def seal_at(session, minutes, **more):
    count = audit_chain.seal(
        session, keyring(session), now=NOW + timedelta(minutes=minutes), **more
    )
    session.commit()
    return count


def settled(session):
    """Seal until what else goes on in this server has ended; return the watermark."""
    for minutes in range(2, 1200):
        seal_at(session, minutes)
        if low := window(session).low:
            return low
        time.sleep(0.05)
    return 0


def test_the_sealer_looks_only_above_what_has_settled(session):
    write(session, 3)
    seal_at(session, 0)
    assert window(session).low == 0
    highest = session.scalar(select(func.max(AuditEvent.id)))
    assert settled(session) == highest


def test_an_event_that_commits_an_hour_late_is_sealed(session):
    with Session(session.get_bind(), info=dict(session.info)) as late:
        audit.record(late, "thing:do", actor=SYSTEM, now=NOW)
        write(session, 2)
        for minutes in range(0, 60, 5):
            seal_at(session, minutes)
            write(session, 1)
        late.commit()
    assert audit_chain.unsealed(session)[0] == 2
    assert seal_at(session, 61) == 2


def test_what_lies_below_without_a_seal_is_found_by_the_sweep(session):
    write(session, 2)
    far = {"low": 10**9, "next_low": 10**9, "next_xid": 0}
    session.add(Watermark(name="audit.seal", noted_at=NOW, **far))
    session.commit()
    assert seal_at(session, 0) == 0
    assert seal_at(session, 0, whole=True) == 2
