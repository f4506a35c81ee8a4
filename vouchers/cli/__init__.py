"""Commands of vouchers and money."""
