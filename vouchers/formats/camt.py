"""camt.053 and camt.054 of every version, read as a stream.

Only local names count, so every version and files without a namespace are read by the same code.
Memory holds the entries, never the document.
"""

from datetime import date
from typing import IO

from vouchers.formats import camt_entry
from vouchers.formats.amounts import currency_code, written_finer
from vouchers.formats.camt_nodes import (
    Element,
    LocalNames,
    Node,
    amount_of,
    date_of,
    inner,
    signed,
    text,
    tree,
)
from vouchers.formats.iban import compact
from vouchers.formats.problems import ParseProblem, StatementFileError
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
from vouchers.formats.xml_stream import Stream, forget_before, refuse_doctype

_KINDS = {
    "BkToCstmrStmt": ("Stmt", StatementKind.STATEMENT),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn", StatementKind.NOTIFICATION),
}
_OPENING = ("OPBD", "PRCD", "ITBD")
_CLOSING = ("CLBD", "ITBD")


def read_camt(
    source: IO[bytes], *, max_bytes: int = DEFAULT_MAX_BYTES, reached: Reached = nobody_hears
) -> list[BankStatement]:
    """Return every statement or notification of the file, or refuse it whole.

    Raises StatementFileError for broken XML, a document type, another message, an amount, date or
    direction that cannot be read. What only looks wrong is kept as problems.
    """
    reader = _Reader()
    stream = Stream(source, ("Ntry", "Stmt", "Ntfctn"), max_bytes=max_bytes, reached=reached)
    for element in stream:
        reader.take(element)
    if not reader.statements:
        raise _why_nothing(stream.root)
    refuse_twice(reader.statements)
    return reader.statements


def _why_nothing(root: Element) -> StatementFileError:
    if root is None:
        return StatementFileError("empty")
    refuse_doctype(root)
    names = [str(node.tag).rpartition("}")[2] for node in (root, *root)][:2]
    if any(name in _KINDS for name in names):
        return StatementFileError("no_statement")
    told = names[-1] if names[0] == "Document" else names[0]
    return StatementFileError("other_message", root=told[:40])


class _Reader:
    """Collects statements from the events of the parser."""

    def __init__(self) -> None:
        self._names = LocalNames()
        self.statements: list[BankStatement] = []
        self._occurrences = Occurrences()
        self._kind = StatementKind.STATEMENT
        self._head: camt_entry.Head | None = None
        self._entries: list[BankEntry] = []
        self._left_out = LeftOut()

    def take(self, element: Element) -> None:
        """Handle an element that the parser has finished."""
        if self._names[element.tag][0] == "Ntry":
            self._entry(element)
        else:
            self._close(element)

    def _begin(self, element: Element, entry: Element) -> camt_entry.Head:
        """Learn what statement this is, at its first entry: the schema puts the account above."""
        refuse_doctype(element)
        name = self._names[element.tag][0]
        parent = element.getparent()
        outer = "" if parent is None else self._names[parent.tag][0]
        wanted, self._kind = _KINDS.get(outer, ("", StatementKind.STATEMENT))
        if name != wanted:
            raise StatementFileError("other_message", root=(outer or name)[:40])
        return _head(tree(element, self._names), entry, self._names)

    def _entry(self, element: Element) -> None:
        parent = element.getparent()
        if self._head is None:
            self._head = self._begin(element if parent is None else parent, element)
        entry = camt_entry.read(tree(element, self._names), self._head, self._occurrences)
        if entry is None:
            self._left_out.not_booked()
        elif not entry.amount_minor:
            self._left_out.nothing()
        else:
            self._entries.append(entry)
        forget_before(element)

    def _close(self, element: Element) -> None:
        head = self._head or self._begin(element, None)
        node = tree(element, self._names)
        entries = self._entries
        problems: list[ParseProblem] = []
        opening, closing = _balances(node, head, problems)
        if self._kind is StatementKind.STATEMENT:
            problems += balance_problems(entries, head.currency, opening, closing)
        if head.finer:
            problems.append(ParseProblem("written_finer", {"currency": head.currency}))
        problems += self._left_out.problems()
        from_date, to_date = _period(node)
        self.statements.append(
            BankStatement(
                self._kind,
                head.account,
                head.currency,
                head.statement_id,
                from_date,
                to_date,
                opening,
                closing,
                tuple(entries),
                tuple(problems),
                self._left_out.count,
            )
        )
        self._head, self._entries, self._left_out = None, [], LeftOut()
        element.clear()


def _head(node: Node, entry: Element, names: LocalNames) -> camt_entry.Head:
    statement_id = text(node, "Id") or ""
    identifier = inner(inner(node, "Acct"), "Id")
    number = compact(text(identifier, "IBAN") or text(identifier, "Othr", "Id"))
    if number is None:
        raise StatementFileError("no_account", statement=statement_id[:40])
    amounts = [amount_of(balance) for balance in node.get("Bal", ()) if type(balance) is dict]
    if entry is not None:
        amounts.append(amount_of(tree(entry, names)))
    stated = [currency for _, currency in amounts if currency]
    currency = text(node, "Acct", "Ccy") or (stated[0] if stated else None)
    created = text(node, "CreDtTm")
    return camt_entry.Head(
        number,
        currency_code(currency, statement_id[:40]),
        statement_id,
        date_of(created, statement_id) if created else None,
    )


def _balances(
    node: Node, head: camt_entry.Head, problems: list[ParseProblem]
) -> tuple[int | None, int | None]:
    found: dict[str, list[int]] = {}
    for balance in node.get("Bal", ()):
        code = text(balance, "Tp", "CdOrPrtry", "Cd")
        if code is None or code not in _OPENING + _CLOSING:
            continue
        minor, currency, spelling = signed(balance, head.currency, f"Bal {code}")
        if currency != head.currency:
            problems.append(ParseProblem("balance_other_currency", {"currency": currency}))
            continue
        head.finer = head.finer or written_finer(spelling, currency)
        found.setdefault(code, []).append(minor)
    opening = next((found[code][0] for code in _OPENING if code in found), None)
    closing = next((found[code][-1] for code in _CLOSING if code in found), None)
    return opening, closing


def _period(node: Node) -> tuple[date | None, date | None]:
    period = inner(node, "FrToDt")
    first, last = (
        date_of(day, "FrToDt") if day else None
        for day in (
            text(period, "FrDtTm") or text(period, "FrDt"),
            text(period, "ToDtTm") or text(period, "ToDt"),
        )
    )
    return first, last
