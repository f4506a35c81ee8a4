"""Makers of invented people, cases and money, for tests."""
