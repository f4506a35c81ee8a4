"""A table of opening balances into values: rows of accounts, of grants, and of their lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.spellings import spelled
from reintegration.kernel.errors import N_
from reintegration.kernel.money import Money
from reintegration.kernel.text import plain
from reintegration.web.bringing import Column
from reintegration.web.table_cells import CellError, Cells, Checked, head_of
from reintegration.web.table_reading import Table
from vouchers.books.states import LONGEST_CODE, LONGEST_NAME

COLUMNS = (
    Column("as of", N_("The day of all balances, the same in each row."), needed=True),
    Column("account", N_("For what lies at the bank: the IBAN of one of our accounts in use.")),
    Column("fund", N_("For what is left of a grant, and for its lines: the code of the fund.")),
    Column("line", N_("For a part of a grant: the code of the budget line.")),
    Column(
        "amount",
        N_("What lies at the bank, is left of the grant, or is free on the line."),
        needed=True,
    ),
    Column("currency", N_("MDL, EUR or USD. Empty: MDL.")),
    Column("name", N_("What a fund or a line that is not here yet is called.")),
    Column("donor", N_("Of a fund that is not here yet: who gives the money.")),
    Column("first day", N_("Of a fund that is not here yet: when it begins.")),
    Column("last day", N_("Of a fund that is not here yet: when it ends.")),
)
EXAMPLES = (
    ("2026-12-31", "MD75EX000000011111111111", "", "", "250000.00", "MDL", "", "", "", ""),
    (
        *("2026-12-31", "", "SPR-9", "", "180000.00", "MDL", "Sprijin", "Donator Exemplu"),
        *("2026-01-01", "2027-12-31"),
    ),
    ("2026-12-31", "", "SPR-9", "A", "120000.00", "MDL", "Servicii", "", "", ""),
)
HEADERS = spelled(
    {
        "as of": ("day", "date", "la data", "data", "на дату", "дата"),
        "account": ("iban", "bank account", "cont", "cont bancar", "счет"),
        "fund": ("grant", "fond", "грант", "фонд"),
        "line": ("budget line", "linie", "linie de buget", "строка", "строка бюджета"),
        "amount": ("balance", "sum", "sumă", "sold", "сумма", "остаток"),
        "currency": ("valută", "moneda", "валюта"),
        "name": ("denumire", "nume", "название"),
        "donor": ("donator", "донор"),
        "first day": ("starts on", "prima zi", "первый день", "начало"),
        "last day": ("ends on", "ultima zi", "последний день", "конец"),
    }
)


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One balance of a file: of an account, of a fund, or of a line where `line` is not empty."""

    row: int
    as_of: date
    account: str
    fund: str
    line: str
    amount: Money
    name: str
    donor: str
    first_day: date | None
    last_day: date | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Return whose balance it is."""
        return (plain(self.account), plain(self.fund), plain(self.line))

    @property
    def whose(self) -> str:
        """Return what the row is about, as errors say it."""
        return self.account or "/".join(filter(None, (self.fund, self.line)))


def allowed() -> dict[str, list[tuple[str, ...]]]:
    """Return what may stand in the cells of a column of codes."""
    return {"currency": [(code,) for code in CURRENCIES]}


def check(table: Table) -> Checked[BalanceRow]:
    """Return the balances that can be read, and what is wrong with the others."""
    needed = [column.name for column in COLUMNS if column.needed]
    head = head_of(table, HEADERS, needed)
    if head.problems:
        return Checked(len(table.rows), (), head.problems, head.ignored, table.notes)
    rows: list[BalanceRow] = []
    errors: list[CellError] = []
    for number, cells in table.rows:
        reader = _BalanceCells(number, head, cells)
        row = reader.read()
        if row is not None:
            reader.compare(row, rows)
        errors += reader.errors
        if row is not None and not reader.errors:
            rows.append(row)
    return Checked(len(table.rows), tuple(rows), tuple(errors), head.ignored, table.notes)


class _BalanceCells(Cells):
    required = frozenset({"as of", "amount"})
    whose = "fund"

    def read(self) -> BalanceRow | None:
        """Return the row, or None when a cell is wrong."""
        as_of, amount = self.day("as of"), self.money("amount", self.currency("currency"))
        account = self.text("account")
        fund, line = (self.called(name, limit=LONGEST_CODE) for name in ("fund", "line"))
        if bool(self.raw("account")) == bool(self.raw("fund")):
            self.wrong("fund", N_("Write either an account or a fund."))
        if amount is not None and amount.minor < 0:
            self.wrong("amount", N_("A balance that the books begin with is not below zero."))
        name, donor = (self.text(column, limit=LONGEST_NAME) for column in ("name", "donor"))
        first, last = self.day("first day"), self.day("last day")
        if self.errors or as_of is None or amount is None:
            return None
        return BalanceRow(self.row, as_of, account, fund, line, amount, name, donor, first, last)

    def compare(self, row: BalanceRow, before: Sequence[BalanceRow]) -> None:
        """Note another day, or a balance that stands twice."""
        if before and before[0].as_of != row.as_of:
            differs = N_("Row %(first)s is of another day.")
            self.wrong("as of", differs, first=before[0].row)
        known: Mapping[tuple[str, str, str], int] = {one.key: one.row for one in before}
        if row.key in known:
            twice = N_("The same balance stands in row %(first)s.")
            self.wrong("amount", twice, first=known[row.key])
