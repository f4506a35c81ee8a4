"""What a file holds: bytes in, pages out. No table, no page, no name of a file."""
