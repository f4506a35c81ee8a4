"""What stands beside the product and is no part of it."""
