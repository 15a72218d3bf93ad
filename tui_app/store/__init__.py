"""What Stoker remembers: ledger snapshots, plan files, run journals, and the lock that keeps writers apart.

Every file is written whole, fsynced and renamed into place, readable by its owner only, and carries a checksum that is
verified before a value is used. Not here: what the values mean (`core`), how they are computed (`engine`).
Start with `ledger`, then `plans`, `journal` and `runs`; `fold` turns a run's acknowledgements into the next ledger.
"""
