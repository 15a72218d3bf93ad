"""What runs have cost, as scripts read it."""

from __future__ import annotations

from typing import Any

from tui_app.core.cost import AttributeCost, CostReport


def cost_document(report: CostReport) -> dict[str, Any]:
    """The document of `costs --json`, for one destination. Money is null where the price is not known."""
    return {
        "destination": report.destination,
        "runs": report.runs,
        "days": round(report.days, 2),
        "requests": report.requests,
        "data_points": report.data_points,
        "money": _money(report, report.data_points),
        "a_month": {
            "requests": round(report.requests * report.a_month),
            "data_points": round(report.data_points * report.a_month),
            "money": _money(report, report.data_points * report.a_month),
        },
        "attributes": [_attribute(report, each) for each in report.attributes],
    }


def _attribute(report: CostReport, cost: AttributeCost) -> dict[str, Any]:
    changing = cost.changed * cost.points_each * report.a_month
    document: dict[str, Any] = {
        "activation": cost.activation,
        "attribute": cost.attribute,
        "first_time": cost.first_time,
        "changed": cost.changed,
        "alone": cost.alone,
        "data_points": cost.data_points,
        "changes_a_month": {"data_points": round(changing), "money": _money(report, changing)},
        "cheaper": None,
    }
    if cost.cheaper is not None:
        saved = cost.cheaper.vanished * cost.points_each * report.a_month
        document["cheaper"] = {
            "mapping": cost.cheaper.mapping,
            "vanished": cost.cheaper.vanished,
            "vanished_alone": cost.cheaper.vanished_alone,
            "saved_a_month": {"data_points": round(saved), "money": _money(report, saved)},
        }
    return document


def _money(report: CostReport, data_points: float) -> float | None:
    return round(report.money(data_points), 2) if report.money_per_1000 else None
