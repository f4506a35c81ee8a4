"""Which format a bank file is in: its content says, never its name."""

import re
from enum import StrEnum
from typing import IO

from vouchers.formats.camt import read_camt
from vouchers.formats.csv_profile import CsvProfile, has_heading, read_csv
from vouchers.formats.mt940 import read_mt940
from vouchers.formats.problems import StatementFileError
from vouchers.formats.statement import DEFAULT_MAX_BYTES, BankStatement

HEAD_BYTES = 16_384
_MT940 = re.compile(rb"(?:^|[\r\n]):(?:25|60[FM]):")


class BankFormat(StrEnum):
    """The formats that can be read."""

    CAMT = "camt"
    MT940 = "mt940"
    CSV = "csv"


def sniff(head: bytes, profile: CsvProfile | None = None) -> BankFormat:
    """Return the format that the first bytes of a file show; refuse what none can read."""
    if not head.strip():
        raise StatementFileError("empty")
    if _is_xml(head):
        return BankFormat.CAMT
    if _MT940.search(head):
        return BankFormat.MT940
    if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise StatementFileError("unknown_format")
    if has_heading(_whole_lines(head), profile):
        return BankFormat.CSV
    raise StatementFileError("unknown_format")


def read_statements(
    source: IO[bytes], *, profile: CsvProfile | None = None, max_bytes: int = DEFAULT_MAX_BYTES
) -> list[BankStatement]:
    """Read a bank file of any known format from a seekable source, or refuse it whole."""
    head = source.read(HEAD_BYTES)
    source.seek(0)
    found = sniff(head, profile)
    if found is BankFormat.CAMT:
        return read_camt(source, max_bytes=max_bytes)
    data = source.read(max_bytes + 1)
    if found is BankFormat.MT940:
        return read_mt940(data, max_bytes=max_bytes)
    return read_csv(data, profile, max_bytes=max_bytes)


def _is_xml(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="ignore")
        return text.lstrip("\ufeff \r\n\t").startswith("<")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _whole_lines(head: bytes) -> bytes:
    """Cut a line that the end of the head has split, and with it half a letter."""
    if len(head) < HEAD_BYTES:
        return head
    return head.rpartition(b"\n")[0] or head
