"""The pages of papers: sent in one form, answered by a button, handed out so that nothing runs."""

import io
import re

import pytest
from sqlalchemy import func, select

from reintegration.kernel.audit import AuditEvent
from reintegration.papers import store
from reintegration.papers.content import apart
from reintegration.papers.models import Paper
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.papers import inked, make_paper, pdf, photo, picture_of, zipped
from tests.factories.payments import make_claim
from vouchers.payments.services import claim_papers, claims

NAMED, UNNAMED = {"answer": "named"}, {"answer": "unnamed"}


@pytest.fixture(autouse=True)
def read_here(monkeypatch):
    """A process for each form is right and slow: tests/papers/test_content.py starts it."""
    monkeypatch.setattr(
        apart, "_ask", lambda what, sent: b"".join(apart._answered(what, io.BytesIO(sent)))
    )


@pytest.fixture(autouse=True)
def folder(session, tmp_path):
    before = store.in_use()
    store.use(store.Folder(tmp_path / "papers"))
    yield
    store.use(before)


@pytest.fixture
def claim(session, cast):
    return make_claim(session, cast)


@pytest.fixture
def boris(sign_in, cast):
    return sign_in(cast.boris)


def files(*sent):
    return {"files": [(io.BytesIO(content), name) for name, content in sent]}


def send(browser, claim, *sent):
    return browser.post(f"/claims/mine/{claim.id}/papers?lang=en", data=files(*sent))


def english(browser, address):
    return browser.get(f"{address}?lang=en").text


def test_a_photograph_an_answer_and_the_invoice_is_on_the_claim(boris, claim, session):
    answer = send(boris, claim, ("a.heic", photo("HEIF")))
    page = answer.location
    assert re.fullmatch(r"/papers/[0-9a-f-]{36}", page)
    shown = english(boris, page)
    assert "Does the name of a person helped stand here?" in shown
    assert "checked" not in shown
    assert boris.post(f"{page}/keep", data=UNNAMED).location == f"/claims/mine/{claim.id}"
    assert page in boris.get(f"/claims/mine/{claim.id}").text


def test_the_answer_must_be_given(boris, claim, session):
    page = send(boris, claim, ("a.jpg", photo())).location
    assert boris.post(f"{page}/keep", data={}).status_code == 422
    assert session.scalars(select(Paper.named)).all() == [None]


def test_finance_sees_a_named_paper_by_its_hash_and_cannot_open_it(sign_in, cast, session, claim):
    paper = make_paper(session, claim_papers.held_by(claim), cast.boris, named=True)
    part = paper.parts[0].id
    petru = sign_in(cast.petru)
    page = english(petru, f"/papers/{paper.id}")
    for start in range(0, 64, 4):
        assert f"<span>{paper.sha256[start : start + 4]}</span>" in page
    assert "Nobody of the case team has confirmed it yet" in page
    assert f"/parts/{part}" not in page
    assert petru.get(f"/papers/{paper.id}/parts/{part}").status_code == 403
    ana = sign_in(cast.ana)
    assert ana.get(f"/papers/{paper.id}/parts/{part}").status_code == 200
    ana.post(f"/papers/{paper.id}/see")
    assert "Seen by Ana Lungu" in english(petru, f"/papers/{paper.id}")


def test_a_provider_reads_no_name_of_the_programmes_people(boris, cast, session, claim, sign_in):
    paper = make_paper(session, claim_papers.held_by(claim), cast.boris, named=True)
    sign_in(cast.ana).post(f"/papers/{paper.id}/see")
    page = english(boris, f"/papers/{paper.id}")
    assert "Seen by the case team" in page
    assert "Ana Lungu" not in page


def test_a_stranger_cannot_tell_a_paper_from_none(sign_in, cast, session, claim):
    paper = make_paper(session, claim_papers.held_by(claim), cast.boris)
    oleg = sign_in(cast.oleg)
    assert oleg.get(f"/papers/{paper.id}").status_code == 404
    assert oleg.get(f"/papers/{paper.id}/parts/{paper.parts[0].id}").status_code == 404


def test_finance_sees_no_paper_of_a_claim_that_is_a_draft(sign_in, cast, session):
    draft = make_claim(session, cast, submit=False)
    paper = make_paper(session, claim_papers.held_by(draft), cast.boris)
    assert sign_in(cast.petru).get(f"/papers/{paper.id}").status_code == 404


def test_a_pdf_is_a_file_to_save_in_which_nothing_runs(boris, cast, session, claim):
    paper = make_paper(session, claim_papers.held_by(claim), cast.boris, files=(pdf(2),))
    answer = boris.get(f"/papers/{paper.id}/parts/{paper.parts[0].id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == pdf(2)


def test_each_opening_of_a_page_leaves_a_row(sign_in, cast, session, claim):
    paper = make_paper(session, claim_papers.held_by(claim), cast.boris)
    petru = sign_in(cast.petru)
    for _ in range(2):
        assert petru.get(f"/papers/{paper.id}/parts/{paper.parts[0].id}").status_code == 200
    rows = select(func.count()).where(
        AuditEvent.action == "paper:open", AuditEvent.actor_id == cast.petru.id
    )
    assert session.scalar(rows) == 2


def test_what_is_no_paper_is_refused_beside_the_files(boris, claim, session):
    answer = boris.post(
        f"/claims/mine/{claim.id}/papers?lang=en", data=files(("invoice.pdf", zipped()))
    )
    assert answer.status_code == 422
    assert "invoice.pdf: This is an archive or an office document" in answer.text
    assert session.scalar(select(func.count()).select_from(Paper)) == 0


def test_an_empty_form_says_what_to_do(boris, claim):
    answer = boris.post(f"/claims/mine/{claim.id}/papers?lang=en", data={})
    assert (answer.status_code, "Photograph a page or choose a file first." in answer.text) == (
        422,
        True,
    )


def test_more_pages_come_into_the_same_paper_and_one_goes(boris, claim, session):
    page = send(boris, claim, ("a.jpg", photo())).location
    boris.post(f"{page}/pages", data=files(("b.png", photo("PNG")), ("c.pdf", pdf(2))))
    paper = session.scalars(select(Paper)).one()
    assert paper.pages == 4
    boris.post(f"{page}/parts/{paper.parts[0].id}/remove")
    session.rollback()
    assert session.scalars(select(Paper)).one().pages == 3


def test_a_part_is_blacked_out_by_fields_without_a_script(boris, claim, session):
    page = send(boris, claim, ("a.jpg", photo())).location
    part = session.scalars(select(Paper)).one().parts[0].id
    typed = {"left": "5", "top": "45", "width": "90", "height": "10"}
    assert boris.post(f"{page}/parts/{part}/black-out", data=typed).status_code == 302
    black = picture_of(boris.get(f"{page}/parts/{part}").data).getpixel((300, 400))
    assert max(black) < 12


def test_a_pdf_is_made_pictures_on_the_way_to_black_a_part_out(boris, claim, session):
    page = send(boris, claim, ("a.pdf", inked())).location
    part = session.scalars(select(Paper)).one().parts[0].id
    assert f"{page}/parts/{part}/draw" in boris.get(page).text
    assert "is destroyed" in boris.get(f"{page}/parts/{part}/draw?lang=en").text
    next_ = boris.post(f"{page}/parts/{part}/draw").location
    assert next_.endswith("/black-out")
    assert boris.get(next_).status_code == 200
    assert boris.post(f"{page}/parts/{part}/draw").status_code == 404


def test_a_pdf_that_cannot_be_drawn_says_why_and_stays(boris, claim, session, monkeypatch):
    page = send(boris, claim, ("a.pdf", inked())).location
    part = session.scalars(select(Paper)).one().parts[0].id
    monkeypatch.setattr(apart, "_ask", lambda *_asked: b"")
    refused = boris.post(f"{page}/parts/{part}/draw?lang=en")
    assert refused.status_code == 422
    assert "takes too long" in refused.text
    session.rollback()
    assert [one.id for one in session.scalars(select(Paper)).one().parts] == [part]


def test_what_is_drawn_badly_is_shown_again_with_what_was_right(boris, claim, session):
    page = send(boris, claim, ("a.jpg", photo())).location
    part = session.scalars(select(Paper)).one().parts[0].id
    answer = boris.post(
        f"{page}/parts/{part}/black-out", data={"rectangles": ["10,10,20,20", "990,0,20,20"]}
    )
    assert answer.status_code == 422
    assert 'value="10,10,20,20"' in answer.text


def test_a_decided_claim_shows_its_papers_and_takes_none(boris, cast, session, claim):
    make_paper(session, claim_papers.held_by(claim), cast.boris)
    claims.withdraw(session, claim, actor=actor(session, cast.boris), now=NOW)
    page = boris.get(f"/claims/mine/{claim.id}").text
    assert "data-upload" not in page
    assert "/papers/" in page


def test_the_same_form_sent_twice_makes_one_paper(boris, claim, session):
    for _ in range(2):
        data = files(("a.jpg", photo())) | {"form_key": "k" * 22}
        boris.post(f"/claims/mine/{claim.id}/papers", data=data)
    assert session.scalar(select(func.count()).select_from(Paper)) == 1


def test_an_officer_photographs_a_document_and_the_provider_sees_it(sign_in, cast, session):
    vera = sign_in(cast.vera)
    typed = {"kind": "registration", "issued_on": TODAY.isoformat(), "reference": "7"}
    made = vera.post(f"/providers/vetting/of/{cast.provider.id}/documents/new", data=typed).location
    page = vera.post(f"{made}/papers", data=files(("a.jpg", photo()))).location
    assert vera.post(f"{page}/keep", data=NAMED).status_code == 422
    assert vera.post(f"{page}/keep", data=UNNAMED).location == made
    assert page in vera.get(made).text
    assert sign_in(cast.maria).get(page).status_code == 200
    assert sign_in(cast.petru).get(page).status_code == 404
    vera.post(f"{made}/remove")
    assert session.scalar(select(func.count()).select_from(Paper)) == 0
