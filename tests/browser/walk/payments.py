"""Step 5, in finance: a claim checked, paid by three people, and found again at the bank."""

import csv
import io
import re
from dataclasses import dataclass

from lxml import etree
from playwright.sync_api import expect

from tests.browser.seats import Seat
from tests.factories.cast import TODAY, Cast
from tests.vouchers.formats.writers import OTHERS, OURS, Line, Tx, document, statement_xml


@dataclass(frozen=True)
class Order:
    """One payment as the file for the bank says it."""

    currency: str
    amount: str
    payee: str
    iban: str
    text: str
    reference: str


_PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


def checks_the_claim(seat: Seat, reference: str) -> None:
    """Compare each line with its delivery and its voucher, and accept them."""
    seat.goes_to("/claims/")
    seat.sees("Claims")
    seat.presses(reference)
    seat.sees(f"Claim {reference}")
    seat.reads("All three equal")
    seat.presses("Accept the ticked lines")
    seat.presses("Confirm the claim")
    seat.reads("Checked")
    seat.looks()


def prepares_a_batch(seat: Seat, currency: str) -> str:
    """Put what is checked into a batch; return its address. The preparer may not approve it."""
    seat.goes_to(f"/batches/new?currency={currency}")
    seat.sees("Prepare a batch")
    seat.presses("Prepare the batch")
    seat.sees(re.compile("^Batch "))
    seat.reads("Somebody else than the one who prepared it approves.")
    expect(seat.main.get_by_role("button", name="Approve")).to_have_count(0)
    assert seat.posts(f"{seat.path}/approve") == 403
    return seat.path


def approves_the_batch(seat: Seat, batch: str) -> None:
    """Approve what waits."""
    seat.opens("Batches")
    seat.sees("Batches")
    seat.goes_to(batch)
    seat.presses("Approve")
    seat.reads("The batch is approved.", "A third person releases it.")
    seat.looks()


def may_not_release_it_too(seat: Seat, batch: str) -> None:
    """Whoever approved it does not release it, though the role would allow it."""
    expect(seat.main.get_by_role("link", name="Release")).to_have_count(0)
    assert seat.posts(f"{batch}/release") == 403
    seat.goes_to(batch)
    seat.reads("nobody yet")


def releases(seat: Seat, batch: str) -> None:
    """Release what two others prepared and approved."""
    seat.goes_to(batch)
    seat.presses("Release")
    seat.sees(re.compile("^Release batch "))
    seat.presses(re.compile("^Release "))
    seat.reads("The batch is released.")
    seat.looks()


def releases_the_batch(seat: Seat, batch: str) -> tuple[str, bytes]:
    """Release it, and take the file for the bank along."""
    releases(seat, batch)
    return seat.downloads("Download the file")


def orders_in_csv(name: str, content: bytes) -> list[Order]:
    """Return the orders in a file in MDL, which carries no end-to-end reference."""
    assert name.endswith(".csv")
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return [
        Order(
            "MDL",
            row["SUMA"],
            row["BENEFICIAR"],
            row["IBAN_BENEFICIAR"],
            row["DESTINATIA"],
            "NOTPROVIDED",
        )
        for row in rows
    ]


def orders_in_pain(name: str, content: bytes) -> list[Order]:
    """Return the orders in a pain.001.001.09."""
    assert name.endswith(".xml")
    root = etree.fromstring(content)
    assert root.tag == f"{_PAIN}Document"

    def said(order: etree._Element, path: str) -> str:
        return str(order.findtext("/".join(f"{_PAIN}{part}" for part in path.split("/"))))

    return [
        Order(
            "EUR",
            said(one, "Amt/InstdAmt"),
            said(one, "Cdtr/Nm"),
            said(one, "CdtrAcct/Id/IBAN"),
            said(one, "RmtInf/Ustrd"),
            said(one, "PmtId/EndToEndId"),
        )
        for one in root.iter(f"{_PAIN}CdtTrfTxInf")
    ]


def imports_the_statement(seat: Seat, cast: Cast, orders: list[Order]) -> None:
    """Give the bank's file to the system: our orders, and a line that nobody here knows."""
    seat.goes_to("/bank/")
    seat.looks()
    seat.main.get_by_role("link", name="Import a statement").first.click()
    seat.sees("Import a statement")
    content = document(*(_booked(cast, order) for order in orders))
    seat.main.get_by_label("File of the bank", exact=True).set_input_files(
        {"name": "extras.xml", "mimeType": "application/xml", "buffer": content}
    )
    seat.presses("Check the file")
    seat.sees("What was read in the file")
    seat.reads("Apa Canal Exemplu", "-5,000.00")
    seat.presses("Import these lines")
    seat.sees("The statement is imported")
    for label, number in (("new lines", "3"), ("matched by themselves", "2"), ("to look at", "1")):
        tile = seat.main.locator(".tile").filter(has_text=label)
        assert tile.locator("dd").inner_text() == number, label


def _booked(cast: Cast, order: Order) -> str:
    """Return the bank's statement of the account that paid an order."""
    minor = int(order.amount.replace(".", ""))
    paid = Tx(minor, order.currency, order.reference, order.payee, order.iban, order.text)
    lines = [_line(order.currency, "1", paid)]
    if order.currency == "MDL":
        foreign = Tx(77_700, "MDL", None, "Apa Canal Exemplu", OTHERS, "Factura 12")
        lines.append(_line("MDL", "2", foreign))
    account = cast.bank_account if order.currency == "MDL" else cast.euro_bank_account
    opening = 10_000_000 if order.currency == "MDL" else 1_000_000  # what the cast's funds received
    said = statement_xml(
        lines, currency=order.currency, statement_id=f"S-{order.currency}", opening=opening
    )
    return said.replace(OURS, account.iban)


def _line(currency: str, number: str, paid: Tx) -> Line:
    assert paid.minor is not None
    return Line(
        -paid.minor,
        currency=currency,
        day=TODAY,
        reference=f"{currency}-{number}",
        transactions=[paid],
    )


def sees_what_waits(seat: Seat) -> None:
    """The foreign line waits and says why."""
    seat.presses("Go to the reconciliation")
    seat.sees(re.compile("^Reconciliation"))
    seat.presses("MDL-2")
    seat.reads("Apa Canal Exemplu")
    seat.looks()
    assert seat.main.locator("#line .reasons li").count() >= 1
    seat.presses(re.compile("Cont MDL, MDL$"))
    seat.reads(
        "explained", "What is not settled yet is all by which the books and the bank differ."
    )
    seat.looks()


def sees_what_was_settled(seat: Seat) -> None:
    """The order was settled by itself."""
    seat.presses(re.compile("^Matched"))
    seat.presses("MDL-1")
    seat.reads("by itself")
    seat.looks()


def sees_books_that_balance(seat: Seat) -> None:
    """Open the ledger; what is debited is credited, and every law of the books holds."""
    seat.opens("Ledger")
    seat.sees("Ledger")
    seat.presses("Balances")
    seat.waits_for(re.compile("The books were checked on .* laws hold"))
    seat.sees("Balances")
    totals = seat.main.locator("tfoot tr")
    assert totals.count() == 2
    for number in range(totals.count()):
        debit, credit, difference = totals.nth(number).locator("td.num").all_inner_texts()
        assert debit == credit
        assert difference == "0.00"
