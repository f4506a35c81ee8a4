"""pain.002 of every version: what a bank says of a file of payments, read as a stream.

Only local names count. What is said of one payment stands over what is said of its block, and that
over what is said of the whole file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from reintegration.kernel.amounts import machine
from reintegration.kernel.text import freed
from vouchers.formats.amounts import currency_code, unsigned_minor
from vouchers.formats.camt_nodes import Element
from vouchers.formats.iban import compact
from vouchers.formats.iso_codes import REJECTED
from vouchers.formats.problems import StatementFileError
from vouchers.formats.references import meaningful
from vouchers.formats.statement import DEFAULT_MAX_BYTES, Reached, nobody_hears
from vouchers.formats.xml_stream import Stream, forget_before, refuse_doctype

ROOT = "CstmrPmtStsRpt"
_ROOTS = frozenset({ROOT, "pain.002.001.02"})
"""The second is how version 02 calls it."""
_GROUP, _BLOCK, _ONE = "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LONGEST = 35
"""ISO's for a code or an id; what is longer is no code."""
_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code of ISO or one of the bank's own, and what it wrote beside it."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A status and its reasons; the code as it was written."""

    status: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidOfPayment:
    """What is said of one payment, and how the bank repeats it; None where it does not."""

    said: Said
    end_to_end_id: str | None
    instruction_id: str | None
    amount_minor: int | None
    currency: str | None
    iban: str | None


@dataclass(frozen=True, slots=True)
class SaidOfBlock:
    """What is said of the payments of one day in a file, and of each that is named."""

    said: Said
    payment_information_id: str | None
    payments: tuple[SaidOfPayment, ...]


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """One pain.002: which message of ours it answers, and what it says of it.

    `count` and `sum_text` are what it repeats of our file, as it was written.
    """

    message_id: str
    created: str
    original_message_id: str
    original_kind: str
    said: Said
    count: str
    sum_text: str
    blocks: tuple[SaidOfBlock, ...]


def is_answer(head: bytes) -> bool:
    """Tell whether a file that begins so is a pain.002: by its content, never by its name."""
    if head[:2] in _UTF_16:
        letters = head[: len(head) // 2 * 2].decode("utf-16", errors="ignore")
    else:
        letters = head.decode("utf-8", errors="ignore")
    begins = letters.lstrip("\ufeff \r\n\t").startswith("<")
    return begins and any(one + before in letters for one in "<:" for before in _ROOTS)


def read_pain002(
    source: IO[bytes], *, max_bytes: int = DEFAULT_MAX_BYTES, reached: Reached = nobody_hears
) -> PaymentAnswer:
    """Return what the bank says, or refuse the file whole.

    Raises StatementFileError for broken XML, a document type, another message, a payment that has
    no name or is named twice, an amount that cannot be read, and what contradicts itself.
    """
    reader = _Reader()
    names = ("GrpHdr", _GROUP, _ONE, _BLOCK)
    stream = Stream(source, names, max_bytes=max_bytes, reached=reached)
    for element in stream:
        reader.take(element)
    if stream.root is None:
        raise StatementFileError("empty")
    refuse_doctype(stream.root)
    return reader.answer()


class _Reader:
    """Collects what is said from the events of the parser."""

    def __init__(self) -> None:
        self._head: tuple[str, str] | None = None
        self._group: tuple[Said, str, str, str, str] | None = None
        self._blocks: list[SaidOfBlock] = []
        self._payments: list[SaidOfPayment] = []
        self._seen: set[str] = set()
        self._begun = False

    def take(self, element: Element) -> None:
        """Handle an element that the parser has finished."""
        if not self._begun:
            _refuse_other(element)
            self._begun = True
        name = _name(element)
        if name == _ONE:
            self._payments.append(self._payment(element))
            forget_before(element)
        elif name == _BLOCK:
            reference = meaningful(_text(element, "OrgnlPmtInfId"))
            said = _said(element, "PmtInfSts")
            self._blocks.append(SaidOfBlock(said, reference, tuple(self._payments)))
            self._payments = []
            forget_before(element)
        elif name == _GROUP:
            if self._group is not None:
                raise StatementFileError("answer_twice")
            told = ("OrgnlMsgId", "OrgnlMsgNmId", "OrgnlNbOfTxs", "OrgnlCtrlSum")
            first, kind, count, control = (_text(element, one) for one in told)
            self._group = _said(element, "GrpSts"), first, kind, count, control
        elif self._head is None:
            self._head = _text(element, "MsgId"), _text(element, "CreDtTm")

    def _payment(self, element: Element) -> SaidOfPayment:
        end_to_end = meaningful(_text(element, "OrgnlEndToEndId"))
        instruction = meaningful(_text(element, "OrgnlInstrId"))
        name = end_to_end or instruction
        if name is None:
            raise StatementFileError("answer_nameless", count=len(self._seen) + 1)
        if name in self._seen:
            raise StatementFileError("answer_names_twice", reference=name[:_LONGEST])
        self._seen.add(name)
        amount, currency = _amount(element, name)
        account = ("OrgnlTxRef", "CdtrAcct", "Id")
        return SaidOfPayment(
            _said(element, "TxSts"),
            end_to_end,
            instruction,
            amount,
            currency,
            compact(_text(element, *account, "IBAN") or _text(element, *account, "Othr", "Id")),
        )

    def answer(self) -> PaymentAnswer:
        """Return all of it; refuse what names nothing or contradicts itself."""
        if not self._begun:
            raise StatementFileError("other_answer", root="?")
        message_id, created = self._head or ("", "")
        if self._group is None or not message_id or not self._group[1]:
            raise StatementFileError("answer_unnamed")
        if self._payments:  # version 02 has no blocks
            self._blocks.append(SaidOfBlock(Said(""), None, tuple(self._payments)))
        said, original, kind, count, control = self._group
        _refuse_contradiction(said, self._blocks)
        return PaymentAnswer(
            message_id, created, original, kind, said, count, control, tuple(self._blocks)
        )


def _refuse_other(element: Element) -> None:
    """Refuse another house's message: the elements stand right below the report."""
    refuse_doctype(element)
    parent = element.getparent()
    while parent is not None and _name(parent) in (_BLOCK, _GROUP):
        parent = parent.getparent()
    name = "?" if parent is None else _name(parent)
    if name not in _ROOTS:
        raise StatementFileError("other_answer", root=name[:40])


def _refuse_contradiction(group: Said, blocks: Iterable[SaidOfBlock]) -> None:
    """Refuse a file of which the whole is rejected, and a part of it is not."""
    for block in blocks:
        for over in (group, block.said):
            for said in (block.said, *(one.said for one in block.payments)):
                if over.status == REJECTED and said.status not in ("", REJECTED):
                    raise StatementFileError("answer_contradicts", status=said.status)


def _said(element: Element, name: str) -> Said:
    return Said(_text(element, name), tuple(_reasons(element)))


def _reasons(element: Element) -> Iterable[Reason]:
    for block in _children(element, "StsRsnInf"):
        code = _text(block, "Rsn", "Cd") or _text(block, "Rsn", "Prtry") or _text(block, "Rsn")
        written = " ".join(
            _leaf(one, longest=_LONGEST_TEXT) for one in _children(block, "AddtlInf")
        )
        if code or written:
            yield Reason(code, written[:_LONGEST_TEXT])


def _amount(element: Element, where: str) -> tuple[int | None, str | None]:
    amount = _at(element, "OrgnlTxRef", "Amt", "InstdAmt")
    amount = amount if amount is not None else _at(element, "OrgnlTxRef", "InstdAmt")
    if amount is None:
        return None, None
    currency = currency_code(amount.get("Ccy"), where)
    return unsigned_minor(machine, _leaf(amount, longest=60), currency, where), currency


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> Iterable[Element]:
    return (child for child in element if _name(child) == name)


def _at(element: Element, *path: str) -> Element:
    for name in path:
        element = next(iter(_children(element, name)), None)
        if element is None:
            return None
    return element


def _text(element: Element, *path: str) -> str:
    """Return the text at `path`; nothing where there is none."""
    found = _at(element, *path)
    return "" if found is None or len(found) else _leaf(found)


def _leaf(element: Element, *, longest: int = _LONGEST) -> str:
    return freed(element.text or "").strip()[:longest]
