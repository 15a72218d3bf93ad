"""The command line: one file per command, and how they speak. stdout is the product, stderr is narration.

Not here: what the commands do (`sync`) and what they run on (`wiring`). Start with `main`; `output` says everything
that is said, and `options` holds what commands share.
"""
