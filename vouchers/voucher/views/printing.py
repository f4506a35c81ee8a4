"""The paper of a voucher, as a page and as a PDF, in the person's language."""

from datetime import datetime

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from providers.directory.models import Offering, Site
from reintegration.cases.models import CaseFile
from reintegration.codelists.spoken_languages import written_in
from reintegration.kernel import audit, clock, tries
from reintegration.kernel.db import session
from reintegration.kernel.ids import group_typed_code
from reintegration.web.current import current_actor
from reintegration.web.filters import day
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import VoucherPermission
from vouchers.voucher.services import paper
from vouchers.voucher.services.codes import printable
from vouchers.voucher.services.paper import Fact, Sheet
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import vouchers_bp as bp
from vouchers.voucher.views.vouchers import load_voucher


@bp.page("/<uuid:voucher_id>/print", VoucherPermission.PRINT, load=load_voucher)
def print_page(voucher: Voucher) -> ResponseReturnValue:
    """Show the paper as a page."""
    sheet = _sheet(voucher)
    _note_print(voucher, clock.now())
    qr = Markup(sheet.qr)  # noqa: S704 - drawn by segno from our own random bits
    return render_template("vouchers/voucher/print.html", voucher=voucher, sheet=sheet, qr=qr)


@bp.page("/<uuid:voucher_id>/print.pdf", VoucherPermission.PRINT, load=load_voucher)
def print_pdf(voucher: Voucher) -> ResponseReturnValue:
    """Hand out the paper as a tagged PDF with a neutral name."""
    sheet = _sheet(voucher)
    now = clock.now()
    _note_print(voucher, now)
    answer = Response(paper.pdf(sheet, made_at=now), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{voucher.reference}.pdf"'
    return answer


def _sheet(voucher: Voucher) -> Sheet:
    secrets = printable(session(), voucher)
    language = session().scalar(select(CaseFile.language).where(CaseFile.id == voucher.case_id))
    locale = written_in(language or "ro")
    with force_locale(locale):
        code = group_typed_code(secrets.code)
        return Sheet(
            lang=locale,
            title=_("Voucher"),
            what=voucher_text.what(voucher),
            service=voucher_text.service(voucher.category),
            code=code,
            code_hint=_("Show this at the desk. If it cannot be scanned, type the code."),
            qr=paper.qr_svg(secrets.qr),
            qr_alt=_("QR code of %(code)s", code=code),
            facts=[
                Fact(_("Where"), _place(voucher)),
                Fact(_("Can be used"), f"{day(voucher.valid_from)} – {day(voucher.valid_until)}"),
                Fact(_("Number"), voucher.reference),
            ],
            notes=[
                _("Only you know the PIN. Type it yourself and tell it to nobody."),
                _("If you lose this paper, say so: you get a new one."),
            ],
        )


def _place(voucher: Voucher) -> str:
    """Return where to go; a confidential place is never printed."""
    if voucher.offering_id is None:
        return str(_("where you choose, among the places that we name to you"))
    seen = [joinedload(Offering.site).joinedload(Site.place)]
    offering = session().get_one(Offering, voucher.offering_id, options=seen)
    place = offering.site.place
    if place is None or offering.site.confidential:
        return str(_("at the place that we told you"))
    parts = (offering.provider.name, place.locality, place.address)
    return ", ".join(part for part in parts if part)


def _note_print(voucher: Voucher, now: datetime) -> None:
    """Note in the trail that the codes were read: in its own transaction, for a GET writes none."""
    with Session(tries.companion(session())) as own, own.begin():
        audit.record(own, "voucher:print", voucher, actor=current_actor(), now=now)
