"""Pages of vouchers and money."""
