"""Scheduled work of vouchers and money."""
