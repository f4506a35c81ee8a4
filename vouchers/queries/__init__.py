"""Reading vouchers and money."""
