"""Step 3, as a case manager: a provider that fits, a referral, a voucher on paper."""

import io
import re
from dataclasses import dataclass

from pypdf import PdfReader

from tests.browser.seats import Seat

_TELLING = ("traffick", "victim", "violen", "trafic", "жертв", "Zinaida", "Exemplu S")


@dataclass(frozen=True)
class Paper:
    """What the person takes along: the code on paper, the PIN in the head."""

    code: str
    pin: str
    reference: str


def finds_a_provider(seat: Seat, plan: str) -> None:
    """Read who fits and why, and who does not and why."""
    seat.goes_to(plan)
    seat.presses("Counselling, 12 sessions: Find a provider")
    seat.sees("Find a provider")
    best = seat.main.locator("li.match").filter(has_text="Centrul Speranța")
    assert best.locator(".tags li").count() >= 2
    assert int(best.locator(".match__points").inner_text()) > 0
    seat.page.get_by_text(re.compile("does not fit: why")).click()
    seat.reads("Casa Albă")
    assert seat.main.locator(".excluded .tags li").count() >= 1
    seat.looks()


def sends_a_referral(seat: Seat, code: str) -> None:
    """See exactly what will be told, and send that."""
    seat.presses(re.compile(r"^Refer\s*: Centrul Speranța"))
    seat.sees(re.compile("^Ask Centrul Speranța"))
    seat.types("Note to the provider", "Diminețile sunt mai bune.")
    seat.presses("See what will be told")
    seat.sees(re.compile("^This is what Centrul Speranța.* will see$"))
    seat.reads("Every field, and nothing else", "Diminețile sunt mai bune.")
    assert code not in seat.main.locator("dl").first.inner_text()
    seat.presses("Send exactly this")
    seat.sees(re.compile("^Referral to Centrul Speranța"))
    seat.reads("Waiting for an answer")


def issues_a_voucher(seat: Seat, plan: str) -> str:
    """Issue what the provider accepted; return the PIN, which is shown this once."""
    seat.goes_to(plan)
    seat.presses("Counselling, 12 sessions: Issue a voucher")
    seat.sees("Issue a voucher")
    seat.presses("Issue the voucher")
    seat.sees(re.compile("is issued$"))
    return seat.page.locator("#pin").inner_text().replace(" ", "")


def prints_it(seat: Seat, pin: str) -> Paper:
    """Read the paper as a page and as a PDF: a code, and nothing that tells."""
    seat.presses("Print the voucher")
    seat.looks()
    paper = seat.main.inner_text()
    code = re.search(r"\b[0-9A-Z]{4}([ -][0-9A-Z]{4}){3}\b", paper)
    reference = re.search(r"\bV-[0-9A-Z]+\b", paper)
    assert code, paper
    assert reference, paper
    assert seat.main.locator("svg").count() >= 1
    kind, content = seat.fetches("Open as PDF")
    assert kind == "application/pdf"
    assert content.startswith(b"%PDF")
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert code[0].replace(" ", "") in printed.replace(" ", "").replace("\n", "")
    for text in (paper, printed):
        assert pin not in text
        assert not [word for word in _TELLING if word.lower() in text.lower()]
    return Paper(code[0], pin, reference[0])
