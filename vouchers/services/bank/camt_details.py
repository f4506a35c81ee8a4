"""The transactions inside a camt entry (TxDtls): who, what for, returned why, at what charge."""

from vouchers.services.bank.amounts import currency_code, unsigned_minor
from vouchers.services.bank.camt_nodes import Element, Nodes, text_of
from vouchers.services.bank.iban import compact
from vouchers.services.bank.problems import ParseProblem, StatementFileError
from vouchers.services.bank.statement import EntryDetail

_NOTHING = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF"})
_INNER_AMOUNTS = ("TxAmt", "CntrValAmt", "InstdAmt")
Unread = ParseProblem("detail_amount_unread")
OtherCurrency = ParseProblem("details_other_currency")


def meaningful(reference: str | None) -> str | None:
    """Return the reference, or None for the words that banks write when there is none."""
    if reference is None or reference.upper() in _NOTHING:
        return None
    return reference


def read_detail(
    nodes: Nodes,
    element: Element,
    account: str,
    currency: str,
    entry_minor: int,
    whole: int | None,
) -> tuple[EntryDetail, ParseProblem | None]:
    """Return one transaction and what is odd about its amount.

    `whole` is the entry's amount when this is its only transaction: then a missing amount is that
    one, and an amount in another currency only tells what was instructed. A detail never refuses
    the file, since only the entry's amount is ever posted.
    """
    parts = nodes.parts(element)
    entry_sign = -1 if entry_minor < 0 else 1
    sign = {"CRDT": 1, "DBIT": -1}.get(text_of(parts.get("CdtDbtInd")) or "", entry_sign)
    minor, stated, problem = _amount(nodes, parts, currency, whole)
    refs = _texts(nodes, parts.get("Refs"))
    name, iban = _counterparty(nodes, parts.get("RltdPties"), account, credit=sign > 0)
    return (
        EntryDetail(
            amount_minor=sign * minor,
            currency=stated,
            end_to_end_id=meaningful(refs.get("EndToEndId")),
            message_id=meaningful(refs.get("MsgId")),
            payment_information_id=meaningful(refs.get("PmtInfId")),
            bank_reference=refs.get("AcctSvcrRef"),
            counterparty_name=name,
            counterparty_iban=iban,
            remittance=_remittance(nodes, parts),
            return_reason=_returned(nodes, parts.get("RtrInf")),
            charges_minor=charges(nodes, parts.get("Chrgs"), element, currency),
        ),
        problem,
    )


def charges(nodes: Nodes, first: Element, parent: Element, currency: str) -> int:
    """Return what the bank took, in minor units; credited charges count down, odd ones as 0."""
    if first is None:
        return 0
    total = 0
    for block in nodes.children(parent, "Chrgs"):
        stated = nodes.child(block, "TtlChrgsAndTaxAmt")
        records = list(nodes.children(block, "Rcrd")) or [block]
        if stated is not None:
            total += _lenient(stated, currency)
            continue
        for record in records:
            sign = -1 if nodes.text(record, "CdtDbtInd") == "CRDT" else 1
            total += sign * _lenient(nodes.child(record, "Amt"), currency)
    return max(total, 0)


def _lenient(amount: Element, currency: str) -> int:
    if amount is None or amount.get("Ccy", currency) != currency:
        return 0
    try:
        return unsigned_minor(text_of(amount) or "", currency, "Chrgs")
    except StatementFileError:
        return 0


def _amount(
    nodes: Nodes, parts: dict[str, Element], currency: str, whole: int | None
) -> tuple[int, str, ParseProblem | None]:
    """Return the unsigned amount, its currency, and what is odd about it."""
    stated = [parts[name] for name in ("Amt",) if name in parts]
    inner = parts.get("AmtDtls")
    if inner is not None:
        blocks = nodes.parts(inner)
        found = (nodes.child(blocks[name], "Amt") for name in _INNER_AMOUNTS if name in blocks)
        stated += [amount for amount in found if amount is not None]
    own = next((amount for amount in stated if amount.get("Ccy", currency) == currency), None)
    try:
        if own is not None:
            return unsigned_minor(text_of(own) or "", currency, "TxDtls"), currency, None
        if whole is not None:
            return abs(whole), currency, OtherCurrency if stated else None
        if stated:
            other = currency_code(stated[0].get("Ccy"), "TxDtls")
            return unsigned_minor(text_of(stated[0]) or "", other, "TxDtls"), other, OtherCurrency
    except StatementFileError:
        pass
    return 0, currency, Unread


def _texts(nodes: Nodes, element: Element) -> dict[str, str]:
    if element is None:
        return {}
    return {nodes.local(child): text for child in element if (text := text_of(child))}


def _counterparty(
    nodes: Nodes, parties: Element, account: str, *, credit: bool
) -> tuple[str | None, str | None]:
    """Return name and account of the other side.

    A returned payment keeps its first roles, so the side that is our own account is not it.
    """
    if parties is None:
        return None, None
    parts = nodes.parts(parties)
    sides = [_side(nodes, parts, role) for role in (("Dbtr", "Cdtr") if credit else ("Cdtr", "Dbtr"))]
    for name, iban in sides:
        if (name or iban) and iban != account:
            return name, iban
    return None, None


def _side(nodes: Nodes, parts: dict[str, Element], role: str) -> tuple[str | None, str | None]:
    name = iban = None
    party, account = parts.get(role), parts.get(f"{role}Acct")
    if party is not None:
        name = nodes.text(party, "Nm") or nodes.text(party, "Pty", "Nm")
    if account is not None:
        identifier = nodes.child(account, "Id")
        if identifier is not None:
            iban = nodes.text(identifier, "IBAN") or nodes.text(identifier, "Othr", "Id")
    return name, compact(iban)


def _remittance(nodes: Nodes, parts: dict[str, Element]) -> str:
    texts: list[str] = []
    block = parts.get("RmtInf")
    if block is not None:
        for child in block:
            if nodes.local(child) == "Ustrd":
                texts.append(text_of(child) or "")
            elif nodes.local(child) == "Strd":
                texts.append(nodes.text(child, "CdtrRefInf", "Ref") or "")
    said = " ".join(text for text in texts if text)
    return said or text_of(parts.get("AddtlTxInf")) or ""


def _returned(nodes: Nodes, element: Element) -> str | None:
    if element is None:
        return None
    return (
        nodes.text(element, "Rsn", "Cd") or nodes.text(element, "Rsn", "Prtry") or "RRTN"
    )
