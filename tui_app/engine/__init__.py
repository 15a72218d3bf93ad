"""The embedded engine: source tables, mapping, segments and the diff as Ibis expressions, run by DuckDB.

Not here: what is sent and why (`core`), what is remembered (`store`). The user's SQL runs on an engine of its own that
can read the named tables and nothing else. Start with `planning`, which tells the diff from beginning to end; `sources`
makes tables readable, `profile` maps, `segment` selects, `diff` compares, `payload` writes.
"""
