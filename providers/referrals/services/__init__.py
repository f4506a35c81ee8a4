"""Matching, sending and answering."""
