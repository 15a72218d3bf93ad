"""The verbs: make a plan, apply it, resume a run, settle what a crash left. They read as the story of the data.

A verb gets its rooms as arguments (see `ports`), so it never names a concrete engine, client or store, and runs the
same on real parts and on a simulated clock. Start with `make_plan`, then `apply_plan` and `carry_out`; `send` and
`deliver` are the heart.
"""
