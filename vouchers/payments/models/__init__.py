"""The tables of claims, payments and payee accounts."""

from vouchers.payments.models.claims import Claim, ClaimLine
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.models.payments import PaymentBatch, PaymentOrder

__all__ = ["Claim", "ClaimLine", "PayeeAccount", "PaymentBatch", "PaymentOrder"]
