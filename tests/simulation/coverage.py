"""How often each kind of trouble struck at each step, as a table."""

from __future__ import annotations

from collections.abc import Mapping


def coverage_table(coverage: Mapping[tuple[str, str], int]) -> str:
    """One line per trouble and step, with how often it struck."""
    width = max((len(trouble) for trouble, _ in coverage), default=0)
    return "\n".join(f"{trouble:<{width}}  {count:>9,}  {step}" for (trouble, step), count in sorted(coverage.items()))
