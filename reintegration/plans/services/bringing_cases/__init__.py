"""Running cases in and out as tables: without names, matched by code, whole or not at all."""
