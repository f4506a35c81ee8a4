"""The directory (HSDS): who offers what, where, for whom."""
