"""Writing plans, and the emergency start."""
