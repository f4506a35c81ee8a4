"""Proposing, approving and taking back what holds."""
