"""Which format a bank file is in: its content says, never its name.

Each format is a row that tells its own files and reads them; the first that knows the file reads
it. CSV comes last, because any text could be one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import IO

from reintegration.kernel.encodings import is_wide
from vouchers.formats import csv_table
from vouchers.formats.camt import read_camt
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.csv_reader import read_csv
from vouchers.formats.mt940 import read_mt940
from vouchers.formats.problems import StatementFileError
from vouchers.formats.statement import DEFAULT_MAX_BYTES, BankStatement, Reached, nobody_hears

HEAD_BYTES = 16_384
_MT940 = re.compile(rb"(?:^|[\r\n]):(?:25|60[FM]):")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
Profiles = Sequence[CsvProfile]
_GENERAL: Profiles = (CsvProfile(),)


class BankFormat(StrEnum):
    """The formats that can be read."""

    CAMT = "camt"
    MT940 = "mt940"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: whether the first bytes are of it, and how a file of it is read."""

    format: BankFormat
    knows: Callable[[bytes, Profiles], bool]
    read: Callable[[IO[bytes], Profiles, str | None, int, Reached], list[BankStatement]]


def _is_xml(head: bytes, _profiles: Profiles) -> bool:
    if head[:2] in _UTF_16:
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="ignore")
        return text.lstrip("\ufeff \r\n\t").startswith("<")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head or head[:2] in _UTF_16


def _is_csv(head: bytes, profiles: Profiles) -> bool:
    if not _is_text(head):
        return False
    lines = _whole_lines(head)
    return any(csv_table.is_table(lines, profile) for profile in profiles)


def _whole_lines(head: bytes, size: int = HEAD_BYTES) -> bytes:
    """Cut a line that the end of the head has split, and with it half a letter."""
    if len(head) < size:
        return head
    whole = head.rpartition(b"\n")[0] or head
    return whole[: len(whole) // 2 * 2] if is_wide(head) else whole


def _read_csv(
    source: IO[bytes], profiles: Profiles, encoding: str | None, max_bytes: int, reached: Reached
) -> list[BankStatement]:
    data = source.read(max_bytes + 1)
    profile = _profile_of(_whole_lines(data[:HEAD_BYTES]), profiles)
    letters = _in_letters(profile, encoding)
    found = read_csv(data, letters, max_bytes=max_bytes, reached=reached)
    if profile.place is None:
        placed = {one.account_iban for one in profiles if one.place is not None}
        for statement in found:
            if statement.account_iban in placed:
                raise StatementFileError("columns_changed", account=statement.account_iban)
    return found


def _profile_of(head: bytes, profiles: Profiles) -> CsvProfile:
    """Return how a table is read: as a person said of its account, or by the names it has.

    Two accounts whose columns stand alike are told apart by the account that the file says.
    """
    fitting = [one for one in profiles if csv_table.is_table(head, one)]
    placed = [one for one in fitting if one.place is not None]
    said = {one.name: csv_table.account_in(head, one) for one in placed}
    own = [one for one in placed if said[one.name] == one.account_iban]
    silent = [one for one in placed if said[one.name] is None]
    if not own and len(silent) > 1:
        accounts = ", ".join(str(one.account_iban) for one in silent)
        raise StatementFileError("account_unsaid", accounts=accounts)
    if own or silent:
        return (own or silent)[0]
    named = [one for one in fitting if one.place is None]
    if not named:
        raise StatementFileError("columns_unsaid", account=said[placed[0].name])
    return named[0]


def _in_letters(profile: CsvProfile | None, encoding: str | None) -> CsvProfile:
    """Return the profile with the encoding that a person chose for this file, if any."""
    known = profile or CsvProfile()
    return replace(known, encoding=encoding) if encoding else known


READERS = (
    Reader(
        BankFormat.CAMT,
        _is_xml,
        lambda source, _p, _e, most, reached: read_camt(source, max_bytes=most, reached=reached),
    ),
    Reader(
        BankFormat.MT940,
        lambda head, _: _MT940.search(head) is not None,
        lambda source, _, encoding, most, reached: read_mt940(
            source.read(most + 1), encoding=encoding, max_bytes=most, reached=reached
        ),
    ),
    Reader(BankFormat.CSV, _is_csv, _read_csv),
)


def sniff(head: bytes, profiles: Profiles = _GENERAL) -> Reader:
    """Return what reads a file that begins so; refuse what none can read."""
    if not head.strip():
        raise StatementFileError("empty")
    for reader in READERS:
        if reader.knows(head, profiles):
            return reader
    raise _unlike(head, profiles)


def _unlike(head: bytes, profiles: Profiles) -> StatementFileError:
    """Return why no format fits: a table says which of its columns are known."""
    if _is_text(head) and not _is_xml(head, profiles):
        lines = _whole_lines(head)
        for profile in profiles:
            if lacking := csv_table.missing(lines, profile):
                return lacking
    return StatementFileError("unknown_format")


def may_be_table(head: bytes) -> bool:
    """Tell whether a file that begins so is text that a person could say the columns of."""
    is_known = any(one.knows(head, ()) for one in READERS if one.format is not BankFormat.CSV)
    return bool(head.strip()) and _is_text(head) and not is_known


def read_statements(
    source: IO[bytes],
    *,
    profiles: Profiles = _GENERAL,
    encoding: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    reached: Reached = nobody_hears,
) -> list[BankStatement]:
    """Read a bank file of any known format from a seekable source, or refuse it whole.

    `profiles` say how the banks write their CSV; the first that knows the headings reads it.
    `encoding` is what a person chose; XML says its own. `reached` hears how far it is.
    """
    head = source.read(HEAD_BYTES)
    source.seek(0)
    return sniff(head, profiles).read(source, profiles, encoding, max_bytes, reached)
