"""The forms of claims and payments."""
