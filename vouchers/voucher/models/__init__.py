"""The tables of vouchers and deliveries."""

from vouchers.voucher.models.redemptions import Redemption
from vouchers.voucher.models.voucher import Voucher

__all__ = ["Redemption", "Voucher"]
