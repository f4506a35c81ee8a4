"""Small writers of bank files, so that every test says what is in its file."""

from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

from reintegration.kernel.money import minor_digits
from vouchers.formats.statement import BankEntry, EntryDetail, Occurrences

OURS = "MD24AG000225100013104168"
THEIRS = "RO49AAAA1B31007593840000"
OTHERS = "DE89370400440532013000"
DAY = date(2026, 3, 2)


def spelled(minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    text = f"{abs(minor):0{digits + 1}d}"
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


@dataclass
class Tx:
    minor: int | None = None
    currency: str = "EUR"
    end_to_end: str | None = None
    name: str | None = None
    iban: str | None = None
    text: str | None = None
    returned: str | None = None
    charges: int = 0
    payment_information: str | None = None


@dataclass
class Line:
    minor: int
    currency: str = "EUR"
    day: date = DAY
    reference: str | None = None
    status: str = "BOOK"
    amount_text: str | None = None
    direction: str | None = None
    day_text: str | None = None
    batch_message: str | None = None
    transactions: list[Tx] = field(default_factory=list)
    extra: str = ""

    def xml(self, version: int) -> str:
        direction = self.direction or ("DBIT" if self.minor < 0 else "CRDT")
        amount = self.amount_text or spelled(self.minor, self.currency)
        status = self.status if version < 8 else f"<Cd>{self.status}</Cd>"
        reference = f"<AcctSvcrRef>{self.reference}</AcctSvcrRef>" if self.reference else ""
        batch = f"<Btch><MsgId>{self.batch_message}</MsgId></Btch>" if self.batch_message else ""
        inner = "".join(transaction_xml(tx, direction, version) for tx in self.transactions)
        details = f"<NtryDtls>{batch}{inner}</NtryDtls>" if batch or inner else ""
        return (
            f'<Ntry><Amt Ccy="{self.currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
            f"<Sts>{status}</Sts><BookgDt><Dt>{self.day_text or self.day}</Dt></BookgDt>"
            f"{reference}{self.extra}{details}</Ntry>"
        )


def transaction_xml(tx: Tx, direction: str, version: int) -> str:
    role = "Cdtr" if direction == "DBIT" else "Dbtr"
    party = f"<Nm>{escape(tx.name or '')}</Nm>"
    party = party if version < 8 else f"<Pty>{party}</Pty>"
    parts = ["<TxDtls><Refs>"]
    if tx.payment_information:
        parts.append(f"<PmtInfId>{tx.payment_information}</PmtInfId>")
    if tx.end_to_end:
        parts.append(f"<EndToEndId>{escape(tx.end_to_end)}</EndToEndId>")
    parts.append("</Refs>")
    if tx.minor is not None:
        amount = f'<Amt Ccy="{tx.currency}">{spelled(tx.minor, tx.currency)}</Amt>'
        parts.append(amount if version >= 4 else f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>")
    if tx.charges:
        amount = f'<Amt Ccy="{tx.currency}">{spelled(tx.charges, tx.currency)}</Amt>'
        parts.append(f"<Chrgs>{amount if version < 4 else f'<Rcrd>{amount}</Rcrd>'}</Chrgs>")
    parts.append("<RltdPties>")
    if tx.name:
        parts.append(f"<{role}>{party}</{role}>")
    if tx.iban:
        parts.append(f"<{role}Acct><Id><IBAN>{tx.iban}</IBAN></Id></{role}Acct>")
    parts.append("</RltdPties>")
    if tx.text:
        parts.append(f"<RmtInf><Ustrd>{escape(tx.text)}</Ustrd></RmtInf>")
    if tx.returned:
        parts.append(f"<RtrInf><Rsn><Cd>{tx.returned}</Cd></Rsn></RtrInf>")
    parts.append("</TxDtls>")
    return "".join(parts)


def balance(code: str, minor: int, currency: str) -> str:
    direction = "DBIT" if minor < 0 else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{spelled(minor, currency)}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        "<Dt><Dt>2026-03-01</Dt></Dt></Bal>"
    )


def statement_xml(
    lines: list[Line],
    *,
    version: int = 8,
    statement_id: str = "S1",
    opening: int = 0,
    closing: int | None = None,
    currency: str = "EUR",
    tag: str = "Stmt",
) -> str:
    if closing is None:
        closing = opening + sum(line.minor for line in lines if line.status == "BOOK")
    balances = balance("OPBD", opening, currency) + balance("CLBD", closing, currency)
    return (
        f"<{tag}><Id>{statement_id}</Id><CreDtTm>2026-03-03T06:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{OURS}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balances if tag == 'Stmt' else ''}"
        f"{''.join(line.xml(version) for line in lines)}</{tag}>"
    )


def document(*statements: str, version: int | None = 8, message: str = "camt.053") -> bytes:
    outer = "BkToCstmrStmt" if message == "camt.053" else "BkToCstmrDbtCdtNtfctn"
    space = (
        f' xmlns="urn:iso:std:iso:20022:tech:xsd:{message}.001.{version:02d}"' if version else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document{space}><{outer}>'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr>{''.join(statements)}</{outer}></Document>"
    ).encode()


def camt(*lines: Line, version: int = 8, **more) -> bytes:
    return document(statement_xml(list(lines), version=version, **more), version=version)


def camt054(*lines: Line, version: int = 8, **more) -> bytes:
    more = {"tag": "Ntfctn", "statement_id": "N1"} | more
    return document(
        statement_xml(list(lines), version=version, **more), version=version, message="camt.054"
    )


def entry(
    minor: int,
    *,
    day: date = DAY,
    currency: str = "EUR",
    occurrences: Occurrences | None = None,
    **more,
) -> BankEntry:
    values = {
        "account_iban": OURS,
        "booking_date": day,
        "value_date": None,
        "amount_minor": minor,
        "currency": currency,
        "bank_reference": None,
        "end_to_end_id": None,
        "message_id": None,
        "payment_information_id": None,
        "counterparty_name": None,
        "counterparty_iban": None,
        "remittance": "",
        "return_reason": None,
        "is_batch": False,
        "is_charge": False,
        "details": (),
        "charges_minor": 0,
        "problems": (),
    }
    values.update(more)
    fingerprint, occurrence = (occurrences or Occurrences()).name(
        OURS,
        day,
        minor,
        currency,
        values["bank_reference"],
        values["end_to_end_id"],
        values["remittance"],
    )
    return BankEntry(**values, fingerprint=fingerprint, occurrence=occurrence)


def detail(minor: int, end_to_end: str | None = None, **more) -> EntryDetail:
    return EntryDetail(minor, "EUR", end_to_end, **more)


@dataclass
class Status:
    """What a pain.002 says of one payment."""

    end_to_end: str | None
    status: str = "RJCT"
    code: str | None = "AC04"
    text: str = ""
    minor: int | None = None
    currency: str = "EUR"
    iban: str | None = None
    instruction: str | None = None

    def xml(self) -> str:
        names = f"<OrgnlInstrId>{self.instruction}</OrgnlInstrId>" if self.instruction else ""
        names += f"<OrgnlEndToEndId>{self.end_to_end}</OrgnlEndToEndId>" if self.end_to_end else ""
        amount = account = ""
        if self.minor is not None:
            said = spelled(self.minor, self.currency)
            amount = f'<Amt><InstdAmt Ccy="{self.currency}">{said}</InstdAmt></Amt>'
        if self.iban:
            account = f"<CdtrAcct><Id><IBAN>{self.iban}</IBAN></Id></CdtrAcct>"
        return (
            f"<TxInfAndSts>{names}<TxSts>{self.status}</TxSts>{reason_xml(self.code, self.text)}"
            f"<OrgnlTxRef>{amount}{account}</OrgnlTxRef></TxInfAndSts>"
        )


def reason_xml(code: str | None, text: str = "") -> str:
    if code is None:
        return ""
    added = f"<AddtlInf>{escape(text)}</AddtlInf>" if text else ""
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{added}</StsRsnInf>"


def pain002(
    original: str,
    *payments: Status,
    group: str = "PART",
    block: str = "",
    code: str | None = None,
    count: int | None = None,
    total: str = "",
    number: str = "R1",
    version: int = 10,
    root: str = "CstmrPmtStsRpt",
) -> bytes:
    """Return an answer to the file `original`: of the whole, of its block, and of each payment."""
    status = f"<GrpSts>{group}</GrpSts>" if group else ""
    repeated = f"<OrgnlNbOfTxs>{count}</OrgnlNbOfTxs>" if count is not None else ""
    repeated += f"<OrgnlCtrlSum>{total}</OrgnlCtrlSum>" if total else ""
    of_block = f"<PmtInfSts>{block}</PmtInfSts>" if block else ""
    inner = "".join(one.xml() for one in payments)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version:02d}"><{root}>'
        f"<GrpHdr><MsgId>{number}</MsgId><CreDtTm>2026-03-03T06:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{repeated}{status}{reason_xml(code)}"
        "</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{original}-1</OrgnlPmtInfId>{of_block}{inner}"
        f"</OrgnlPmtInfAndSts></{root}></Document>"
    ).encode()
