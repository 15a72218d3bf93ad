"""`stoker.toml` and what surrounds it: read and checked as a project, edited in place, its keys and its folders.

Not here: tables and their columns (the engine opens those), the meaning of a mapping or a segment (core), the network.
Start with `read`, which tells the story of one file: `document` (bytes → TOML with lines, by `outline`), `table` (how
one table is asked for its keys), then one `…_section` per part of the file and `consistency` for what spans parts.
`edit` changes the file and keeps everything else in it, by `splice`; `starter` writes the first one. `secrets` fetches
keys, `locations` says where state lives.
"""
