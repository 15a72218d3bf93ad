"""A demo that ends with 0 although a customer is lost would be worse than none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui_app.core.plan import PlanCounts
from tui_app.core.run import RunTotals
from tui_app.demo.accounts import Accounts

WELL = Accounts(
    customers=100,
    planned=PlanCounts(join=60, outside=35, withheld=5),
    sent=RunTotals(acknowledged=57, rejected=3, in_doubt=0, not_sent=0, data_points=570),
    planned_again=PlanCounts(unchanged=57, outside=35, withheld=8),
    profiles=57,
)


def test_nothing_is_said_when_all_counts_agree():
    assert WELL.disagreements() == ()


@pytest.mark.parametrize(
    ("accounts", "sentence"),
    [
        (replace(WELL, customers=101), "The plan knows 100 customers, the sample data has 101."),
        (replace(WELL, profiles=58), "The sandbox has 58 profiles, and 57 customers were acknowledged."),
        (
            replace(WELL, sent=replace(WELL.sent, acknowledged=56, in_doubt=1)),
            "Of 60 planned customers 59 were answered; 1 are in doubt and 0 were not sent.",
        ),
        (
            replace(WELL, sent=replace(WELL.sent, rejected=2, not_sent=1)),
            "Of 60 planned customers 59 were answered; 0 are in doubt and 1 were not sent.",
        ),
        (
            replace(WELL, planned_again=PlanCounts(update=1, unchanged=56, outside=35, withheld=8)),
            "The second plan is not empty: 1 customers would be sent again.",
        ),
        (
            replace(WELL, planned_again=PlanCounts(unchanged=56, outside=36, withheld=8)),
            "Braze acknowledged 57 customers, and the second plan finds 56 of them unchanged.",
        ),
        (
            replace(WELL, planned_again=PlanCounts(unchanged=57, outside=35, withheld=7)),
            "The second plan knows 99 customers, the sample data has 100.",
        ),
    ],
    ids=["a lost row", "a stranger", "in doubt", "not sent", "sent again", "forgotten", "lost later"],
)
def test_whatever_does_not_agree_is_said(accounts, sentence):
    assert sentence in accounts.disagreements()
