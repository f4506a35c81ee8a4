"""The pages of payee accounts."""
