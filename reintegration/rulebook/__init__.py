"""The rulebook: what this institution set, proposed by one person and approved by another."""
