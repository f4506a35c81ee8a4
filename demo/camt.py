"""A small writer of camt.053.001.08 and camt.054.001.08: the bank's side of the demo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from reintegration.kernel.money import Money

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One entry; `minor` is signed: what leaves our account is negative."""

    day: date
    minor: int
    name: str
    text: str
    iban: str = ""
    end_to_end: str = ""
    reference: str = ""
    returned: str = ""
    is_charge: bool = False


def write(
    entries: Iterable[BankEntry],
    *,
    iban: str,
    currency: str,
    number: str,
    since: date,
    until: date,
    opening: int,
) -> bytes:
    """Return the statement of one account; its closing balance follows from the entries."""
    listed = list(entries)
    closing = opening + sum(entry.minor for entry in listed)
    body = "".join(_entry(entry, currency) for entry in listed)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{until}T20:00:00</CreDtTm></GrpHdr><Stmt>"
        f"<Id>{number}</Id><CreDtTm>{until}T20:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{since}T00:00:00</FrDtTm><ToDtTm>{until}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{_balance('OPBD', opening, currency, since)}{_balance('CLBD', closing, currency, until)}"
        f"{body}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def write_notice(
    whole: BankEntry, parts: Sequence[BankEntry], *, iban: str, currency: str, number: str
) -> bytes:
    """Return the notification that explains one entry by the payments inside it."""
    space = _NAMESPACE.replace("053", "054")
    body = _entry(whole, currency, parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{space}"><BkToCstmrDbtCdtNtfctn>'
        f"<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{whole.day}T20:00:00</CreDtTm></GrpHdr><Ntfctn>"
        f"<Id>{number}</Id><CreDtTm>{whole.day}T20:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{body}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def _entry(entry: BankEntry, currency: str, parts: Sequence[BankEntry] = ()) -> str:
    leaves = entry.minor < 0
    amount, direction = _amount(entry.minor, currency), "DBIT" if leaves else "CRDT"
    code = "CHRG" if entry.is_charge else "OTHR"
    details = "".join(
        f"<TxDtls>{_details(one, leaves=leaves, amount=_amount(one.minor, currency))}</TxDtls>"
        for one in parts
    )
    details = details or f"<TxDtls>{_details(entry, leaves=leaves)}</TxDtls>"
    return (
        f"<Ntry>{amount}<CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{entry.day}</Dt></BookgDt><ValDt><Dt>{entry.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{entry.reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{'MDOP' if entry.is_charge else 'ICDT'}</Cd>"
        f"<SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def _details(entry: BankEntry, *, leaves: bool, amount: str = "") -> str:
    role = "Cdtr" if leaves else "Dbtr"
    named = f"<{role}><Pty><Nm>{escape(entry.name)}</Nm></Pty></{role}>"
    account = f"<{role}Acct><Id><IBAN>{entry.iban}</IBAN></Id></{role}Acct>" if entry.iban else ""
    refs = f"<EndToEndId>{entry.end_to_end}</EndToEndId>" if entry.end_to_end else ""
    back = f"<RtrInf><Rsn><Cd>{entry.returned}</Cd></Rsn></RtrInf>" if entry.returned else ""
    return (
        f"<Refs>{refs}</Refs>{amount}<RltdPties>{named}{account}</RltdPties>"
        f"<RmtInf><Ustrd>{escape(entry.text)}</Ustrd></RmtInf>{back}"
    )


def _balance(code: str, minor: int, currency: str, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(minor, currency)}"
        f"<CdtDbtInd>{'DBIT' if minor < 0 else 'CRDT'}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _amount(minor: int, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{Money(abs(minor), currency).decimal}</Amt>'
