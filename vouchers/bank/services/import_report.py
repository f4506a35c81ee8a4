"""What an import did, or would do: for the page, for a program, and for whoever runs a command."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from reintegration.kernel.errors import DomainError
from reintegration.kernel.money import Money
from vouchers.books.models import BankAccount
from vouchers.formats.problems import ParseProblem, StatementFileError
from vouchers.formats.statement import BankEntry, BankStatement

_ONLY_SHOWN = frozenset({"amount_minor", "currency", "bank_reference"})
Told = dict[str, Any]
"""A marked message and the texts that fill it: the edge translates."""


@dataclass(slots=True)
class StatementReport:
    """What one statement held. Balances and the sum of the entries are signed minor units.

    `account` is empty for one that is not ours, `lines` counts the entries, `skipped` what the
    file has beside them, and `read` holds the first entries as they were read. `columns` is the id
    of what a person said of the file's columns, where that read it; `is_table` of any CSV,
    `is_notice` of a notification, which only explains lines.
    """

    account: str
    iban: str
    currency: str
    statement: str
    since: str | None
    until: str | None
    opening_minor: int | None
    closing_minor: int | None
    sum_minor: int
    lines: int
    skipped: int
    new: int = 0
    is_ours: bool = True
    is_table: bool = False
    is_notice: bool = False
    columns: str = ""
    problems: list[Told] = field(default_factory=list)
    read: list[dict[str, Any]] = field(default_factory=list)

    @property
    def balanced(self) -> bool | None:
        """Whether the balances and the entries agree; None without balances."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.opening_minor + self.sum_minor == self.closing_minor


@dataclass(slots=True)
class ImportReport:
    """What an import did, or in a trial would do; `shown` is how many lines it carries."""

    file: str
    sha256: str
    trial: bool = False
    shown: int = 0
    file_id: str = ""
    lines_print: str = ""
    statements: list[StatementReport] = field(default_factory=list)
    imported_before: bool = False
    lines: int = 0
    new: int = 0
    matched: int = 0
    returned: int = 0
    suggested: int = 0
    exceptions: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as a task keeps them."""
        return asdict(self)


def describe(
    statement: BankStatement, account: BankAccount | None, *, shown: int
) -> StatementReport:
    """Return what a statement holds; `shown` of its entries stand in it as they were read."""
    since, until = span(statement)
    own = [entry for entry in statement.entries if entry.currency == statement.currency]
    return StatementReport(
        account=account.name if account else "",
        iban=statement.account_iban,
        currency=statement.currency,
        statement=statement.statement_id,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        opening_minor=statement.opening_minor,
        closing_minor=statement.closing_minor,
        sum_minor=sum(entry.amount_minor for entry in own),
        lines=len(statement.entries),
        skipped=statement.skipped,
        is_table=bool(statement.layout),
        columns=_id_in(statement.layout),
        problems=[told(problem) for problem in statement.problems],
        read=[_as_read(entry) for entry in islice(statement.entries, shown)],
    )


def _id_in(layout: str) -> str:
    """Return the id of kept columns, where a statement was read by them."""
    try:
        return str(UUID(layout))
    except ValueError:
        return ""


def span(statement: BankStatement) -> tuple[date | None, date | None]:
    """Return the first and last day, by what the statement says or by its entries."""
    days = [entry.booking_date for entry in statement.entries]
    since = statement.from_date or (min(days) if days else statement.to_date)
    return since, statement.to_date or (max(days) if days else since)


def told(problem: ParseProblem | DomainError) -> Told:
    """Return what a problem says, with texts for values."""
    params = {name: str(value) for name, value in problem.params.items()}
    return {"message": problem.message, "params": params}


def document(report: ImportReport) -> dict[str, Any]:
    """Return the report as programs read it: amounts as decimals, problems with their row."""
    return {
        "status": "ok",
        "problems": _problems(one for each in report.statements for one in each.problems),
        "columns_kept_of": [one.iban for one in report.statements if one.columns],
        "statements": [_statement(one, with_lines=report.shown > 0) for one in report.statements],
        "imported_before": report.imported_before,
        "new": report.new,
        "matched": report.matched,
        "returned": report.returned,
        "suggested": report.suggested,
        "exceptions": report.exceptions,
    }


def spelled_line(read: Mapping[str, Any]) -> str:
    """Return a line as it was read, for whoever runs the command."""
    amount = _decimal(read["amount_minor"], read["currency"])
    names = ("end_to_end_id", "counterparty_name", "counterparty_iban", "remittance")
    told = " | ".join(read[name] for name in names if read[name])
    return f"{read['booked']} {amount} {read['currency']} {told}"


def refused(error: DomainError) -> dict[str, Any]:
    """Return why a file was refused, in the same shape."""
    found = [told(one) for one in all_of(error)]
    return {"status": "refused", "problems": _problems(found), "statements": []}


def all_of(error: DomainError) -> list[DomainError]:
    """Return a refusal, and what else is wrong in the rows of its file."""
    return [error, *(error.others if isinstance(error, StatementFileError) else ())]


def _problems(found: Iterable[Told]) -> list[dict[str, Any]]:
    return [
        {"row": _row(one["params"]), "message": one["message"] % one["params"]} for one in found
    ]


def _row(params: Mapping[str, str]) -> int | None:
    """Return the line of the file that a message is about, where it is about one."""
    said = params.get("row") or params.get("line") or params.get("where", "").rpartition(" ")[2]
    return int(said) if said.isdigit() else None


def _statement(one: StatementReport, *, with_lines: bool) -> dict[str, Any]:
    return {
        "id": one.statement,
        "account": one.iban,
        "currency": one.currency,
        "opening": _decimal(one.opening_minor, one.currency),
        "closing": _decimal(one.closing_minor, one.currency),
        "sum": _decimal(one.sum_minor, one.currency),
        "entries": one.lines,
        "balanced": one.balanced,
        "skipped": one.skipped,
        **({"lines": [_line(line) for line in one.read]} if with_lines else {}),
    }


def _as_read(entry: BankEntry) -> dict[str, Any]:
    """Return an entry as plain values, the amount in minor units."""
    return {
        "booked": entry.booking_date.isoformat(),
        "value": entry.value_date.isoformat() if entry.value_date else None,
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        "end_to_end_id": entry.end_to_end_id,
        "counterparty_name": entry.counterparty_name,
        "counterparty_iban": entry.counterparty_iban,
        "remittance": entry.remittance,
        "bank_reference": entry.bank_reference,
        **({"counterparty_code": code} if (code := entry.counterparty_code) else {}),
    }


def _line(read: Mapping[str, Any]) -> dict[str, Any]:
    others = {name: read[name] for name in read if name not in _ONLY_SHOWN}
    return {**others, "amount": _decimal(read["amount_minor"], read["currency"])}


def _decimal(minor: int | None, currency: str) -> str | None:
    return None if minor is None else f"{Money(minor, currency).decimal:f}"
