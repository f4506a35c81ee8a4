"""A master key takes the place of another while people work, and nothing stays behind unread."""

import pytest
from sqlalchemy import delete, func, select, update

from reintegration.accounts.services import links, second_factor
from reintegration.cases.models import PersonKey
from reintegration.cases.services import registration, vault
from reintegration.cases.services.vault import Identity
from reintegration.kernel import answered, audit_chain, clock, crypto, db, key_sample, sealed, tasks
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.crypto import STORED, Keyring
from reintegration.kernel.house_keys import HouseKey, KeySample
from reintegration.kernel.outbox import OutboxMessage
from reintegration.kernel.tasks import TaskPage
from reintegration.operations import key_rotation
from reintegration.papers.models import Paper
from reintegration.papers.services import opening
from tests.factories.cast import NOW, actor
from tests.factories.factors import code_of, enrol
from tests.factories.papers import make_paper
from tests.factories.payments import make_claim
from tests.factories.vouchers import deliver, make_voucher
from vouchers.payments.services import claim_papers
from vouchers.voucher.services import codes

OLD, NEW = bytes(range(32)), bytes(range(100, 132))
NAME = "Zeamăcanar"


def of(session, *masters):
    """The session of a process that was started with these keys, the current one first."""
    session.info["keyring"] = Keyring(*masters[:1], masters[1:])
    said = key_sample.misfit(session, session.info["keyring"], now=NOW)
    session.commit()
    return said


@pytest.fixture
def house(session, cast):
    """One sealed value in each table, sealed under the old key, and how each is read."""
    assert of(session, OLD) == ""
    ana = actor(session, cast.ana)
    case = registration.register(session, actor=ana, now=NOW, identity=Identity(given_name=NAME))
    secret, _codes = enrol(session, cast.ana, now=NOW)
    issued = make_voucher(session, cast)
    held = claim_papers.held_by(make_claim(session, cast))
    paper = make_paper(session, held, cast.boris)
    links.ask(session, email=cast.ana.email, network="here", now=NOW)
    answered.claim(session, actor_id=cast.ana.id, key="form", request=b"asked", now=NOW)
    answered.keep(session, actor_id=cast.ana.id, key="form", answer=b"told", is_page=False)
    upload = upload_of(session, cast.ana)
    session.commit()

    def read():
        session.expire_all()
        ring = db.keyring(session)
        mail = session.scalars(
            select(OutboxMessage).where(OutboxMessage.channel == links.CHANNEL)
        ).one()
        own = registration.with_case(actor(session, cast.ana), case)
        told = (
            vault.read_identity(session, actor=own, case=case, reason="a try", now=NOW).given_name,
            second_factor._take_code(session, cast.ana, code_of(secret, NOW), NOW),
            codes.printable(session, issued.voucher).code == issued.secrets.code,
            opening.open_part(
                session,
                session.get(Paper, paper.id).parts[0],
                actor=actor(session, cast.boris),
                now=NOW,
            )[:3],
            ring.unseal_mail(mail.payload["sealed"], key=mail.idempotency_key),
            answered.claim(session, actor_id=cast.ana.id, key="form", request=b"asked", now=NOW),
            ring.unseal_upload(
                session.get(TaskPage, (upload, 0, 0)).content[0]["sealed"], task_id=str(upload)
            ),
        )
        session.rollback()
        return told

    read.issued, read.case = issued, case
    return read


def upload_of(session, user):
    """A table that waits for its person's yes, and a page of a task that holds nothing sealed."""
    task = tasks.queue(session, kind="users.check", actor=actor(session, user), now=NOW)
    sealed_ = db.keyring(session).seal_upload(b"a table", task_id=str(task.id))
    session.add(TaskPage(task_id=task.id, part=0, number=0, content=[{"sealed": sealed_}]))
    session.add(TaskPage(task_id=task.id, part=0, number=1, content=["a word", {"row": 1}]))
    session.flush()
    return task.id


def rotate(session, told=None):
    found = key_rotation.rotate(
        session,
        session.info["keyring"],
        now=lambda: NOW,
        tell=(lambda _: None) if told is None else told.append,
    )
    session.commit()
    return found


def lying(session):
    return {
        one.table: dict(one.under)
        for one in key_rotation.status(session, session.info["keyring"]).tables
    }


EVERYTHING = (NAME, True, True, b"\xff\xd8\xff", "ana@demo.example", b"told", b"a table")


def test_each_kind_that_is_stored_has_its_column(app):
    assert {one.kind for one in sealed.columns()} == set(STORED) - {crypto.SAMPLE}


def test_everything_comes_under_the_new_key_and_still_opens(session, cast, house):
    before = house()
    assert before[:3] == (NAME, True, True)
    assert of(session, NEW, OLD) == ""
    assert house() == before
    found = rotate(session)
    assert found.is_whole
    assert {one.table for one in found.tables if one.under} == {
        one.name for one in sealed.columns()
    }
    assert {name for one in found.tables for name in one.under} == {Keyring(NEW).name}
    assert of(session, NEW) == ""
    assert house() == before
    deliver(session, cast.rita, house.issued)  # the hash of its code and PIN is what it was


def test_it_stands_in_the_trail_which_still_holds(session, house, tmp_path):
    log = tmp_path / "checkpoints.jsonl"
    audit_chain.seal(session, db.keyring(session), now=NOW, log=log)
    session.commit()
    of(session, NEW, OLD)
    rotate(session)
    of(session, NEW)
    audit_chain.seal(session, db.keyring(session), now=NOW, log=log)
    session.commit()
    assert audit_chain.verify(session, db.keyring(session), now=NOW, log=log).holds
    acts = session.scalars(
        select(AuditEvent).where(AuditEvent.action.like("keys:%")).order_by(AuditEvent.id)
    ).all()
    assert [one.action for one in acts] == ["keys:rotate", "keys:finish"]
    assert acts[-1].data["to"] == Keyring(NEW).name


def test_what_was_sealed_before_keys_had_names_comes_along(session, house):
    ring = db.keyring(session)
    for column in sealed.columns():
        for row in list(key_rotation._rows(session, column)):
            ids, bound_to, value = key_rotation._parts(column, row)
            plain = ring.unseal(column.kind, value, bound_to=bound_to)
            old = crypto.seal(ring.current.derive(column.kind.purpose), plain, bound_to=bound_to)
            this = (one == had for one, had in zip(column.keys, ids, strict=True))
            session.execute(update(column.table).where(*this).values(**column.put(old)))
    session.commit()
    before = house()
    assert {name for one in lying(session).values() for name in one} == {key_rotation.UNNAMED}
    of(session, NEW, OLD)
    assert house() == before
    assert rotate(session).is_whole
    of(session, NEW)
    assert house() == before


def test_a_house_of_before_is_adopted_as_it_was(session, house):
    """Its sample had no name, its keys were derived, and the new key came with the upgrade."""
    old = Keyring(OLD)
    sample = crypto.seal(
        old.current.derive(crypto.SAMPLE.purpose), b"one sample", bound_to="key_sample|sealed|1"
    )
    session.execute(delete(HouseKey))
    session.execute(delete(KeySample))
    session.add(KeySample(key_id="", sealed=sample, made_at=NOW))
    session.commit()
    before = house()
    assert of(session, NEW, OLD) == ""
    assert house() == before
    assert session.info["keyring"].audit == old.current.derive("audit-chain/1")
    assert set(session.scalars(select(KeySample.key_id))) == {old.name, Keyring(NEW).name}


@pytest.mark.parametrize("keys", [(NEW,), (NEW, bytes(range(50, 82)))])
def test_nothing_starts_without_a_key_under_which_rows_may_lie(session, house, keys):
    said = of(session, *keys)
    assert "PUNTE_MASTER_KEY" in said
    assert Keyring(OLD).name in said
    of(session, NEW, OLD)
    assert Keyring(OLD).name in of(session, *keys)


def test_a_rotation_that_was_killed_goes_on_where_it_was(session, house, monkeypatch):
    before = house()
    of(session, NEW, OLD)
    real, done = key_rotation._exchange, []

    def killed(*given):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(1)
        return real(*given)

    monkeypatch.setattr(key_rotation, "AT_ONCE", 2)
    monkeypatch.setattr(key_rotation, "_exchange", killed)
    with pytest.raises(KeyboardInterrupt):
        rotate(session)
    session.rollback()
    assert house() == before
    names = {name for one in lying(session).values() for name in one}
    assert names == {Keyring(OLD).name, Keyring(NEW).name}
    monkeypatch.setattr(key_rotation, "_exchange", real)
    assert rotate(session).is_whole
    assert house() == before


def test_what_somebody_changed_meanwhile_is_left_as_they_made_it(session, house):
    of(session, NEW, OLD)
    ring = session.info["keyring"]
    [column] = [one for one in sealed.columns() if one.kind == crypto.PERSON_KEY]
    [row, *_] = key_rotation._some(session, ring, column, None)
    session.execute(update(PersonKey).values(wrapped=b"another"))
    assert key_rotation._exchange(session, ring, column, row) == 0
    assert set(session.scalars(select(PersonKey.wrapped))) == {b"another"}


def test_what_no_key_opens_is_named_and_left(session, house):
    session.execute(
        update(PersonKey).where(PersonKey.case_id == house.case.id).values(wrapped=b"x" * 60)
    )
    session.commit()
    of(session, NEW, OLD)
    found = rotate(session)
    assert not found.is_whole
    assert found.unread == 1
    [problem] = [one for table in found.tables for one in table.problems]
    assert problem.startswith(f"person_key {house.case.id}: no key that is set opens it")
    assert Keyring(OLD).name in found.sampled  # it may lie under the old key, which must stay
    assert Keyring(OLD).name in of(session, NEW)


def test_the_commands_say_it(app, session, house, monkeypatch):
    run = app.test_cli_runner().invoke
    app.extensions["settings"].audit_log.unlink(missing_ok=True)  # of another test's trail
    monkeypatch.setitem(app.extensions, "keyring", Keyring(OLD))
    assert run(args=["keys", "status"]).exit_code == 0
    monkeypatch.setitem(app.extensions, "keyring", Keyring(NEW, [OLD]))
    waiting = run(args=["keys", "status"])
    assert waiting.exit_code == 1
    assert "keys rotate" in waiting.output
    assert "rows lie under another master key" in run(args=["doctor"]).output
    done = run(args=["keys", "rotate"])
    assert done.exit_code == 0, done.output
    assert f"{Keyring(OLD).name} may be taken out" in done.output
    monkeypatch.setitem(app.extensions, "keyring", Keyring(NEW))
    assert run(args=["keys", "status"]).exit_code == 0
    of(session, NEW)
    log = app.extensions["settings"].audit_log
    audit_chain.seal(session, db.keyring(session), now=clock.now(), log=log)
    session.commit()
    verified = run(args=["audit", "verify"])
    assert verified.exit_code == 0, verified.output
    monkeypatch.setitem(app.extensions, "keyring", Keyring(OLD))
    refused = run(args=["keys", "status"])
    assert refused.exit_code == 1
    assert Keyring(NEW).name in refused.output


def test_a_page_without_its_key_says_so_and_keeps_nothing(
    app, session, cast, house, sign_in, monkeypatch, caplog
):
    ring = Keyring(NEW)
    ring.open_house(session.info["keyring"]._house)
    monkeypatch.setitem(app.extensions, "keyring", ring)
    ana = sign_in(cast.ana)
    told = select(func.count()).where(AuditEvent.action == "identity:read")
    before = session.scalar(told)
    answer = ana.post(f"/cases/{house.case.id}/identity", data={"reason": "a letter to a school"})
    assert answer.status_code == 503
    assert session.scalar(told) == before
    assert Keyring(OLD).name in caplog.text
    assert "under the master key" in app.test_cli_runner().invoke(args=["doctor"]).output
