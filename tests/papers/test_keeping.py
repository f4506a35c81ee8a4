"""What is uploaded is sealed, whole or not there, and gone when it is destroyed."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.cases.services import consent_papers, erasure, registration
from reintegration.cases.states import CaseState, ClosureReason, ConsentScope
from reintegration.kernel import db
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, DomainError, Invalid, NotPermitted
from reintegration.papers import store
from reintegration.papers.content.kinds import MOST_BYTES, Part, PartKind, Refusal, Unfit
from reintegration.papers.content.pictures import Rectangle
from reintegration.papers.models import Paper, PaperKey, PaperPart
from reintegration.papers.services import blacking, erasing, opening, planes, sweeping, uploading
from reintegration.papers.services.uploading import Upload
from tests.at_once import at_once
from tests.factories.casework import agree, consent_of
from tests.factories.cast import NOW, actor
from tests.factories.papers import inked, make_paper, pdf, photo, picture_of, zipped
from tests.factories.payments import make_claim
from vouchers.payments.services import claim_papers

LONG_AGO = time.time() - 2 * 24 * 3600


@pytest.fixture(autouse=True)
def folder(session, tmp_path):
    before = store.in_use()
    kept = store.Folder(tmp_path / "papers")
    store.use(kept)
    yield kept
    store.use(before)


@pytest.fixture
def held(session, cast):
    return claim_papers.held_by(make_claim(session, cast))


def names(folder):
    return set(folder.names(before=time.time() + 60))


def opened(session, who, part):
    return opening.open_part(session, part, actor=actor(session, who), now=NOW)


def test_several_photographs_and_a_pdf_are_one_paper_of_pages(session, cast, held):
    paper = make_paper(session, held, cast.boris, files=(photo(), photo("PNG"), pdf(3)))
    assert [part.pages for part in paper.parts] == [1, 1, 3]
    assert paper.pages == 5
    assert opened(session, cast.petru, paper.parts[2]) == pdf(3)


def test_nothing_of_a_paper_stands_in_the_folder_in_clear(session, cast, held, folder):
    make_paper(session, held, cast.boris, files=(pdf(2),))
    (name,) = names(folder)
    assert b"%PDF" not in folder.get(name)
    place = folder.path / name[:2] / name
    assert place.stat().st_mode & 0o077 == 0


def test_the_same_file_twice_tells_nobody_that_it_is_the_same(session, cast, held, folder):
    make_paper(session, held, cast.boris, files=(pdf(2), pdf(2)))
    assert len(names(folder)) == 2


def test_a_file_that_was_changed_does_not_open(session, cast, held, folder):
    paper = make_paper(session, held, cast.boris)
    (name,) = names(folder)
    place = folder.path / name[:2] / name
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    with pytest.raises(Conflict, match="damaged"):
        opened(session, cast.petru, paper.parts[0])


def test_the_bytes_of_another_page_do_not_open_in_its_place(session, cast, held):
    paper = make_paper(session, held, cast.boris, files=(pdf(1), pdf(2)))
    one, two = paper.parts
    swapped, two.blob = two.blob, None
    session.flush()
    one.blob = swapped
    with pytest.raises(Conflict, match="damaged"):
        opened(session, cast.petru, one)


def test_what_cannot_be_taken_is_said_and_the_rest_is_kept(session, cast, held):
    files = [Upload("a.jpg", photo()), Upload("b.pdf", zipped()), Upload("c.pdf", b"")]
    paper, refused = uploading.begin(
        session, held, actor=actor(session, cast.boris), files=files, now=NOW
    )
    assert paper.pages == 1
    assert [(one.name, one.why) for one in refused] == [
        ("b.pdf", Refusal.ARCHIVE),
        ("c.pdf", Refusal.EMPTY),
    ]


def test_where_nothing_can_be_taken_there_is_no_paper(session, cast, held, folder):
    with pytest.raises(Invalid, match=r"rechnung\.pdf"):
        uploading.begin(
            session,
            held,
            actor=actor(session, cast.boris),
            files=[Upload("rechnung.pdf", zipped())],
            now=NOW,
        )
    assert names(folder) == set()


def test_a_paper_has_at_most_twenty_pages_however_they_come(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=None, files=(pdf(18),))
    more = [Upload("a.pdf", pdf(3)), Upload("b.pdf", pdf(2))]
    refused = uploading.add(session, paper, actor=actor(session, cast.boris), files=more, now=NOW)
    assert paper.pages == 20
    assert [one.why for one in refused] == [Refusal.TOO_MANY_PAGES]


def test_a_paper_has_at_most_ten_megabytes_in_all(session, cast, held, monkeypatch):
    monkeypatch.setattr(uploading, "MOST_BYTES", 3 * len(pdf(1)))
    files = [Upload(f"{number}.pdf", pdf(1)) for number in range(4)]
    paper, refused = uploading.begin(
        session, held, actor=actor(session, cast.boris), files=files, now=NOW
    )
    assert paper.pages == 3
    assert [one.why for one in refused] == [Refusal.WHOLE_TOO_LARGE]


def test_nobody_fills_the_disk_by_sending_and_leaving(session, cast, held, monkeypatch):
    monkeypatch.setattr(uploading, "MOST_BEGUN", 2)
    for _ in range(2):
        make_paper(session, held, cast.boris, named=None)
    with pytest.raises(Conflict, match="wait for your answer"):
        make_paper(session, held, cast.boris)
    make_paper(session, held, cast.maria)


def test_a_paper_without_a_page_is_not_kept(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=None)
    boris = actor(session, cast.boris)
    uploading.remove_part(session, paper.parts[0], actor=boris, now=NOW)
    with pytest.raises(Conflict, match="Add a page"):
        planes.keep(session, paper, actor=boris, named=False, now=NOW)


def test_a_kept_paper_gets_no_more_pages(session, cast, held):
    paper = make_paper(session, held, cast.boris)
    files = [Upload("a.jpg", photo())]
    with pytest.raises(NotPermitted):
        uploading.add(session, paper, actor=actor(session, cast.boris), files=files, now=NOW)


def test_the_hash_is_that_of_the_file_that_is_handed_out(session, cast, held):
    paper = make_paper(session, held, cast.boris, files=(pdf(2),))
    assert paper.sha256 == hashlib.sha256(pdf(2)).hexdigest()


def black_out(session, cast, part, *rectangles, by="boris"):
    who = actor(session, getattr(cast, by))
    return blacking.black_out(session, part, actor=who, rectangles=rectangles, now=NOW)


def draw_pages(session, cast, part, *, by="boris", **drawing):
    who = actor(session, getattr(cast, by))
    return blacking.draw_pages(session, part, actor=who, now=NOW, **drawing)


def test_blacking_out_destroys_what_stood_there_and_the_page_of_before(session, cast, held, folder):
    paper = make_paper(session, held, cast.boris, named=None)
    session.commit()
    (before,) = names(folder)
    part, hash_before = paper.parts[0], paper.sha256
    black_out(session, cast, part, Rectangle(50, 450, 900, 100))
    session.commit()
    black = picture_of(opened(session, cast.boris, part)).crop((40, 370, 560, 430))
    assert max(high for _low, high in black.getextrema()) < 12
    assert before not in names(folder)
    assert paper.sha256 != hash_before


def test_blacking_out_takes_back_that_the_team_has_seen_it(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    ana = actor(session, cast.ana)
    planes.see(session, paper, actor=ana, now=NOW)
    black_out(session, cast, paper.parts[0], Rectangle(0, 0, 10, 10), by="ana")
    assert paper.seen_at is None


@pytest.mark.parametrize(
    "rectangle", [Rectangle(-1, 0, 10, 10), Rectangle(0, 0, 0, 10), Rectangle(995, 0, 10, 10)]
)
def test_a_rectangle_outside_of_the_page_is_refused(session, cast, held, rectangle):
    paper = make_paper(session, held, cast.boris, named=None)
    with pytest.raises(Invalid):
        black_out(session, cast, paper.parts[0], rectangle)


def test_a_pdf_is_not_blacked_out_and_the_refusal_says_what_to_do(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=None, files=(pdf(),))
    with pytest.raises(Conflict, match="Make pictures of the pages"):
        black_out(session, cast, paper.parts[0], Rectangle(0, 0, 10, 10))


def test_the_pages_of_a_pdf_become_pictures_in_its_place_and_it_is_destroyed(
    session, cast, held, folder
):
    first, last = photo(), photo("PNG")
    paper = make_paper(session, held, cast.boris, named=None, files=(first, inked(2), last))
    session.commit()
    before, hash_before = names(folder), paper.sha256
    draw_pages(session, cast, paper.parts[1])
    session.commit()
    session.refresh(paper)
    assert [part.kind for part in paper.parts] == [PartKind.PICTURE] * 4
    assert [part.position for part in paper.parts] == [1, 2, 3, 4]
    assert len(before - names(folder)) == 1
    assert paper.sha256 != hash_before
    black_out(session, cast, paper.parts[1], Rectangle(0, 0, 100, 100))
    drawn = picture_of(opened(session, cast.boris, paper.parts[1]))
    assert max(drawn.getpixel((50, 50))) < 12  # what was burned in
    assert max(drawn.getpixel((drawn.width // 2, drawn.height // 2))) < 12  # what the PDF shows
    assert min(drawn.getpixel((drawn.width - 50, 50))) > 240


def test_drawing_takes_back_that_the_team_has_seen_it_and_the_trail_keeps_both_hashes(
    session, cast, held
):
    paper = make_paper(session, held, cast.boris, named=True, files=(inked(),))
    before = paper.sha256
    planes.see(session, paper, actor=actor(session, cast.ana), now=NOW)
    draw_pages(session, cast, paper.parts[0], by="ana")
    assert paper.seen_at is None
    act_as(session, SYSTEM)
    told = session.scalars(
        select(AuditEvent.data).where(AuditEvent.action == "paper:draw_pages")
    ).one()
    assert (told["before"], told["sha256"]) == (before, paper.sha256)


def test_a_pdf_that_cannot_be_drawn_whole_stays_as_it_is(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=None, files=(inked(3),))
    before = paper.sha256

    def half(_content, _pages):
        raise Unfit(Refusal.TOO_SLOW)

    with pytest.raises(Invalid, match="too long"):
        draw_pages(session, cast, paper.parts[0], draw=half)
    large = Part(PartKind.PICTURE, b"x" * MOST_BYTES, width=1, height=1)
    with pytest.raises(Invalid, match="10 MB"):
        draw_pages(session, cast, paper.parts[0], draw=lambda _content, _pages: [large] * 3)
    session.commit()
    assert paper.sha256 == before


def test_of_two_who_make_pictures_at_once_one_is_told_that_the_page_changed(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True, files=(inked(),))
    session.commit()
    key, ana = paper.parts[0].id, actor(session, cast.ana)

    def draws(own):
        blacking.draw_pages(own, own.get_one(PaperPart, key), actor=ana, now=NOW)

    act_as(session, SYSTEM)
    outcomes = at_once(session, draws, draws)
    assert sorted(isinstance(one, DomainError) for one in outcomes) == [False, True], outcomes
    session.refresh(paper)
    assert len(paper.parts) == 1


def test_nobody_outside_of_its_plane_makes_pictures_of_a_pdf(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True, files=(inked(),))
    with pytest.raises(NotPermitted):
        draw_pages(session, cast, paper.parts[0])


def test_what_is_rolled_back_destroys_nothing(session, cast, held, folder):
    paper = make_paper(session, held, cast.boris)
    session.commit()
    kept = names(folder)
    planes.remove(session, paper, actor=actor(session, cast.boris), now=NOW)
    session.rollback()
    assert names(folder) == kept
    assert opened(session, cast.petru, session.scalars(select(PaperPart)).one())


def test_removing_destroys_bytes_and_key_and_the_trail_keeps_the_hash(session, cast, held, folder):
    paper = make_paper(session, held, cast.boris)
    sha256 = paper.sha256
    session.commit()
    planes.remove(session, paper, actor=actor(session, cast.boris), now=NOW)
    session.commit()
    assert names(folder) == set()
    assert session.scalar(select(func.count()).select_from(PaperKey)) == 0
    row = session.scalars(select(AuditEvent).where(AuditEvent.action == "paper:remove")).one()
    assert row.data["sha256"] == sha256


def test_erasing_a_person_makes_their_papers_unreadable_for_good(app, session, cast, folder):
    case = registration.register(session, actor=actor(session, cast.ana), now=NOW)
    agree(session, cast, case)
    ana, sergiu = (actor(session, one) for one in (cast.ana, cast.sergiu))
    held = consent_papers.held_by(consent_of(session, case, ConsentScope.CASE_MANAGEMENT))
    paper = make_paper(session, held, cast.ana, named=True)
    case.state, case.closed_at = CaseState.CLOSED, NOW
    case.closure_reason = ClosureReason.RELOCATED
    session.commit()
    sealed = folder.get(*names(folder))
    request = erasure.ask(session, case, actor=ana, reason="asked by the person", now=NOW)
    with app.test_request_context():
        erasure.erase(session, case, request, actor=sergiu, now=NOW)
        session.commit()
    assert names(folder) == set()
    assert session.get(PaperKey, paper.id) is None
    folder.put(sealed)  # as a backup of the folder would bring it back
    with pytest.raises(Conflict, match="destroyed"):
        opened(session, cast.ana, paper.parts[0])
    assert len(paper.sha256) == 64


def test_erasing_a_person_leaves_an_invoice_from_which_the_name_is_gone(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    freed = make_paper(session, held, cast.boris, named=True)
    ana, sergiu = (actor(session, one) for one in (cast.ana, cast.sergiu))
    planes.free(session, freed, actor=ana, now=NOW)
    assert erasing.destroy_papers_of(session, paper.case_id, actor=sergiu, now=NOW) == 1
    assert opened(session, cast.petru, freed.parts[0])
    with pytest.raises(Conflict, match="destroyed"):
        opened(session, cast.ana, paper.parts[0])


def test_an_upload_that_was_killed_leaves_no_row_and_its_bytes_are_swept(
    session, committed_db, cast, held, folder
):
    session.commit()
    code = f"""
import os, signal
from pathlib import Path
from reintegration.app import create_app
from reintegration.settings import from_environment
from reintegration.kernel.db import session, act_as
from reintegration.kernel.actor import SYSTEM
from reintegration.papers import store
from reintegration.papers.holders import Held
from reintegration.papers.services import uploading
from reintegration.accounts.models import User
from reintegration.accounts.services.actors import speak_for
from tests.factories.cast import NOW
from tests.factories.papers import photo
from uuid import UUID
app = create_app(from_environment(os.environ))
with app.app_context():
    act_as(session(), SYSTEM)
    store.use(store.Folder(Path({str(folder.path)!r})))
    who, _ = speak_for(session(), session().get(User, UUID({str(cast.boris.id)!r})))
    held = Held("claim", UUID({str(held.about_id)!r}), provider_id=UUID({str(held.provider_id)!r}))
    uploading.begin(session(), held, actor=who, files=[uploading.Upload("a", photo())], now=NOW)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=committed_db.process_environment(), check=False
    )
    assert done.returncode == -signal.SIGKILL
    (name,) = names(folder)
    half = folder.path / "aa" / ("a" * 64 + ".0.part")
    half.parent.mkdir()
    half.write_bytes(b"half")
    assert session.scalar(select(func.count()).select_from(Paper)) == 0
    assert sweeping.sweep_orphans(session, now=NOW) == 0
    for place in folder.path.glob("??/*"):
        os.utime(place, (LONG_AGO, LONG_AGO))
    assert sweeping.sweep_orphans(session, now=NOW) == 2
    assert names(folder) == set()
    assert name


def test_sweeping_leaves_what_a_paper_has(session, cast, held, folder):
    make_paper(session, held, cast.boris)
    session.commit()
    for place in folder.path.glob("??/*"):
        os.utime(place, (LONG_AGO, LONG_AGO))
    assert sweeping.sweep_orphans(session, now=NOW) == 0
    assert len(names(folder)) == 1


def test_a_paper_that_nobody_answered_for_goes_after_a_day(session, cast, held, folder):
    make_paper(session, held, cast.boris, named=None)
    kept = make_paper(session, held, cast.boris)
    session.commit()
    assert sweeping.forget_begun(session, now=NOW + timedelta(hours=23)) == 0
    assert sweeping.forget_begun(session, now=NOW + timedelta(hours=25)) == 1
    session.commit()
    assert session.scalars(select(Paper.id)).all() == [kept.id]
    assert len(names(folder)) == 1


def test_the_key_of_a_paper_opens_no_other(session, cast, held):
    one, other = (make_paper(session, held, cast.boris) for _ in range(2))
    wrapped = session.get(PaperKey, other.id).wrapped
    session.get(PaperKey, one.id).wrapped = wrapped
    session.flush()
    with pytest.raises(Exception, match="paper_key"):
        db.keyring(session).unwrap_paper_key(wrapped, paper_id=str(one.id))
