"""Where a scanner is set, a paper waits for its answer; what is harmful opens for nobody."""

import socket
import struct
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import Conflict
from reintegration.kernel.outbox import OutboxMessage, OutboxState
from reintegration.operations import checkup
from reintegration.operations.outbox_lane import deliver_due
from reintegration.papers import scanner, store
from reintegration.papers.models import PaperPart
from reintegration.papers.scanner import NoAnswer, Scanner
from reintegration.papers.services import opening, planes
from reintegration.papers.states import Scan
from tests.factories.cast import NOW, actor
from tests.factories.papers import make_paper, pdf, photo
from tests.factories.payments import make_claim
from vouchers.payments.services import claim_papers


class Daemon:
    """A small clamd that answers INSTREAM; `says` is its answer, `asked` what it was sent."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening, self.says, self.asked = listening, b"stream: OK", []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connected, _address = self.listening.accept()
            except OSError:
                return
            with connected:
                content = self._stream(connected)
                if content is None:
                    connected.sendall(b"PONG\0")
                else:
                    self.asked.append(content)
                    connected.sendall(self.says + b"\0")

    def _stream(self, connected: socket.socket) -> bytes | None:
        """Return what shall be scanned; None for a ping."""
        stream = connected.makefile("rb")
        if stream.read(6) == b"zPING\0":
            return None
        assert stream.read(4) == b"EAM\0"
        content = b""
        while (length := struct.unpack("!I", stream.read(4))[0]) > 0:
            content += stream.read(length)
        return content


@pytest.fixture
def daemon(tmp_path):
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "clamd.ctl"))
    listening.listen()
    yield Daemon(listening)
    listening.close()


@pytest.fixture(autouse=True)
def in_use(session, tmp_path):
    before = store.in_use()
    store.use(store.Folder(tmp_path / "papers"))
    scanner.use(Scanner(f"unix://{tmp_path}/clamd.ctl"))
    yield
    scanner.use(None)
    store.use(before)


@pytest.fixture
def paper(session, cast):
    held = claim_papers.held_by(make_claim(session, cast))
    made = make_paper(session, held, cast.boris, named=None, files=(pdf(2),))
    session.commit()
    return made


def opened(session, cast, paper):
    return opening.open_part(session, paper.parts[0], actor=actor(session, cast.boris), now=NOW)


def asks(app, session, now=NOW):
    tried = deliver_due(app, now)
    session.expire_all()
    return tried


def test_a_paper_is_closed_until_the_scanner_answered(app, session, cast, daemon, paper):
    with pytest.raises(Conflict, match="is being checked"):
        opened(session, cast, paper)
    assert asks(app, session) == 1
    assert daemon.asked == [pdf(2)]
    assert paper.parts[0].scan == Scan.CLEAN
    assert opened(session, cast, paper) == pdf(2)


def test_a_harmful_paper_is_destroyed_and_its_uploader_and_finance_are_told(
    app, session, cast, daemon, paper
):
    daemon.says = b"stream: Win.Test.EICAR_HDB-1 FOUND"
    asks(app, session)
    part = session.scalars(select(PaperPart)).one()
    assert (part.scan, part.blob) == (Scan.HARMFUL, None)
    assert list(store.in_use().names(before=NOW.timestamp() + 600)) == []
    with pytest.raises(Conflict, match="Harmful content"):
        opened(session, cast, paper)
    told = session.scalars(
        select(InboxMessage.user_id).where(InboxMessage.key == f"paper:{part.id}:harmful")
    )
    assert set(told) == {cast.boris.id, cast.petru.id}
    with pytest.raises(Conflict, match="harmful"):
        planes.keep(session, paper, actor=actor(session, cast.boris), named=False, now=NOW)


def test_a_scanner_that_is_away_is_asked_again_and_nothing_opens_meanwhile(
    app, session, cast, paper
):
    for hours in range(12):
        asks(app, session, NOW + timedelta(hours=hours))
    message = session.scalars(select(OutboxMessage)).one()
    assert message.state == OutboxState.QUEUED
    with pytest.raises(Conflict, match="is being checked"):
        opened(session, cast, paper)


def test_the_doctor_says_where_no_scanner_answers(app, daemon):
    settings = replace(app.extensions["settings"], clamd=scanner.in_use().address)
    assert checkup.papers(settings) == []
    (said,) = checkup.papers(replace(settings, clamd="unix:///nowhere/clamd.ctl"))
    assert "papers wait" in said


def test_the_doctor_says_where_papers_cannot_be_kept(app, tmp_path):
    settings = replace(app.extensions["settings"], papers_folder=tmp_path / "nowhere")
    (said,) = checkup.papers(settings)
    assert "PUNTE_PAPERS" in said


@pytest.mark.parametrize("said", [b"", b"INSTREAM size limit exceeded. ERROR", b"stream: OKAY"])
def test_an_answer_that_is_neither_yes_nor_no_opens_nothing(daemon, in_use, said):
    daemon.says = said
    with pytest.raises(NoAnswer):
        scanner.in_use().is_harmful(photo())


def test_without_a_scanner_a_paper_opens_and_says_that_nobody_looked(session, cast):
    scanner.use(None)
    held = claim_papers.held_by(make_claim(session, cast))
    made = make_paper(session, held, cast.boris)
    assert made.parts[0].scan == Scan.NOT_ASKED
    assert opened(session, cast, made)


def test_a_scanner_over_the_network_is_asked_the_same():
    listening = socket.create_server(("127.0.0.1", 0))
    Daemon(listening)
    assert not Scanner(f"tcp://127.0.0.1:{listening.getsockname()[1]}").is_harmful(b"x" * 200_000)
    listening.close()


def test_nothing_is_held_in_the_database_while_the_scanner_is_asked(
    app, session, cast, daemon, paper, monkeypatch
):
    from reintegration.kernel.db import session as lane_session

    seen = []

    def ask(_scanner, _content):
        seen.append(lane_session().in_transaction())
        return False

    monkeypatch.setattr(Scanner, "is_harmful", ask)
    asks(app, session)
    assert seen == [False]
    with acting_as_system(session):
        assert paper.parts[0].scan == Scan.CLEAN
