"""The master key is changed while people read names, papers and codes, and redeem vouchers."""

import subprocess
import sys
import threading
from base64 import b64encode
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import SecondFactor, User
from reintegration.accounts.services import second_factor
from reintegration.cases.models import PersonIdentity
from reintegration.cases.services import registration, vault
from reintegration.cases.services.vault import Identity
from reintegration.kernel import clock, db, key_sample, tries
from reintegration.kernel.crypto import Keyring
from reintegration.papers.models import PaperPart
from reintegration.papers.services import sealing
from tests.database import ROOT
from tests.factories.cast import actor
from tests.factories.factors import enrol
from tests.factories.papers import make_paper
from tests.factories.payments import make_claim
from tests.factories.vouchers import deliver, living_voucher, make_voucher
from vouchers.payments.services import claim_papers
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import codes

OLD, NEW = bytes(range(32)), bytes(range(100, 132))
CASES, VOUCHERS = 400, 30


def rotating(database, *, current, read):
    """Begin `flask keys rotate` in a process of its own, started with these keys."""
    keys = {
        "PUNTE_MASTER_KEY": b64encode(current).decode(),
        "PUNTE_MASTER_KEYS_READ": b64encode(read).decode() if read else "",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "keys", "rotate"],
        cwd=ROOT,
        env=database.process_environment() | keys,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Workers:
    """Threads that each do one thing again and again, as processes with one ring do."""

    def __init__(self, app, cast, issued, printed):
        with app.app_context():
            self.url = db.db.engine.url
        self.ana, self.rita = cast.ana.id, cast.rita.id
        self.open, self.ids = issued, [one.voucher.id for one in printed]
        self.done, self.failed = Counter(), []
        self._stop = threading.Event()
        self._threads = []

    def begin(self, ring, *names):
        self._threads += [
            threading.Thread(target=self._again, args=(ring, name), daemon=True) for name in names
        ]
        for thread in self._threads[-len(names) :]:
            thread.start()

    def end(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        self._stop.clear()
        self._threads.clear()

    def _again(self, ring, name):
        engine = create_engine(self.url, **db.ENGINE)
        number = 0
        while not self._stop.is_set():
            try:
                with Session(engine, info={"keyring": ring}) as own:
                    db.act_as(own, db.SYSTEM)
                    getattr(self, name)(own, number)
                    own.commit()
            except Exception as problem:
                self.failed.append(f"{name}: {problem!r}")
            self.done[name] += 1
            number += 1
        with Session(engine) as any_session:
            tries.companion(any_session).dispose()
        engine.dispose()

    def names(self, own, number):
        by_case = select(PersonIdentity).order_by(PersonIdentity.case_id)
        stored = own.scalars(by_case.offset(number * 7 % CASES).limit(1)).one()
        assert vault._opened(own, stored, ("given_name",)).given_name.startswith("Ana")

    def papers(self, own, _number):
        for part in own.scalars(select(PaperPart)):
            assert sealing.opened(own, part)

    def factors(self, own, _number):
        for found in own.scalars(select(SecondFactor)):
            assert second_factor._secret(own, found)

    def prints(self, own, number):
        voucher = own.get(Voucher, self.ids[number % len(self.ids)])
        assert codes.printable(own, voucher).code

    def redeems(self, own, _number):
        if self.open:
            deliver(own, own.get(User, self.rita), self.open.pop(), now=clock.now())

    def registers(self, own, number):
        registration.register(
            own,
            actor=actor(own, own.get(User, self.ana)),
            now=clock.now(),
            identity=Identity(given_name=f"Ana nouă {number}"),
        )


@contextmanager
def working(workers):
    try:
        yield
    finally:
        workers.end()


@pytest.mark.deep
def test_no_read_fails_while_the_key_is_changed_though_it_is_killed_half_way(
    app, session, cast, committed_db
):
    assert not key_sample.misfit(session, session.info["keyring"], now=clock.now())
    ana = actor(session, cast.ana)
    for number in range(CASES):
        told = Identity(given_name=f"Ana {number}")
        registration.register(session, actor=ana, now=clock.now(), identity=told)
    for person in (cast.ana, cast.sergiu, cast.dan):
        enrol(session, person, now=clock.now())
    held = claim_papers.held_by(make_claim(session, cast))
    for _ in range(3):
        make_paper(session, held, cast.boris)
    session.commit()
    issued = [living_voucher(session, cast, units=1) for _ in range(VOUCHERS)]
    printed = [make_voucher(session, cast) for _ in range(5)]
    session.commit()
    before = session.scalar(select(func.count(Redemption.id)))
    workers = Workers(app, cast, issued, printed)
    session.expunge_all()
    reading = ("names", "papers", "factors", "prints")

    with working(workers):
        # The old key is still the current one of these, which know the new one to read.
        workers.begin(Keyring(OLD, [NEW]), *reading, "registers")
        workers.begin(Keyring(NEW, [OLD]), *reading, "redeems", "registers")
        first = rotating(committed_db, current=NEW, read=OLD)
        for line in first.stdout:
            if line.startswith("person_key: "):
                first.kill()
                break
        first.wait(60)
        first.stdout.close()
        assert first.returncode < 0
    half = dict(workers.done)
    with working(workers):
        workers.begin(Keyring(NEW, [OLD]), *reading, "redeems", "registers")
        two = [rotating(committed_db, current=NEW, read=OLD) for _ in "ab"]
        said = [one.communicate(timeout=120)[0] for one in two]
    assert [one.returncode for one in two] == [0, 0], said
    assert Counter(workers.failed) == {}
    assert all(workers.done[name] > half.get(name, 0) > 0 for name in reading), workers.done
    assert session.scalar(select(func.count(Redemption.id))) == before + VOUCHERS - len(issued)
    assert len(issued) < VOUCHERS
    session.rollback()

    last = rotating(committed_db, current=NEW, read=None)
    assert "everything lies under the current key" in last.communicate(timeout=120)[0]
    assert last.returncode == 0
    with working(workers):
        workers.begin(Keyring(NEW), *reading)
        while any(workers.done[name] < half[name] + 30 for name in reading):
            threading.Event().wait(0.1)
    assert Counter(workers.failed) == {}
