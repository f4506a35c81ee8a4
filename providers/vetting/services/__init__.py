"""Vetting and importing."""
