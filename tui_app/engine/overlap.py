"""How many customers are in several segments at once."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir


def overlap_counts(members: Sequence[ir.Table]) -> dict[tuple[int, ...], int]:
    """Positions of segments → how many customers are in exactly these of them.

    Args:
        members: Of each segment, one column `id` string; NULL counts nowhere.
    """
    marked = [
        each.filter(each.id.notnull()).distinct().mutate(bit=ibis.literal(1 << position, "int64"))
        for position, each in enumerate(members)
    ]
    everybody = ibis.union(*marked) if len(marked) > 1 else marked[0]
    masks = everybody.group_by("id").aggregate(mask=everybody.bit.sum())
    counted = masks.group_by("mask").aggregate(customers=lambda grouped: grouped.count()).to_pyarrow().to_pylist()
    return {
        tuple(position for position in range(len(members)) if int(row["mask"]) >> position & 1): row["customers"]
        for row in counted
    }
