"""Vetting: what is checked before anybody is sent there, and the import of a list."""
