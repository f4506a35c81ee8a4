"""The tables of vouchers, what stops them, and deliveries."""

from vouchers.voucher.models.holds import VoucherHold
from vouchers.voucher.models.redemptions import Redemption
from vouchers.voucher.models.voucher import Voucher

__all__ = ["Redemption", "Voucher", "VoucherHold"]
