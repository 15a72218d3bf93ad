"""Stoker feeds Braze with customer data: preview the exact diff, send only what changed, remember what Braze took.

Rooms stand on floors and import only rooms below them. Read in this order: `core` (the rules), `ports` (what the
verbs need), `sync` (the verbs, as a story), then the rooms that touch the world (`engine`, `braze`, `store`,
`config`), `wiring` (which concrete parts are used) and the face (`cli`).
"""

__version__ = "0.1.0"
