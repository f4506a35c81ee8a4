"""The pages of claims and payments."""
