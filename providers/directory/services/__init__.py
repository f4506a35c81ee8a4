"""Writing the directory."""
