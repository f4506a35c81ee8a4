"""The tables of vouchers and money."""

from vouchers.models.bank import BankAccount, BankLine, BankMatch, BankStatementFile
from vouchers.models.claims import Claim, ClaimLine
from vouchers.models.funds import BudgetLine, ConvertedAllocation, ExchangeRate, Fund
from vouchers.models.ledger import LedgerEntry, LedgerLine
from vouchers.models.payments import PaymentBatch, PaymentOrder
from vouchers.models.redemptions import Redemption
from vouchers.models.voucher import Voucher

__all__ = [
    "BankAccount",
    "BankLine",
    "BankMatch",
    "BankStatementFile",
    "BudgetLine",
    "Claim",
    "ClaimLine",
    "ConvertedAllocation",
    "ExchangeRate",
    "Fund",
    "LedgerEntry",
    "LedgerLine",
    "PaymentBatch",
    "PaymentOrder",
    "Redemption",
    "Voucher",
]
