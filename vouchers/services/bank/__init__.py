"""Bank files in and out, and the matching between them; no database and no Flask in here."""
