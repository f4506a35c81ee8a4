"""Papers of the demo: invented, drawn while it is made, and marked as such across the page."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from demo.world import Firm, World
from providers.directory.models import VettingDocument
from providers.vetting.services import document_papers
from reintegration.cases.models import Consent
from reintegration.cases.services import consent_papers
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.papers.content import reading
from reintegration.papers.content.pictures import Rectangle
from reintegration.papers.holders import Held
from reintegration.papers.models import Paper
from reintegration.papers.permissions import PaperPermission
from reintegration.papers.services import blacking, planes, uploading
from reintegration.papers.services.uploading import Upload
from reintegration.plans.models import Milestone
from reintegration.plans.services import milestone_papers
from reintegration.settings import ROOT
from vouchers.payments.models import Claim, PayeeAccount
from vouchers.payments.services import claim_papers, payee_papers

_FONTS = ROOT / "reintegration" / "static" / "vendor" / "fonts-print"
_SHEET = (900, 1270)
_MARK = "DEMO"
_LATELY = 50
"""Days: the claims of so many days ago have their invoices."""
_NAME_LINE = 3
"""The line of a sheet in which a name would stand."""
_FIRST_LINE, _BETWEEN = 300, 56


def draw(title: str, lines: Sequence[str]) -> bytes:
    """Return a sheet as a photograph of it would be."""
    sheet = Image.new("RGB", _SHEET, "#fdfcf8")
    pen = ImageDraw.Draw(sheet)
    for across in range(3):
        at = (90 + 40 * across, 260 + 330 * across)
        pen.text(at, _MARK, fill="#ece4d4", font=_font("Bold", 190))
    pen.text((90, 120), title, fill="#14233b", font=_font("SemiBold", 44))
    pen.line((90, 210, 810, 210), fill="#14233b", width=3)
    for number, line in enumerate(lines):
        at = (90, _FIRST_LINE + _BETWEEN * number)
        pen.text(at, line, fill="#222222", font=_font("Regular", 28))
    written = BytesIO()
    sheet.save(written, "JPEG", quality=90)
    return written.getvalue()


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"Onest-{weight}.ttf"), size)


class Papers:
    """What people of the demo photograph."""

    def __init__(self, world: World) -> None:
        self.world, self.alone = world, 0

    def invoice(self, firm: Firm, claim: Claim) -> None:
        """Hang the invoice on a claim of late; a few name the person whom they are about."""
        if self.world.day <= self.world.ago(_LATELY):
            return
        held, actor = claim_papers.held_by(claim), self.world.actor(firm.bookkeeper)
        period = f"{_day(claim.period_from)} – {_day(claim.period_until)}"
        lines = [firm.provider.name, period]
        cases = {line.case_id for line in claim.lines}
        if len(cases) > 1:
            self._put(held, actor, draw("Factură", lines), named=False)
            return
        self.alone += 1
        sheet = draw("Factură", [*lines, "", "Beneficiar: Persoană Inventată"])
        if self.alone % 3 == 0:
            self._blacked_out(held, actor, sheet)
            return
        paper = self._put(held, actor, sheet, named=True)
        if self.alone % 3 == 1:
            self._seen(paper)

    def certificate(self, document: VettingDocument, officer: Actor, name: str) -> None:
        """Photograph a document that an officer has checked."""
        lines = [name, _day(document.issued_on)]
        sheet = draw("Certificat de înregistrare", lines)
        self._put(document_papers.held_by(document), officer, sheet, named=False)

    def bank_letter(self, account: PayeeAccount, manager: Actor) -> None:
        """Photograph the letter of a bank that says whose account it is."""
        sheet = draw("Adeverință bancară", [account.holder, account.iban or ""])
        self._put(payee_papers.held_by(account), manager, sheet, named=False)

    def signed_form(self, consent: Consent, manager: Actor) -> None:
        """Photograph the form that a person signed: two pages."""
        lines = [_day(local_day(consent.given_at)), "", "Semnătura: Persoană Inventată"]
        pages = [draw("Acord", ["Pagina 1"]), draw("Acord", [*lines, "Pagina 2"])]
        self._put(consent_papers.held_by(consent), manager, *pages, named=True)

    def evidence(self, milestone: Milestone, manager: Actor) -> None:
        """Photograph what shows that a step is reached."""
        sheet = draw("Adeverință", [_day(self.world.day), "A participat: Persoană Inventată"])
        self._put(milestone_papers.held_by(milestone), manager, sheet, named=True)

    def _put(self, held: Held, actor: Actor, *sheets: bytes, named: bool) -> Paper:
        paper = self._begun(held, actor, *sheets)
        return planes.keep(self.world.session, paper, actor=actor, named=named, now=self.world.now)

    def _begun(self, held: Held, actor: Actor, *sheets: bytes) -> Paper:
        files = [Upload(f"{number}.jpg", sheet) for number, sheet in enumerate(sheets, 1)]
        paper, _refused = uploading.begin(
            self.world.session,
            held,
            actor=actor,
            files=files,
            now=self.world.now,
            read_all=reading.read_all,
        )
        return paper

    def _blacked_out(self, held: Held, actor: Actor, sheet: bytes) -> None:
        session, now = self.world.session, self.world.now
        paper = self._begun(held, actor, sheet)
        top = (_FIRST_LINE + _BETWEEN * _NAME_LINE - 6) * 1000 // _SHEET[1]
        name = Rectangle(left=265, top=top, width=420, height=42)
        blacking.black_out(session, paper.parts[0], actor=actor, rectangles=[name], now=now)
        planes.keep(session, paper, actor=actor, named=False, now=now)

    def _seen(self, paper: Paper) -> None:
        """Let somebody of the person's team confirm it, where anybody is left in it."""
        everybody = map(self.world.actor, self.world.users)
        team = (one for one in everybody if permissions.permits(one, PaperPermission.SEE, paper))
        if actor := next(team, None):
            planes.see(self.world.session, paper, actor=actor, now=self.world.now)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
