"""The months of the books: what is still open in one, its close, and opening it again."""
