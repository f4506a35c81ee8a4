"""Claims, payment orders and batches, reversals, settlement, and who is paid where."""
