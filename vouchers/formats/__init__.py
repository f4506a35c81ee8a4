"""Files of banks: bytes in, plain values out, and back. Nothing here knows a table."""
