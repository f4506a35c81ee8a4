"""The pages of vouchers and deliveries."""
