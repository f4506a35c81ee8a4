"""Invented data, made through the same services that people use; never in production."""
