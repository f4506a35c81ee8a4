"""Vouchers and their money: formats, books, the voucher, payments, bank."""
