"""One paper: its pages while its uploader prepares it, and what may be done with it afterwards."""

from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.papers.content.kinds import MOST_PAGES, PartKind
from reintegration.papers.forms import NAMED, AnswerForm, BlackOutForm, PagesForm
from reintegration.papers.holders import holder_of
from reintegration.papers.models import Paper, PaperPart
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.queries import papers as queries
from reintegration.papers.services import blacking, opening, planes, uploading
from reintegration.papers.states import Scan
from reintegration.papers.views.panel import people_of, said_of, say_refused
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Ask, Asking, asked

bp = Pages("papers", __name__, url_prefix="/papers")
_OF_STRANGERS = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Nothing that came from outside may run, load or be framed, whatever a browser takes it for."""
_TYPES = {PartKind.PICTURE: "image/jpeg", PartKind.PDF: "application/pdf"}


def _paper(paper_id: UUID) -> Paper:
    return queries.paper_or_404(session(), current_actor(), paper_id)


def _part(paper_id: UUID, part_id: UUID) -> PaperPart:
    return queries.part_or_404(session(), current_actor(), paper_id, part_id)


@bp.page("/<uuid:paper_id>", PaperPermission.VIEW, load=_paper)
def show(paper: Paper) -> ResponseReturnValue:
    """Show a paper: all that is known of it, and its pages to whoever may open them."""
    return _page(paper)


@bp.page("/<uuid:paper_id>/parts/<uuid:part_id>", PaperPermission.OPEN, load=_part)
def part(part: PaperPart) -> ResponseReturnValue:
    """Hand out a page as a picture of ours, or a PDF as a file to save."""
    content = opening.open_part(session(), part, **acting())
    answer = Response(content, mimetype=_TYPES[part.kind])
    answer.headers["Content-Security-Policy"] = _OF_STRANGERS
    if part.kind == PartKind.PDF:
        answer.headers["Content-Disposition"] = f'attachment; filename="{part.id}.pdf"'
    return answer


@bp.act("/<uuid:paper_id>/pages", PaperPermission.PREPARE, load=_paper)
def add(paper: Paper) -> Asking:
    """Add pages to one's own paper."""
    form = PagesForm()
    yield Ask(lambda: _page(paper, pages=form), form)
    say_refused(uploading.add(session(), paper, files=form.uploads(), **acting()))
    return _back(paper, said_of(paper.pages))


@bp.act("/<uuid:paper_id>/parts/<uuid:part_id>/remove", PaperPermission.PREPARE, load=_part)
def remove_part(part: PaperPart) -> Next:
    """Take a page out again."""
    paper = part.paper
    uploading.remove_part(session(), part, **acting())
    return _back(paper, _("The page is destroyed."))


@bp.act("/<uuid:paper_id>/keep", PaperPermission.PREPARE, load=_paper)
def keep(paper: Paper) -> Asking:
    """Hang the paper on its thing, with the answer whether a name stands in it."""
    form = AnswerForm()
    yield Ask(lambda: _page(paper, answer=form), form)
    named = form.answer.data == NAMED
    planes.keep(session(), paper, named=named, **acting())
    said = (
        _("The paper is kept. Only the case team of the person can open it.")
        if named
        else _("The paper is kept.")
    )
    return Next(_thing(paper) or url_for(".show", paper_id=paper.id), said)


@bp.form("/<uuid:paper_id>/parts/<uuid:part_id>/black-out", PaperPermission.BLACK_OUT, load=_part)
def black_out(part: PaperPart) -> Asking:
    """Draw over what nobody shall read, and burn it in."""
    form = BlackOutForm()
    number = 1 + part.paper.parts.index(part)
    yield asked(
        "reintegration/papers/black_out.html", form, part=part, number=number, layout=_layout()
    )
    blacking.black_out(session(), part, rectangles=form.drawn(), **acting())
    return _back(part.paper, _("It is black, and what stood under it is destroyed."))


@bp.form("/<uuid:paper_id>/parts/<uuid:part_id>/draw", PaperPermission.BLACK_OUT, load=_part)
def draw(part: PaperPart) -> Asking:
    """Make pictures of the pages of a PDF, so that parts of them can be blacked out."""
    paper = part.paper
    yield asked("reintegration/papers/draw.html", part=part, layout=_layout())
    pages = blacking.draw_pages(session(), part, **acting())
    said = _("The pages are pictures now. Black out what nobody shall read.")
    if len(pages) > 1:
        return _back(paper, said)
    return Next(url_for(".black_out", paper_id=paper.id, part_id=pages[0].id), said)


@bp.act("/<uuid:paper_id>/name", PaperPermission.NAME, load=_paper)
def name(paper: Paper) -> Next:
    """Say that a name stands here after all."""
    planes.name(session(), paper, **acting())
    said = _("Only the case team of the person can open it from now on.")
    return Next(_thing(paper) or url_for(".show", paper_id=paper.id), said)


@bp.form("/<uuid:paper_id>/free", PaperPermission.FREE, load=_paper)
def free(paper: Paper) -> Asking:
    """Say that no name stands here any more."""
    yield asked("reintegration/papers/free.html", paper=paper, layout=_layout())
    planes.free(session(), paper, **acting())
    return _back(paper, _("Whoever sees what it belongs to can open it from now on."))


@bp.act("/<uuid:paper_id>/see", PaperPermission.SEE, load=_paper)
def see(paper: Paper) -> Next:
    """Confirm the paper to those who may not open it."""
    planes.see(session(), paper, **acting())
    return _back(paper, _("It is noted that you have seen it."))


@bp.form("/<uuid:paper_id>/remove", PaperPermission.REMOVE, load=_paper)
def remove(paper: Paper) -> Asking:
    """Take a paper away."""
    yield asked("reintegration/papers/remove.html", paper=paper, layout=_layout())
    to = _thing(paper) or url_for("accounts.index")
    planes.remove(session(), paper, **acting())
    return Next(to, _("The paper is destroyed."))


def _page(paper: Paper, *, pages: PagesForm | None = None, answer: AnswerForm | None = None) -> str:
    return render_template(
        "reintegration/papers/show.html",
        paper=paper,
        about=holder_of(paper),
        thing=_thing(paper),
        people=people_of([paper]),
        pages=pages or PagesForm(formdata=None),
        answer=answer or AnswerForm(formdata=None),
        full=paper.pages >= MOST_PAGES,
        waits=any(part.scan == Scan.WAITING for part in paper.parts),
        layout=_layout(),
        P=PaperPermission,
    )


def _thing(paper: Paper) -> str | None:
    return queries.thing_of(session(), current_actor(), paper)


def _back(paper: Paper, said: str) -> Next:
    return Next(url_for(".show", paper_id=paper.id), said)


def _layout() -> str:
    return "layout/provider.html" if current_actor().is_provider else "layout/staff.html"
