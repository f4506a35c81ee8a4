"""Writing claims and payments."""
