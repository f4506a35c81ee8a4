"""Everything that an institution owns, as files that any program reads: how it leaves.

`files` says which table becomes which file, what is left out of it and which tables are excused,
and `meanings` what each column is; `dictionary` puts both into words, for the folder and for
`docs/export.md`. `rows` writes a table, `papers` and `names` write what must be opened first,
`folder` keeps it all a draft until it is whole, and `making` does it.
"""
