"""One camt entry (Ntry) as a BankEntry. The entry's amount is authoritative."""

from dataclasses import dataclass
from datetime import date

from vouchers.services.bank.amounts import (
    currency_code,
    spelled,
    unsigned_minor,
    written_finer,
)
from vouchers.services.bank.camt_details import charges, read_detail
from vouchers.services.bank.camt_nodes import (
    Element,
    Nodes,
    credit_sign,
    date_of,
    text_of,
)
from vouchers.services.bank.problems import ParseProblem, StatementFileError
from vouchers.services.bank.statement import BankEntry, EntryDetail, Occurrences

_CHARGE_CODES = frozenset({"CHRG", "FEES", "COMM"})
_RETURN_CODES = frozenset({"RRTN", "RPCR", "RVSL"})


@dataclass(slots=True)
class Head:
    """What every entry needs to know of its statement; `finer` notes spellings on the way."""

    account: str
    currency: str
    statement_id: str
    created: date | None
    finer: bool = False


def read(nodes: Nodes, element: Element, head: Head, occurrences: Occurrences) -> BankEntry | None:
    """Return the entry, or None for one that is not booked; refuse what cannot be read."""
    parts = nodes.parts(element)
    status = parts.get("Sts")
    if status is not None and (text_of(status) or nodes.text(status, "Cd")) not in ("BOOK", None):
        return None
    reference = text_of(parts.get("AcctSvcrRef")) or text_of(parts.get("NtryRef"))
    where = f"{head.statement_id[:35]} {reference or ''}".strip()
    minor, currency = _amount(parts, head, where)
    booked, valued = _dates(nodes, parts, head, where)
    details, problems = _details(nodes, element, head.account, minor, currency)
    if currency != head.currency:
        params = {"currency": currency, "account": head.currency}
        problems.append(ParseProblem("entry_other_currency", params))
    cost = charges(nodes, parts.get("Chrgs"), element, currency)
    if not cost:
        cost = sum(detail.charges_minor for detail in details)
    problems += _sum_problems(details, minor, currency, cost)
    single = details[0] if len(details) == 1 else None
    batch = _batch(nodes, element)
    codes = _codes(nodes, parts.get("BkTxCd"))
    remittance = single.remittance if single and single.remittance else None
    remittance = remittance or text_of(parts.get("AddtlNtryInf")) or ""
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
        message_id=batch.get("MsgId") or _shared(details, "message_id"),
        payment_information_id=batch.get("PmtInfId") or _shared(details, "payment_information_id"),
        counterparty_name=single.counterparty_name if single else None,
        counterparty_iban=single.counterparty_iban if single else None,
        remittance=remittance,
        return_reason=_return_reason(details, codes, text_of(parts.get("RvslInd"))),
        is_batch=len(details) > 1 or batch.get("NbOfTxs", "1") not in ("0", "1"),
        is_charge=bool(codes & _CHARGE_CODES),
        details=tuple(details),
        charges_minor=cost,
        problems=tuple(problems),
        fingerprint=fingerprint,
        occurrence=occurrence,
    )


def _amount(parts: dict[str, Element], head: Head, where: str) -> tuple[int, str]:
    amount = parts.get("Amt")
    text = text_of(amount) or ""
    stated = head.currency if amount is None else amount.get("Ccy", head.currency)
    currency = stated if stated == head.currency else currency_code(stated, where)
    minor = unsigned_minor(text, currency, where)
    head.finer = head.finer or written_finer(text, currency)
    return credit_sign(text_of(parts.get("CdtDbtInd")), where) * minor, currency


def _dates(
    nodes: Nodes, parts: dict[str, Element], head: Head, where: str
) -> tuple[date, date | None]:
    found: list[date | None] = []
    for name in ("BookgDt", "ValDt"):
        node = parts.get(name)
        text = None if node is None else (nodes.text(node, "Dt") or nodes.text(node, "DtTm"))
        found.append(date_of(text, where) if text else None)
    booked = found[0] or found[1] or head.created
    if booked is None:
        raise StatementFileError("date_garbled", text="", where=where)
    return booked, found[1]


def _details(
    nodes: Nodes, element: Element, account: str, minor: int, currency: str
) -> tuple[list[EntryDetail], list[ParseProblem]]:
    transactions = [
        transaction
        for block in nodes.children(element, "NtryDtls")
        for transaction in nodes.children(block, "TxDtls")
    ]
    whole = minor if len(transactions) == 1 else None
    problems: list[ParseProblem] = []
    details = []
    for transaction in transactions:
        detail, problem = read_detail(nodes, transaction, account, currency, minor, whole)
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


def _batch(nodes: Nodes, element: Element) -> dict[str, str]:
    for block in nodes.children(element, "NtryDtls"):
        batch = nodes.child(block, "Btch")
        if batch is not None:
            return {nodes.local(child): text_of(child) or "" for child in batch}
    return {}


def _codes(nodes: Nodes, element: Element) -> frozenset[str]:
    if element is None:
        return frozenset()
    family = nodes.child(nodes.child(element, "Domn"), "Fmly") if nodes.child(
        element, "Domn"
    ) is not None else None  # fmt: skip
    if family is None:
        return frozenset()
    return frozenset(text for child in family if (text := text_of(child)))


def _return_reason(
    details: list[EntryDetail], codes: frozenset[str], reversal: str | None
) -> str | None:
    reasons = [detail.return_reason for detail in details if detail.return_reason]
    if reasons:
        return reasons[0]
    if codes & _RETURN_CODES:
        return "RRTN"
    return "RVSL" if reversal in ("true", "1") else None


def _shared(details: list[EntryDetail], name: str) -> str | None:
    if not details:
        return None
    first: str | None = getattr(details[0], name)
    return first if all(getattr(detail, name) == first for detail in details) else None
