"""The card of a thing's papers, and taking new ones: what a feature calls.

@bp.act("/<uuid:claim_id>/papers", ClaimPermission.SUBMIT, load=_claim)
def mine_papers(claim: Claim) -> Asking:
    return (yield from taken(held_by(claim), lambda form: _show_page(claim, pages=form)))
"""

from collections.abc import Callable, Generator, Iterable
from uuid import UUID

from flask import flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from reintegration.accounts.queries.users import names_of
from reintegration.kernel.db import session
from reintegration.papers.forms import PagesForm
from reintegration.papers.holders import Held, holder_of
from reintegration.papers.models import Paper
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.queries.papers import papers_of
from reintegration.papers.services import uploading
from reintegration.papers.services.uploading import Refused
from reintegration.web import slots
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.requires import can
from reintegration.web.submit import Ask


def panel(held: Held, *, action: str | None = None, form: PagesForm | None = None) -> Markup:
    """Return the card of the papers of a thing that the actor sees.

    `action` is where new ones are sent, None where none is taken now; `form` what was sent and
    refused.
    """
    found = papers_of(session(), current_actor(), held)
    may_add = action is not None and can(PaperPermission.ADD, held)
    return slots.part(
        "reintegration/papers/_panel.html",
        papers=found,
        of_case=holder_of(held).of_case,
        people=people_of(found),
        action=action if may_add else None,
        form=form or PagesForm(formdata=None),
    )


def taken(held: Held, page: Callable[[PagesForm], str]) -> Generator[Ask, None, Next]:
    """Take the files of a form as a new paper; `page` shows the form where all are refused."""
    form = PagesForm()
    yield Ask(lambda: page(form), form)
    paper, refused = uploading.begin(session(), held, files=form.uploads(), **acting())
    say_refused(refused)
    return Next(url_for("papers.show", paper_id=paper.id), said_of(paper.pages))


def said_of(pages: int) -> str:
    """Return what is said of a paper that got pages."""
    return str(ngettext("The paper has %(num)s page.", "The paper has %(num)s pages.", pages))


def say_refused(refused: list[Refused]) -> None:
    """Say which files were not taken, and why."""
    for one in refused:
        flash(_("%(name)s was not taken. %(why)s", name=one.name, why=_(one.why.label)), "warning")


def people_of(papers: Iterable[Paper]) -> dict[UUID, str]:
    """Return who put and who saw papers, by name; people of providers read no name of staff."""
    if current_actor().is_provider:
        return {}
    return names_of(session(), [who for one in papers for who in (one.put_by, one.seen_by)])
