"""Papers: what is taken, who opens it, and what is left of it."""
