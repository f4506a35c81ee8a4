"""What can be wrong with a bank file, in words; the edge translates and shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reintegration.kernel.errors import N_, Invalid

REFUSALS: Mapping[str, str] = {
    "empty": N_("The file is empty."),
    "too_large": N_("The file is larger than %(limit_mb)s MB."),
    "unknown_format": N_(
        "This is not a bank statement that can be read here. "
        "Ask the bank for camt.053, camt.054, MT940 or CSV."
    ),
    "other_message": N_(
        "This XML file holds “%(root)s”, not a bank statement (camt.053, camt.054)."
    ),
    "other_answer": N_("This XML file holds “%(root)s”, not an answer to payments (pain.002)."),
    "answer_unnamed": N_(
        "The answer does not say its own number or which file of payments it is about."
    ),
    "answer_twice": N_("The file answers to several files of payments. Ask the bank for one each."),
    "answer_nameless": N_("Payment %(count)s of the answer has no reference."),
    "answer_names_twice": N_("The answer names payment “%(reference)s” twice."),
    "answer_contradicts": N_(
        "The answer contradicts itself: the whole is rejected, and a part of it is “%(status)s”."
    ),
    "xml_broken": N_("The XML is broken at line %(line)s. Download the file from the bank again."),
    "doctype": N_("The XML has a document type declaration. That is not allowed in bank files."),
    "no_statement": N_("The file holds no statement."),
    "no_account": N_("Statement “%(statement)s” does not say which account it belongs to."),
    "no_currency": N_("An amount has no currency (%(where)s)."),
    "amount_garbled": N_("“%(text)s” is not an amount (%(where)s)."),
    "amount_finer": N_("“%(text)s” is finer than the smallest unit of %(currency)s (%(where)s)."),
    "amount_ambiguous": N_(
        "“%(text)s” can be read in two ways, as %(whole)s or as %(part)s (%(where)s)."
        " The format of the account must say which sign stands before the decimals."
    ),
    "amount_large": N_("“%(text)s” is more than can be recorded here (%(where)s)."),
    "direction_garbled": N_("“%(text)s” says neither credit nor debit (%(where)s)."),
    "date_garbled": N_("“%(text)s” is not a date (%(where)s)."),
    "statement_twice": N_("Statement “%(statement)s” is in the file twice."),
    "line_garbled": N_("Line %(line)s cannot be read: “%(text)s”."),
    "encoding": N_("The letters of the file cannot be read. Save it as UTF-8."),
    "encoding_unsure": N_(
        "It cannot be told in which letters the file is written. Choose the one that reads right:"
        " %(samples)s."
    ),
    "column_missing": N_(
        "Row %(row)s names the columns, and none of them is %(column)s."
        " Known: %(known)s. Not known: %(unknown)s."
    ),
    "columns_changed": N_(
        "The columns of account %(account)s are kept, and this file names others or puts them"
        " elsewhere. Say anew what its columns are."
    ),
    "columns_unsaid": N_(
        "The file is of account %(account)s, and nobody has said what the columns of its files are."
    ),
    "account_unsaid": N_(
        "The file does not say which account it is of, and it may be of several: %(accounts)s."
        " Choose the account."
    ),
    "other_account": N_("The file is of account %(found)s, not of %(chosen)s as it was said."),
    "row_quoted": N_(
        "Row %(row)s opens a quotation mark that is not closed in its row, so other rows would be"
        " read as part of it."
    ),
    "row_short": N_("Row %(row)s has fewer columns than the heading."),
    "row_without_amount": N_("Row %(row)s has no amount."),
    "row_direction": N_(
        "Row %(row)s says neither debit nor credit, or contradicts its sign: “%(found)s”."
    ),
    "row_two_amounts": N_("Row %(row)s has both a debit and a credit."),
    "row_storno_or_debit": N_(
        "Row %(row)s has “%(text)s” as a debit, and no debit of the file stands above zero: it may"
        " be money that left or money that came back. The format of the account must say which."
    ),
}

FLAGS: Mapping[str, str] = {
    "balance_break": N_(
        "Opening balance and entries give %(expected)s, but the closing balance is %(stated)s."
    ),
    "balance_missing": N_("The statement has no opening or no closing balance."),
    "balance_other_currency": N_("A balance is in %(currency)s, the statement is not."),
    "entry_other_currency": N_("The entry is in %(currency)s, the account is in %(account)s."),
    "booked_ahead": N_("The entry is booked on %(day)s, a day that has not come."),
    "details_differ": N_("The details add up to %(details)s, the entry is %(entry)s."),
    "details_other_currency": N_("The details are in another currency than the entry."),
    "detail_amount_unread": N_("An amount in the details cannot be read."),
    "written_finer": N_(
        "Amounts are written with more decimals than %(currency)s has; zeros only."
    ),
    "not_booked": N_("Entries not booked yet, left out: %(count)s."),
    "no_entries": N_("Rows without a day, left out: %(count)s (%(rows)s)."),
    "skipped_first": N_("Rows before the first line, left out: %(count)s (%(rows)s)."),
    "skipped_last": N_("Rows behind the last line, left out: %(count)s (%(rows)s)."),
    "of_nothing": N_("Lines of 0.00, left out: %(count)s."),
}


@dataclass(frozen=True, slots=True)
class ParseProblem:
    """A thing that a person should look at, while the file was still taken."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return the gettext source string; `params` fill it."""
        return FLAGS[self.code]


class StatementFileError(Invalid):
    """The whole file is refused: nothing of it may be stored.

    `others` are what is wrong in further rows, so that a person mends them at once.
    """

    others: tuple["StatementFileError", ...] = ()

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(REFUSALS[code], code=code, **params)


MOST_TOLD = 20
"""How many rows a refusal names."""


def refused_rows(found: Sequence[StatementFileError]) -> StatementFileError:
    """Return the refusal of a file for what is wrong in its rows, the first ones named."""
    first = found[0]
    first.others = tuple(found[1:MOST_TOLD])
    return first
