"""What the books begin with: brought in by a table, decided on by another person."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_of
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_
from reintegration.kernel.signing import signers
from reintegration.web.bringing import Kind
from reintegration.web.bringing_pages import pages_of
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Asking, asked_why
from vouchers.books.forms import WhyForm
from vouchers.books.models import OpeningBalance
from vouchers.books.permissions import OpeningPermission
from vouchers.books.queries import opening as queries
from vouchers.books.services.opening import deciding, proposing, reading
from vouchers.books.services.opening.posting import balances

bp = Pages("opening", __name__, url_prefix="/books/opening")
BOOKS = Kind(
    name="books",
    title=N_("Import opening balances"),
    hint=N_(
        "What lies on each account, what is left of each grant, and what is free on its lines."
        " Another person approves it; then it is posted."
    ),
    order=30,
    permission=OpeningPermission.PROPOSE,
    columns=reading.COLUMNS,
    examples=reading.EXAMPLES,
    counted=proposing.COUNTED,
    carry_out=proposing.carry_out,
    already=queries.how_many,
    allowed=reading.allowed,
    after=("opening.index", N_("Go to the opening balances")),
)
import_bp = pages_of(BOOKS, "/books/opening/import")


def _opening(opening_id: UUID) -> OpeningBalance:
    return queries.opening_or_404(session(), current_actor(), opening_id)


@bp.page("/", OpeningPermission.VIEW)
def index() -> ResponseReturnValue:
    """Show what was proposed, what it posts, and what may be decided."""
    found = queries.every(session(), current_actor())
    people = {
        one
        for opening in found
        for name in ("proposed_by", "approved_by")
        for one in signers(opening, name)
    }
    return render_template(
        "vouchers/books/opening/index.html",
        openings=found,
        listed=balances(session(), *found),
        people=names_of(session(), people),
        P=OpeningPermission,
    )


@bp.act("/<uuid:opening_id>/approve", OpeningPermission.APPROVE, load=_opening, fresh=True)
def approve(opening: OpeningBalance) -> Next:
    """Post the balances."""
    deciding.approve(session(), opening, **acting())
    return Next(url_for(".index"), _("The balances are posted. The books have begun."))


@bp.act("/<uuid:opening_id>/drop", OpeningPermission.DROP, load=_opening)
def drop(opening: OpeningBalance) -> Next:
    """Discard a proposal."""
    deciding.drop(session(), opening, **acting())
    return Next(url_for(".index"), _("The proposal is dropped."))


@bp.form("/<uuid:opening_id>/take-back", OpeningPermission.TAKE_BACK, load=_opening, fresh=True)
def take_back(opening: OpeningBalance) -> Asking:
    """Post the reverse of the balances."""
    page = "vouchers/books/opening/take_back.html"
    reason = yield from asked_why(page, WhyForm(), opening=opening)
    deciding.take_back(session(), opening, reason=reason, **acting())
    return Next(url_for(".index"), _("The balances are taken back. Other ones can come in."))
