"""Forms of vouchers and money."""
