"""Reading vouchers and deliveries."""
