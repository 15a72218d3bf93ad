"""Load before the first fork what every process would load again after it."""

from __future__ import annotations

import gc
import importlib

_HEAVY = (
    "pyarrow.dataset",
    "tui_app.engine.embedded",
    "ibis.backends.duckdb",
    "duckdb",
    "tui_app.store.fold",
    "numpy.ma",
)


def warm_up() -> None:
    """Import what is heavy, and keep the garbage collector from touching it in every fork."""
    import pyarrow as pa

    for name in _HEAVY:
        importlib.import_module(name)
    # Looks for pandas, once.
    pa.array([1])
    gc.collect()
    gc.freeze()
