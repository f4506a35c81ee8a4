"""The questions that each bank's files answer."""

from dataclasses import dataclass

from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.outgoing import Export


@dataclass(frozen=True, slots=True)
class BankProfile:
    """`name` is stored on accounts; `label` is a gettext source.

    `export` answers what payments are sent as; `statements` how a CSV of the bank is read (its
    headings, delimiter, encoding, decimal sign, days, and how it names the account).
    """

    name: str
    label: str
    export: Export
    statements: CsvProfile
