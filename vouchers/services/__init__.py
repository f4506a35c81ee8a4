"""Use cases of the vouchers feature, one module each."""
