"""Writing vouchers and deliveries."""
