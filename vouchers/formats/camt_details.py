"""The transactions inside a camt entry (TxDtls): who, what for, returned why, at what charge."""

from reintegration.kernel.amounts import machine
from vouchers.formats.amounts import currency_code, unsigned_minor
from vouchers.formats.camt_nodes import Node, amount_of, inner, text
from vouchers.formats.iban import compact
from vouchers.formats.problems import ParseProblem, StatementFileError
from vouchers.formats.references import meaningful
from vouchers.formats.statement import EntryDetail

_INNER_AMOUNTS = ("TxAmt", "CntrValAmt", "InstdAmt")
_SIGNS = {"CRDT": 1, "DBIT": -1}
_UNREAD = ParseProblem("detail_amount_unread")
_OTHER_CURRENCY = ParseProblem("details_other_currency")


def read_detail(
    node: Node, account: str, currency: str, entry_minor: int, *, only: bool
) -> tuple[EntryDetail, ParseProblem | None]:
    """Return one transaction and what is odd about its amount.

    Where it is the entry's `only` transaction, a missing amount is the entry's, and an amount in
    another currency only tells what was instructed. A detail never refuses the file, since only
    the entry's amount is ever posted.
    """
    sign = _SIGNS.get(text(node, "CdtDbtInd") or "", -1 if entry_minor < 0 else 1)
    whole = abs(entry_minor) if only else None
    minor, stated, problem = _amount(node, currency, whole)
    refs = inner(node, "Refs")
    name, iban = _counterparty(inner(node, "RltdPties"), account, credit=sign > 0)
    detail = EntryDetail(
        sign * minor,
        stated,
        meaningful(text(refs, "EndToEndId")),
        meaningful(text(refs, "MsgId")),
        meaningful(text(refs, "PmtInfId")),
        text(refs, "AcctSvcrRef"),
        name,
        iban,
        _remittance(node),
        _returned(node),
        charges(node, currency) if "Chrgs" in node else 0,
    )
    return detail, problem


def charges(node: Node, currency: str) -> int:
    """Return what the bank took, in minor units; credited charges count down, odd ones as 0."""
    total = 0
    for block in node.get("Chrgs", ()):
        if type(block) is not dict:
            continue
        if "TtlChrgsAndTaxAmt" in block:
            total += _lenient(amount_of(block, "TtlChrgsAndTaxAmt"), currency)
            continue
        for record in block.get("Rcrd") or [block]:
            if type(record) is dict:
                sign = -1 if record.get("CdtDbtInd") == "CRDT" else 1
                total += sign * _lenient(amount_of(record), currency)
    return max(total, 0)


def _lenient(amount: tuple[str, str | None], currency: str) -> int:
    written, stated = amount
    if stated not in (None, currency):
        return 0
    try:
        return unsigned_minor(machine, written, currency, "Chrgs")
    except StatementFileError:
        return 0


def _amount(node: Node, currency: str, whole: int | None) -> tuple[int, str, ParseProblem | None]:
    """Return the unsigned amount, its currency, and what is odd about it."""
    stated = [amount_of(node)] if "Amt" in node else []
    for name, block in inner(node, "AmtDtls").items():
        if name in _INNER_AMOUNTS and type(block) is dict:
            stated.append(amount_of(block))
    try:
        for written, own in stated:
            if own is None or own == currency:
                return unsigned_minor(machine, written, currency, "TxDtls"), currency, None
        if whole is not None:
            return whole, currency, _OTHER_CURRENCY if stated else None
        if stated:
            other = currency_code(stated[0][1], "TxDtls")
            return unsigned_minor(machine, stated[0][0], other, "TxDtls"), other, _OTHER_CURRENCY
    except StatementFileError:
        pass
    return whole or 0, currency, _UNREAD


def _counterparty(parties: Node, account: str, *, credit: bool) -> tuple[str | None, str | None]:
    """Return name and account of the other side.

    A returned payment keeps its first roles, so the side that is our own account is not it.
    """
    for role in ("Dbtr", "Cdtr") if credit else ("Cdtr", "Dbtr"):
        name, iban = _side(parties, role)
        if (name or iban) and iban != account:
            return name, iban
    return None, None


def _side(parties: Node, role: str) -> tuple[str | None, str | None]:
    party, identifier = inner(parties, role), inner(inner(parties, role + "Acct"), "Id")
    name = text(party, "Nm") or text(party, "Pty", "Nm")
    iban = text(identifier, "IBAN") or text(identifier, "Othr", "Id")
    return name, compact(iban)


def _remittance(node: Node) -> str:
    block = inner(node, "RmtInf")
    texts: list[str] = [line for line in block.get("Ustrd", ()) if type(line) is str]
    structured = (line for line in block.get("Strd", ()) if type(line) is dict)
    texts.extend(text(line, "CdtrRefInf", "Ref") or "" for line in structured)
    return " ".join(line for line in texts if line) or text(node, "AddtlTxInf") or ""


def _returned(node: Node) -> str | None:
    if "RtrInf" not in node:
        return None
    reason = inner(inner(node, "RtrInf"), "Rsn")
    return text(reason, "Cd") or text(reason, "Prtry") or "RRTN"
