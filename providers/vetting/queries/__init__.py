"""Reading what is vetted."""
