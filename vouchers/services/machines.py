"""Every machine of vouchers and money: the house tests walk all (state, move) pairs."""

from vouchers.services.payment_moves import BATCH, CLAIM, ORDER
from vouchers.services.voucher_moves import REDEMPTION, VOUCHER

MACHINES = (VOUCHER, REDEMPTION, CLAIM, BATCH, ORDER)
