"""A paper from a phone to an auditor's hash: photographed, blacked out, answered, seen, compared."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.papers.models import Paper
from tests.browser.seats import PHONE
from tests.factories.cast import Cast
from tests.factories.papers import inked, photo, picture_of
from tests.factories.payments import make_claim
from vouchers.payments.models import Claim

NAME = "Does the name of a person helped stand here?"


@pytest.mark.deep
def test_a_paper_from_a_phone_to_an_auditors_hash(opens, session, cast, tmp_path):
    claim = _claim(session, cast)
    sheet = _file(tmp_path, "sheet.jpg", photo())
    phone = opens("boris", f"/claims/mine/{claim.id}", viewport=PHONE, has_touch=True)
    phone.get_by_label("Photograph a page").set_input_files(sheet)  # the first tap; it sends itself
    expect(phone.get_by_text(NAME)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_label("Photograph one more page").set_input_files(sheet)
    expect(phone.get_by_role("img", name="Page 2")).to_be_visible()
    phone.get_by_role("link", name="Black out a part").first.click()
    _draw(phone, (0.05, 0.4), (0.95, 0.6))
    phone.get_by_role("button", name="Black it out").click()
    expect(phone.get_by_text("Partly blacked out")).to_be_visible()
    black = phone.request.get(phone.get_by_role("img", name="Page 1").evaluate("one => one.src"))
    assert max(picture_of(black.body()).getpixel((300, 400))) < 12
    phone.get_by_role("button", name="Save it: a name stands here").click()
    expect(phone.get_by_text("Only the case team of the person can open it.")).to_be_visible()

    session.rollback()
    paper = session.scalars(select(Paper)).one()
    ana = opens("ana", f"/papers/{paper.id}")
    expect(ana.get_by_role("img", name="Page 2")).to_be_visible()
    ana.get_by_role("button", name="Confirm that you have seen it").click()
    expect(ana.get_by_text("It is noted that you have seen it.")).to_be_visible()

    auditor = opens("irina", f"/claims/{claim.id}")
    auditor.get_by_role("link", name=re.compile("^Paper of 2 pages")).click()
    expect(auditor.get_by_text("Seen by Ana Lungu")).to_be_visible()
    expect(auditor.get_by_role("img", name="Page 1")).to_have_count(0)
    handed = [black.body(), ana.request.get(_address(ana, "Page 2")).body()]
    hashes = "\n".join(hashlib.sha256(one).hexdigest() for one in handed)
    shown = auditor.locator("dd .hash").inner_text().replace(" ", "").replace("\n", "")
    assert shown == hashlib.sha256(hashes.encode()).hexdigest()


@pytest.mark.deep
def test_without_scripts_a_file_is_chosen_sent_and_answered(opens, session, cast, tmp_path):
    claim = _claim(session, cast)
    sheet = _file(tmp_path, "sheet.png", photo("PNG"))
    page = opens("boris", f"/claims/mine/{claim.id}", java_script_enabled=False)
    page.get_by_label("Choose files").set_input_files(sheet)
    page.get_by_role("button", name="Add the pages").click()
    page.get_by_role("button", name="Save it: no name stands here").click()
    expect(page.get_by_text("Names nobody")).to_be_visible()


@pytest.mark.deep
def test_a_name_in_a_pdf_is_blacked_out_without_scripts(opens, session, cast, tmp_path):
    claim = _claim(session, cast)
    invoice = _file(tmp_path, "invoice.pdf", inked())
    page = opens("boris", f"/claims/mine/{claim.id}", java_script_enabled=False)
    page.get_by_label("Choose files").set_input_files(invoice)
    page.get_by_role("button", name="Add the pages").click()
    page.get_by_role("link", name="Black out a part").click()
    page.get_by_role("button", name="Make pictures of its pages").click()
    for label in ("From the left edge", "From the upper edge", "Width", "Height"):
        page.get_by_label(label).fill("10")
    page.get_by_role("button", name="Black it out").click()
    expect(page.get_by_text("Partly blacked out")).to_be_visible()
    burned = picture_of(page.request.get(_address(page, "Page 1")).body())
    assert max(burned.getpixel((burned.width * 15 // 100, burned.height * 15 // 100))) < 12
    assert max(burned.getpixel((burned.width // 2, burned.height // 2))) < 12


def _claim(session: Session, cast: Cast) -> Claim:
    claim = make_claim(session, cast)
    session.commit()
    return claim


def _file(folder: Path, name: str, content: bytes) -> Path:
    made = folder / name
    made.write_bytes(content)
    return made


def _address(page: Page, name: str) -> str:
    return page.get_by_role("img", name=name).evaluate("one => one.src")


def _draw(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw over a page from one place to another, each as a share of its width and height."""
    over = page.locator(".ink__over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (begin, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()
