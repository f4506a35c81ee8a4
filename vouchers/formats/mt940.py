"""MT940 statements: SWIFT text with tagged lines, as tolerant as banks are careless."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from reintegration.kernel.amounts import swift
from reintegration.kernel.dates import NoDay
from reintegration.kernel.dates import swift as swift_day
from vouchers.formats.amounts import unsigned_minor
from vouchers.formats.days import day_of
from vouchers.formats.iban import compact, is_iban
from vouchers.formats.letters import text_of
from vouchers.formats.mt940_text import Narrative, read_narrative
from vouchers.formats.problems import ParseProblem, StatementFileError
from vouchers.formats.references import meaningful
from vouchers.formats.statement import (
    DEFAULT_MAX_BYTES,
    BankEntry,
    BankStatement,
    LeftOut,
    Occurrences,
    Reached,
    StatementKind,
    balance_problems,
    nobody_hears,
    refuse_twice,
)

_TAG = re.compile(r"^:(\d{2}[A-Z]?|NS):(.*)$")
_BALANCE = re.compile(r"^([CD])(\d{6})([A-Z]{3})([\d,.]+)$")
_LINE = re.compile(
    r"^(?P<valued>\d{6})(?P<booked>\d{4})?\s*(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>\d[\d,.]*)(?P<type>[A-Z][A-Z0-9]{3})?(?P<own>.*?)(?://(?P<bank>.*))?$"
)
# What the mark says of the account: a reversed credit takes money away.
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
_RETURN_TYPES = frozenset({"NRTI", "NRET", "FRTI"})
_CHARGE_TYPES = frozenset({"NCHG", "NCOM", "FCHG"})


@dataclass(slots=True)
class _Message:
    """The tagged lines between one :20: and the next."""

    tags: list[tuple[int, str, str]] = field(default_factory=list)

    def first(self, *names: str) -> str | None:
        return next((value for _, name, value in self.tags if name in names), None)

    def last(self, *names: str) -> str | None:
        found = [value for _, name, value in self.tags if name in names]
        return found[-1] if found else None


def read_mt940(
    data: bytes,
    *,
    encoding: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    reached: Reached = nobody_hears,
) -> list[BankStatement]:
    """Return the file's statements, one for each :20: block, or refuse the file whole."""
    if len(data) > max_bytes:
        raise StatementFileError("too_large", limit_mb=max_bytes // (1024 * 1024))
    occurrences = Occurrences()
    text = text_of(data, encoding)
    lines, statements = text.count("\n") + 1, []
    for message in _messages(text):
        statements.append(_statement(message, occurrences))
        reached(message.tags[-1][0] if message.tags else 0, lines)
    if not statements:
        raise StatementFileError("no_statement")
    refuse_twice(statements)
    return statements


def _messages(text: str) -> Iterator[_Message]:
    """Split into blocks; untagged lines continue the tag above, envelopes are left out."""
    message: _Message | None = None
    open_tag = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if "{4:" in line:
            line = line.rpartition("{4:")[2]
        tag = _TAG.match(line)
        if tag is not None:
            if tag[1] == "20":
                if message is not None:
                    yield message
                message = _Message()
            if message is not None:
                message.tags.append((number, tag[1], tag[2]))
                open_tag = True
        elif line in ("-", "-}") or line.startswith(("-}", "{")):
            open_tag = False
        elif open_tag and message is not None and raw.strip():
            where, name, value = message.tags[-1]
            message.tags[-1] = (where, name, f"{value}\n{raw.rstrip(chr(13))}")
    if message is not None:
        yield message


def _statement(message: _Message, occurrences: Occurrences) -> BankStatement:
    statement_id = " ".join((message.first("28C", "28") or message.first("20") or "").split())
    account = _account(message.first("25", "25P"))
    if account is None:
        raise StatementFileError("no_account", statement=statement_id[:40])
    opening = _balance(message.first("60F", "60M"))
    closing = _balance(message.last("62F", "62M"))
    currency = (opening or closing or ("", "", 0))[1]
    if not currency:
        raise StatementFileError("no_currency", where=statement_id[:40])
    problems: list[ParseProblem] = []
    if opening and closing and opening[1] != closing[1]:
        problems.append(ParseProblem("balance_other_currency", {"currency": closing[1]}))
        closing = None
    read = list(_entries(message, account, currency, occurrences))
    entries = tuple(entry for entry in read if entry.amount_minor)
    left_out = LeftOut()
    for _ in range(len(read) - len(entries)):
        left_out.nothing()
    first = opening[2] if opening else None
    final = closing[2] if closing else None
    problems += balance_problems(entries, currency, first, final) + left_out.problems()
    return BankStatement(
        StatementKind.STATEMENT,
        account,
        currency,
        f"{message.first('20') or ''} {statement_id}".strip(),
        _six_digits(opening[0], "60") if opening else None,
        _six_digits(closing[0], "62") if closing else None,
        first,
        final,
        entries,
        tuple(problems),
        left_out.count,
    )


def _account(text: str | None) -> str | None:
    """Return the account of the first line, without the bank's code before and a currency behind.

    What holds no IBAN is an account as its bank writes it.
    """
    number = compact((text or "").partition("\n")[0])
    for part in (number or "").split("/"):
        for known in (part, part[:-3]):
            if is_iban(known) and (known == part or part[-3:].isalpha()):
                return known
    return number


def _balance(text: str | None) -> tuple[str, str, int] | None:
    if text is None:
        return None
    found = _BALANCE.match(text.strip())
    if found is None:
        raise StatementFileError("amount_garbled", text=text.strip()[:40], where="60/62")
    mark, day, currency, amount = found.groups()
    return day, currency, _SIGNS[mark] * _minor(amount, currency, "60/62")


def _minor(text: str, currency: str, where: str) -> int:
    return unsigned_minor(swift, text, currency, where)


def _six_digits(text: str, where: str) -> date:
    return day_of(swift_day, text, where)


def _booked(valued: date, text: str | None, where: str) -> date:
    """Return the booking day: month and day only, in the year that lies nearest."""
    if not text:
        return valued
    years = (valued.year - 1, valued.year, valued.year + 1)
    days = [day for year in years if (day := _day_in(year, text))]
    if not days:
        raise StatementFileError("date_garbled", text=text, where=where)
    return min(days, key=lambda day: abs(day - valued))


def _day_in(year: int, text: str) -> date | None:
    """Return the day that `MMDD` is in a year, if it has it."""
    try:
        return swift_day(f"{year % 100:02d}{text}")
    except NoDay:
        return None


def _entries(
    message: _Message, account: str, currency: str, occurrences: Occurrences
) -> Iterator[BankEntry]:
    tags = [tag for tag in message.tags if tag[1] != "NS"]
    for index, (number, name, value) in enumerate(tags):
        if name != "61":
            continue
        after = tags[index + 1] if index + 1 < len(tags) else None
        told = after[2] if after and after[1] == "86" else ""
        yield _entry(number, value, read_narrative(told), account, currency, occurrences)


def _entry(
    number: int, value: str, told: Narrative, account: str, currency: str, occurrences: Occurrences
) -> BankEntry:
    head, _, more = value.partition("\n")
    found = _LINE.match(head.strip())
    if found is None:
        raise StatementFileError("line_garbled", line=number, text=head[:40])
    where = f":61: {number}"
    valued = _six_digits(found["valued"], where)
    booked = _booked(valued, found["booked"], where)
    minor = _SIGNS[found["mark"]] * _minor(found["amount"], currency, where)
    kind = found["type"] or ""
    bank_reference = meaningful((found["bank"] or "").strip() or None)
    own = meaningful((found["own"] or "").strip() or None)
    remittance = told.remittance or " ".join(more.split())
    end_to_end = told.end_to_end_id
    fingerprint, occurrence = occurrences.name(
        account, booked, minor, currency, bank_reference, end_to_end, remittance
    )
    return BankEntry(
        account_iban=account,
        booking_date=booked,
        value_date=valued,
        amount_minor=minor,
        currency=currency,
        bank_reference=bank_reference,
        end_to_end_id=end_to_end,
        message_id=None,
        payment_information_id=told.customer_reference or (None if own == "KREF+" else own),
        counterparty_name=told.name,
        counterparty_iban=told.iban,
        remittance=remittance,
        return_reason=told.return_reason or _returned(kind, found["mark"]),
        is_batch=False,
        is_charge=kind in _CHARGE_TYPES,
        details=(),
        charges_minor=0,
        problems=(),
        fingerprint=fingerprint,
        occurrence=occurrence,
    )


def _returned(kind: str, mark: str) -> str | None:
    if kind in _RETURN_TYPES:
        return "RRTN"
    return "RVSL" if mark in ("RC", "RD") else None
