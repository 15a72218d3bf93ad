"""What `stoker demo` says around the commands that it runs, and its report."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections import Counter
from pathlib import Path

from tui_app.cli.output import commands, count, heading, paragraph, say, shortened, table
from tui_app.cli.plan_text import print_counts
from tui_app.config.locations import STATE_VARIABLE
from tui_app.core.errors import ExitCode
from tui_app.demo.accounts import Accounts
from tui_app.demo.sample_data import SampleData
from tui_app.demo.sample_project import ACTIVATION, CURIOUS_CUSTOMER, DUPLICATE_ATTRIBUTE
from tui_app.demo.sandbox_process import RunningSandbox, SandboxCounters
from tui_app.store.plan_reading import Filter, PlanReader
from tui_app.store.plans import StoredPlan
from tui_app.store.runs import RunFolder

_STEP_COLUMNS = 78
_SHOWN_REJECTIONS = 6
_LISTED_REJECTIONS = 200


def print_beginning(home: Path, data: SampleData, sandbox: RunningSandbox) -> None:
    """What was set up, and where."""
    say(f"Stoker demo in {home}")
    rows = [
        ("data/", f"{data.customers:,} invented customers in {data.customer_rows:,} rows, {data.orders:,} orders"),
        ("stoker.toml", f"the project: a query, two segments, a template, the campaign {ACTIVATION}"),
        ("state/", "what Stoker remembers: ledger, plans and runs"),
        ("sandbox.json", f"what the sandbox Braze will know; it listens on {sandbox.url}"),
    ]
    table(("", ""), rows)


def print_step(number: int, title: str) -> None:
    """The next part of the journey."""
    say()
    heading(f"── {number} · {title} ".ljust(_STEP_COLUMNS, "─"))


def print_payload(stored: StoredPlan) -> None:
    """One customer of the plan, as the bytes that will be sent."""
    for change in PlanReader(stored).changes(Filter(user=CURIOUS_CUSTOMER)):
        heading("One of them, exactly as it will be sent")
        paragraph(change.payload)
        say("  The name holds an escape sequence; it is text and stays text.")


def print_second_plan(stored: StoredPlan, seconds: float) -> None:
    """What is left to send, which is nothing."""
    plan = stored.plan
    say(f"Plan {stored.id}")
    print_counts(plan.counts)
    heading("Sending it")
    verdict = "something is left to send" if plan.counts.changes else "nothing is left to send"
    requests, points = count(plan.requests, "request"), count(plan.data_points, "data point")
    say(f"  {requests}, {points}: {verdict}. Planned in {seconds:.1f} s.")


def print_mistake(stored: StoredPlan, run: RunFolder, sandbox: SandboxCounters) -> None:
    """The duplicate of a standard field, and what it did."""
    heading(f"The mistake in stoker.toml: {DUPLICATE_ATTRIBUTE} beside dob")
    plan = stored.plan
    cost = sum(each.data_points for each in plan.attributes if each.name == DUPLICATE_ATTRIBUTE)
    paragraph(
        f"Every check and plan warns of it. It costs {cost:,} of the {count(plan.data_points, 'data point')} and "
        "changes nothing that Braze uses as a birthday."
    )
    dropped = run.answers().totals().data_points - sandbox.data_points
    if dropped > 0:
        paragraph(
            f"The sandbox answered success and yet dropped {count(dropped, 'value')} without a word, as Braze does: "
            f"it takes {DUPLICATE_ATTRIBUTE} for a date since its first value, and these are none. In dob they are "
            "withheld instead, each with its reason."
        )


def print_withheld(stored: StoredPlan) -> None:
    """Every customer of the plan who is not sent at all."""
    heading("Withheld by Stoker: customers whose identifier would make a mess in Braze")
    whole = (each for each in PlanReader(stored).withheld(Filter()) if each.attribute is None)
    table(("customer", "because the customer"), [(_named(each.id), each.sentence) for each in whole])
    paragraph(
        f"Further values are withheld while their customers are sent; all with their reasons: stoker show {stored.id} "
        "--kind withheld --format csv"
    )


def print_rejected(stored: StoredPlan, run: RunFolder) -> None:
    """Who was refused by Braze, and why."""
    rejected = list(run.rejected())
    heading("Rejected by Braze: they look right and break a rule that only Braze knows")
    for reason, number in Counter(reason for _, reason in rejected).most_common():
        paragraph(f"{count(number, 'customer')}: {reason}")
    shown = [customer for customer, _ in rejected[:_SHOWN_REJECTIONS]]
    table(("customer", "email that was sent"), [(customer, _email_sent(stored, customer)) for customer in shown])
    paragraph(
        "Gmail has no names under five characters, and .example is no public domain. Stoker checks the shape of an "
        "address and leaves the rest to Braze. A rejected customer is sent again once his values change."
    )
    listed = ", ".join(customer for customer, _ in rejected[:_LISTED_REJECTIONS])
    share = "All of them" if len(rejected) <= _LISTED_REJECTIONS else f"The first {_LISTED_REJECTIONS}"
    paragraph(f"{share} (everyone with the reason: stoker runs last --json): {listed}")
    paragraph(
        f"`stoker apply` itself ends with exit code {ExitCode.DONE_WITH_REJECTED:d}: done, with rejected customers."
    )


def print_accounts(accounts: Accounts) -> None:
    """Everybody once, and whether all counts agree."""
    heading("Everybody is accounted for")
    sent, again = accounts.sent, accounts.planned_again
    rows = [
        (sent.acknowledged, "sent, and acknowledged by Braze"),
        (sent.rejected, "sent, and rejected by Braze"),
        (sent.in_doubt, "sent, and in doubt"),
        (sent.not_sent, "planned, and not sent"),
        (accounts.planned.withheld, "withheld by Stoker"),
        (accounts.planned.outside, "outside: not active, or opted out"),
    ]
    table(("", ""), [*rows, (sum(number for number, _ in rows), f"in all; the sample data has {accounts.customers:,}")])
    paragraph(
        f"The second plan finds {again.unchanged:,} unchanged, {again.withheld:,} withheld (the rejected ones are "
        f"among them) and {again.outside:,} outside. The sandbox Braze has {accounts.profiles:,} profiles."
    )
    disagreements = accounts.disagreements()
    for sentence in disagreements:
        paragraph(f"WRONG: {sentence}")
    if not disagreements:
        say("  All counts agree.")


def print_next_steps(home: Path, stored: StoredPlan, port: int) -> None:
    """Commands with which a person goes on in the demo's folder."""
    heading("Go on")
    commands(
        [
            (f"cd {shlex.quote(str(home))}", "the demo stays here; delete it when you are done"),
            *_needed_in_this_shell(),
            (f"stoker sandbox --port {port} --state sandbox.json &", "the same Braze again, with its profiles"),
            (f"stoker show {stored.id} --user {CURIOUS_CUSTOMER}", "one customer, before and after"),
            (f"stoker plan {ACTIVATION}", "change a cell in data/customers.csv first"),
        ]
    )


def _needed_in_this_shell() -> list[tuple[str, str]]:
    needed = []
    activate = Path(sys.prefix) / "bin" / "activate"
    if shutil.which("stoker") is None and activate.exists():
        needed.append((f". {shlex.quote(str(activate))}", "puts stoker on the path"))
    if STATE_VARIABLE in os.environ:
        needed.append((f"unset {STATE_VARIABLE}", "the state of the demo lies in its folder"))
    return needed


def _email_sent(stored: StoredPlan, customer: str) -> str:
    change = next(PlanReader(stored).changes(Filter(user=customer)), None)
    return str(json.loads(change.payload).get("email", "")) if change else ""


def _named(customer: str | None) -> str:
    return "(NULL)" if customer is None else shortened(json.dumps(customer, ensure_ascii=False), 24)
