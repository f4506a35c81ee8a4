"""Putting, keeping, opening and destroying papers."""
