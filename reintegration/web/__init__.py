"""The web floor: transactions, access, forms, paging and words, shared by every page."""
