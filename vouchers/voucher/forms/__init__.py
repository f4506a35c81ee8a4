"""The forms of vouchers and deliveries."""
