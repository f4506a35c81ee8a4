"""The voucher itself, from draft to used up."""
