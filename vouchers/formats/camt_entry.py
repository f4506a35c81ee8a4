"""One camt entry (Ntry) as a BankEntry. The entry's amount is authoritative."""

from dataclasses import dataclass
from datetime import date

from vouchers.formats.amounts import spelled, written_finer
from vouchers.formats.camt_details import charges, read_detail
from vouchers.formats.camt_nodes import Node, date_of, inner, signed, text
from vouchers.formats.problems import ParseProblem, StatementFileError
from vouchers.formats.statement import BankEntry, EntryDetail, Occurrences

_CHARGE_CODES = frozenset({"CHRG", "FEES", "COMM"})
_BOOKED = frozenset({"BOOK", "BOOKED"})
_RETURN_CODES = frozenset({"RRTN", "RPCR", "RVSL"})


@dataclass(slots=True)
class Head:
    """What every entry needs to know of its statement; `finer` notes spellings on the way."""

    account: str
    currency: str
    statement_id: str
    created: date | None
    finer: bool = False


def read(node: Node, head: Head, occurrences: Occurrences) -> BankEntry | None:
    """Return the entry, or None for one that is not booked; refuse what cannot be read."""
    if not _is_booked(node):
        return None
    reference = text(node, "AcctSvcrRef") or text(node, "NtryRef")
    where = reference or head.statement_id
    minor, currency, spelling = signed(node, head.currency, where)
    if not head.finer:
        head.finer = written_finer(spelling, currency)
    booked, valued = _dates(node, head, where)
    details, problems = _details(node, head.account, minor, currency)
    if currency != head.currency:
        params = {"currency": currency, "account": head.currency}
        problems.append(ParseProblem("entry_other_currency", params))
    cost = charges(node, currency) if "Chrgs" in node else 0
    if not cost and details:
        cost = sum([detail.charges_minor for detail in details])
    single = details[0] if len(details) == 1 else None
    if single is None or single.amount_minor != minor:
        problems += _sum_problems(details, minor, currency, cost)
    batch = _batch(node)
    codes = _codes(node) if "BkTxCd" in node else ("", "")
    remittance = (single.remittance if single else "") or text(node, "AddtlNtryInf") or ""
    end_to_end = single.end_to_end_id if single else None
    bank_reference = reference or (single.bank_reference if single else None)
    fingerprint, occurrence = occurrences.name(
        head.account, booked, minor, currency, bank_reference, end_to_end, remittance
    )
    return BankEntry(
        account_iban=head.account,
        booking_date=booked,
        value_date=valued,
        amount_minor=minor,
        currency=currency,
        bank_reference=bank_reference,
        end_to_end_id=end_to_end,
        message_id=text(batch, "MsgId") or _shared(details, "message_id"),
        payment_information_id=text(batch, "PmtInfId")
        or _shared(details, "payment_information_id"),
        counterparty_name=single.counterparty_name if single else None,
        counterparty_iban=single.counterparty_iban if single else None,
        remittance=remittance,
        return_reason=_return_reason(details, codes, text(node, "RvslInd")),
        is_batch=len(details) > 1 or batch.get("NbOfTxs", "1") not in ("0", "1"),
        is_charge=codes[0] in _CHARGE_CODES or codes[1] in _CHARGE_CODES,
        details=tuple(details),
        charges_minor=cost,
        problems=tuple(problems),
        fingerprint=fingerprint,
        occurrence=occurrence,
    )


def _is_booked(node: Node) -> bool:
    """Tell whether the bank says so, in its own words too; a status that is not known says no."""
    said = text(node, "Sts") or text(node, "Sts", "Cd") or text(node, "Sts", "Prtry") or ""
    return "Sts" not in node or said.strip().upper() in _BOOKED


def _codes(node: Node) -> tuple[str, str]:
    family = inner(inner(inner(node, "BkTxCd"), "Domn"), "Fmly")
    return text(family, "Cd") or "", text(family, "SubFmlyCd") or ""


def _dates(node: Node, head: Head, where: str) -> tuple[date, date | None]:
    booked, valued = _date(node, "BookgDt", where), _date(node, "ValDt", where)
    day = booked or valued or head.created
    if day is None:
        raise StatementFileError("date_garbled", text="", where=where)
    return day, valued


def _date(node: Node, name: str, where: str) -> date | None:
    if name not in node:
        return None
    written = text(node, name, "Dt") or text(node, name, "DtTm") or text(node, name)
    return date_of(written, where) if written else None


def _details(
    node: Node, account: str, minor: int, currency: str
) -> tuple[list[EntryDetail], list[ParseProblem]]:
    found = [
        transaction if type(transaction) is dict else {}
        for block in node.get("NtryDtls", ())
        if type(block) is dict
        for transaction in block.get("TxDtls", ())
    ]
    problems: list[ParseProblem] = []
    details = []
    for transaction in found:
        detail, problem = read_detail(transaction, account, currency, minor, only=len(found) == 1)
        details.append(detail)
        if problem and problem not in problems:
            problems.append(problem)
    return details, problems


def _sum_problems(
    details: list[EntryDetail], minor: int, currency: str, cost: int
) -> list[ParseProblem]:
    """Flag details that do not add up to the entry, with or without the charges."""
    if not details or any(detail.currency != currency for detail in details):
        return []
    added = sum(detail.amount_minor for detail in details)
    if minor in (added, added - cost):
        return []
    params = {"details": spelled(added, currency), "entry": spelled(minor, currency)}
    return [ParseProblem("details_differ", params)]


def _batch(node: Node) -> Node:
    for block in node.get("NtryDtls", ()):
        if type(block) is dict and "Btch" in block:
            return inner(block, "Btch")
    return {}


def _return_reason(
    details: list[EntryDetail], codes: tuple[str, str], reversal: str | None
) -> str | None:
    for detail in details:
        if detail.return_reason:
            return detail.return_reason
    if codes[1] in _RETURN_CODES:
        return "RRTN"
    return "RVSL" if reversal in ("true", "1") else None


def _shared(details: list[EntryDetail], name: str) -> str | None:
    if not details:
        return None
    first: str | None = getattr(details[0], name)
    if len(details) == 1:
        return first
    return first if all(getattr(detail, name) == first for detail in details) else None
