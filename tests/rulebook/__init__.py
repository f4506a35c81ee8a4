"""The rulebook: what an institution sets."""
