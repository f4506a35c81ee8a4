"""Backup and restore: what leaves is sealed to a key that this server does not have.

`sealing` closes and opens a stream, `archive` says what stands in it, `postgres` runs the tools of
the database, `figures` counts what a database holds, `erased` keeps who was erased outside of it;
`making`, `restoring` and `drill` are the three acts.
"""
