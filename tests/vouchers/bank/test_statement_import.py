"""Import of statements: what is told of a file, before and after it is stored."""

import io
import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from reintegration.kernel import tasks
from reintegration.kernel.money import Money
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import bank_line, make_batch, statement
from tests.vouchers.formats.writers import OURS, Line, camt
from vouchers.bank.models import BankLine
from vouchers.bank.queries.bank import proof
from vouchers.bank.services.statement_import import (
    COMPARING,
    GAP,
    POSTING,
    READING,
    STORING,
    import_file,
)
from vouchers.bank.states import BankLineState


def mt940(account, day: date, *pages: tuple[int, int]) -> bytes:
    """One day of an account in pages, each from one balance in bani to the next."""
    blocks = []
    for number, (opening, closing) in enumerate(pages, start=1):
        first, last = ("M" if number > 1 else "F"), ("M" if number < len(pages) else "F")
        blocks.append(
            f":20:P\n:25:{account.iban}\n:28C:7/{number}\n"
            f":60{first}:C{day:%y%m%d}MDL{opening // 100},00\n"
            f":61:{day:%y%m%d}D{(opening - closing) // 100},00NTRFNONREF//Q{number}\n"
            f":62{last}:C{day:%y%m%d}MDL{closing // 100},00\n-\n"
        )
    return "".join(blocks).encode()


@pytest.fixture
def take(session, cast):
    def run(content, **more):
        petru = actor(session, cast.petru)
        return import_file(session, actor=petru, name="x.sta", content=content, now=NOW, **more)

    return run


def gaps(report) -> list[bool]:
    return [GAP in [told["message"] for told in one.problems] for one in report.statements]


def test_the_second_page_of_a_day_is_no_gap(cast, take):
    account, yesterday = cast.bank_account, TODAY - timedelta(days=1)
    take(mt940(account, yesterday, (200_000, 100_000)))
    report = take(mt940(account, TODAY, (100_000, 90_000), (90_000, 85_000)))
    assert gaps(report) == [False, False]


def test_a_page_that_is_missing_is_a_gap(cast, take):
    account, yesterday = cast.bank_account, TODAY - timedelta(days=1)
    take(mt940(account, yesterday, (200_000, 100_000)))
    assert gaps(take(mt940(account, TODAY, (90_000, 85_000)))) == [True]


def test_what_is_booked_on_a_day_to_come_does_not_settle_an_order_by_itself(session, cast, take):
    order = make_batch(session, cast, until="released").orders[0]
    ahead = bank_line(order, day=TODAY + timedelta(days=3))
    report = take(statement(cast, ahead))
    line = session.scalars(select(BankLine)).one()
    assert (report.matched, line.state) == (0, BankLineState.SUGGESTED)


def test_what_a_file_has_beside_its_entries_is_counted_in_the_report(cast, take):
    rows = f"{TODAY:%d.%m.%Y};-1,00;MDL;{cast.bank_account.iban}\nSold final;9,00;MDL;"
    report = take(f"Data;Suma;Valuta;Cont\n{rows}\n".encode())
    assert (report.statements[0].lines, report.statements[0].skipped) == (1, 1)
    assert "3: Sold final" in report.statements[0].problems[0]["params"]["rows"]


@pytest.fixture
def command(app, session, tmp_path):
    def run(content, *options):
        session.commit()
        file = tmp_path / "file"
        file.write_bytes(content)
        args = ["bank", "import", str(file), "--dry-run", "--json", *options]
        answer = app.test_cli_runner().invoke(args=args)
        return answer.exit_code, json.loads(answer.stdout)

    return run


def stored(session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(BankLine))


def test_a_dry_run_answers_one_json_with_amounts_as_decimals_and_stores_nothing(
    session, cast, command
):
    iban = cast.bank_account.iban
    code, said = command(mt940(cast.bank_account, TODAY, (100_000, 90_000)), "--lines")
    assert (code, said["status"], said["problems"], stored(session)) == (0, "ok", [], 0)
    (one,) = said["statements"]
    assert one == {
        "id": "P 7/1",
        "account": iban,
        "currency": "MDL",
        "opening": "1000.00",
        "closing": "900.00",
        "sum": "-100.00",
        "entries": 1,
        "balanced": True,
        "skipped": 0,
        "lines": [
            {
                "booked": TODAY.isoformat(),
                "value": TODAY.isoformat(),
                "amount": "-100.00",
                "end_to_end_id": None,
                "counterparty_name": None,
                "counterparty_iban": None,
                "remittance": "",
            }
        ],
    }


def test_lines_are_told_only_when_they_are_asked_for(cast, command):
    _code, said = command(mt940(cast.bank_account, TODAY, (100_000, 90_000)))
    assert "lines" not in said["statements"][0]


def test_a_dry_run_reads_an_account_that_is_not_ours_and_says_so(command):
    content = camt(Line(-12_500), opening=20_000)
    code, said = command(content, "--lines")
    assert (code, said["status"]) == (0, "ok")
    assert "not one of ours" in said["problems"][0]["message"]
    (one,) = said["statements"]
    assert (one["account"], one["sum"], one["balanced"]) == (OURS, "-125.00", True)
    assert one["lines"][0]["amount"] == "-125.00"


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b"good morning", None),
        (b"\xff\xfe\x00", None),
        (b"Data;Suma;Valuta;Cont\n02.03.2027;zece;MDL;A\n", 2),
        (b":20:X\n:25:A\n:60F:C270301MDL1,00\n:61:not a line\n", 4),
    ],
)
def test_a_refusal_is_the_same_json_with_the_row(command, content, row):
    code, said = command(content)
    assert (code, said["status"], said["statements"]) == (1, "refused", [])
    assert said["problems"][0]["row"] == row
    assert said["problems"][0]["message"]


def test_a_trial_on_the_page_shows_the_lines_as_they_were_read(session, cast, sign_in):
    petru = sign_in(cast.petru)
    content = mt940(cast.bank_account, TODAY, (100_000, 90_000)).replace(
        b"//Q1", b"//Q1\n:86:chirie pe martie"
    )
    sent = {"file": (io.BytesIO(content), "x.sta"), "trial": "y"}
    page = petru.post("/bank/import", data=sent).location
    task = tasks.next_task(session, now=NOW)
    session.commit()
    tasks.run_task(session, task, now=NOW)
    session.commit()
    text = petru.get(f"{page}?lang=en").text
    assert "chirie pe martie" in text
    assert stored(session) == 0


def csv_of(account, *rows: str) -> bytes:
    """A table without balances, as a bank's page gives it."""
    head = f"Cont;{account.iban};\nValuta;{account.currency};\nData;Suma;Descriere\n"
    return (head + "".join(f"{row}\n" for row in rows)).encode()


def test_after_a_statement_without_balances_the_books_are_compared_with_nothing(
    session, cast, take, sign_in
):
    account, yesterday = cast.bank_account, TODAY - timedelta(days=1)
    take(mt940(account, yesterday, (200_000, 100_000)))
    assert proof(session, "MDL").bank == Money(100_000, "MDL")
    take(csv_of(account, f"{TODAY:%d.%m.%Y};-9,00;comision"))
    found = proof(session, "MDL")
    assert (found.bank, found.difference, list(found.silent)) == (None, None, [account.name])
    session.commit()
    text = sign_in(cast.petru).get(f"/bank/?account={account.id}&lang=en").text
    assert "says no balance" in text
    assert "The books and the bank differ" not in text


def test_a_later_balance_is_compared_again(session, cast, take):
    account, yesterday = cast.bank_account, TODAY - timedelta(days=1)
    take(csv_of(account, f"{yesterday:%d.%m.%Y};-9,00;comision"))
    assert proof(session, "MDL").bank is None
    take(mt940(account, TODAY, (200_000, 100_000)))
    found = proof(session, "MDL")
    assert (found.bank, list(found.silent)) == (Money(100_000, "MDL"), [])


def test_what_follows_a_statement_without_balances_is_no_gap(cast, take):
    account = cast.bank_account
    take(mt940(account, TODAY - timedelta(days=3), (200_000, 100_000)))
    take(csv_of(account, f"{TODAY - timedelta(days=1):%d.%m.%Y};-9,00;comision"))
    assert gaps(take(mt940(account, TODAY, (99_100, 90_000)))) == [False]


def many(cast, count: int) -> dict[str, bytes]:
    """Return a file of so many lines in each format."""
    rows = "".join(f"{TODAY:%d.%m.%Y};-1,00;plata {n}\n" for n in range(count))
    lines = [Line(-100, "MDL", TODAY, f"R{n}") for n in range(count)]
    account = cast.bank_account
    pages = [(10_000_000 - n * 100, 10_000_000 - n * 100 - 100) for n in range(count)]
    return {
        "camt.053": statement(cast, *lines),
        "csv": f"Cont;{account.iban};\nValuta;MDL;\nData;Suma;Descriere\n{rows}".encode(),
        "mt940": mt940(account, TODAY, *pages),
    }


@pytest.mark.parametrize("kind", ["camt.053", "csv", "mt940"])
def test_how_far_a_large_file_is_read_is_told_in_parts_of_the_whole(cast, take, kind):
    heard = []
    content = many(cast, 800)[kind]
    take(content, dry_run=True, progress=lambda *told: heard.append(told))
    read = [done / whole for done, whole, doing in heard if doing == READING]
    assert read == sorted(read)
    assert read[0] == 0
    assert any(0.2 < part < 0.8 for part in read)
    assert 0.99 < read[-1] <= 1
    stored = [done for done, whole, doing in heard if doing == STORING and whole == 800]
    assert stored == list(range(800))
    order = list(dict.fromkeys(doing for _done, _whole, doing in heard))
    assert order == [READING, COMPARING, STORING, POSTING]
