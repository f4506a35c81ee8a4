"""The ledger: which event posts what, and the one door into the journal."""
