"""Reading a spreadsheet of providers: bytes to a table, a table to rows, rows to the directory."""
