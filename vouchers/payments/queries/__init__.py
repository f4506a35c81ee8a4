"""Reading claims and payments."""
