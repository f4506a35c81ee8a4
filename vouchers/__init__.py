"""Vouchers: issued, redeemed, claimed, paid and matched with the bank."""
