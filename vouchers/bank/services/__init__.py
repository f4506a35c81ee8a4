"""Writing the bank."""
