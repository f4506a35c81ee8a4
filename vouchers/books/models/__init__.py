"""The tables of the books."""

from vouchers.books.models.bank_account import BankAccount
from vouchers.books.models.funds import BudgetLine, ConvertedAllocation, ExchangeRate, Fund
from vouchers.books.models.ledger import LEDGER_TOTAL, LedgerEntry, LedgerLine, LedgerSum
from vouchers.books.models.opening import OpeningBalance
from vouchers.books.models.periods import AccountingPeriod, PeriodClose

__all__ = [
    "LEDGER_TOTAL",
    "AccountingPeriod",
    "BankAccount",
    "BudgetLine",
    "ConvertedAllocation",
    "ExchangeRate",
    "Fund",
    "LedgerEntry",
    "LedgerLine",
    "LedgerSum",
    "OpeningBalance",
    "PeriodClose",
]
