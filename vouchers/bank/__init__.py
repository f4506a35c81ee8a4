"""The bank: our accounts, statements, matching and reconciliation."""
