"""The forms of providers."""
