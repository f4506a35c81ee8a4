"""A small writer of pain.002.001.10: what the bank of the demo answers to a file of payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reintegration.kernel.money import Money

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one payment; without an amount the bank does not repeat it."""

    end_to_end: str
    status: str
    amount: Money | None = None
    code: str = ""
    text: str = ""


def write(answers: Iterable[Answer], *, number: str, original: str, made_at: str) -> bytes:
    """Return the answer to the file `original`, in part accepted."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_NAMESPACE}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{made_at}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{original}-1</OrgnlPmtInfId>"
        f"{''.join(_payment(one) for one in answers)}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def _payment(one: Answer) -> str:
    reason = amount = ""
    if one.code:
        text = f"<AddtlInf>{escape(one.text)}</AddtlInf>" if one.text else ""
        reason = f"<StsRsnInf><Rsn><Cd>{one.code}</Cd></Rsn>{text}</StsRsnInf>"
    if one.amount is not None:
        said = f'<InstdAmt Ccy="{one.amount.currency}">{one.amount.decimal:f}</InstdAmt>'
        amount = f"<OrgnlTxRef><Amt>{said}</Amt></OrgnlTxRef>"
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{one.end_to_end}</OrgnlEndToEndId>"
        f"<TxSts>{one.status}</TxSts>{reason}{amount}</TxInfAndSts>"
    )
