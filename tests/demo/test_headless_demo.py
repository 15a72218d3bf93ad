"""`stoker demo --headless` as a stranger meets it: one process, and what it claims held against what it left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tui_app.__main__ import _run
from tui_app.store.plan_reading import Filter, PlanReader
from tui_app.store.plans import StoredPlan, load_plan
from tui_app.store.runs import RunFolder, RunStore

CUSTOMERS = 1_500
DEMO = [sys.executable, "-m", "tui_app", "demo", "--headless"]


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that has ended."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def plans(self) -> tuple[StoredPlan, StoredPlan]:
        """The one that was applied, and the second one."""
        first, second = sorted(
            (load_plan(each) for each in (self.folder / "state" / "plans").iterdir()),
            key=lambda stored: stored.plan.ledger_serial,
        )
        return first, second

    @property
    def run(self) -> RunFolder:
        (run,) = RunStore(self.folder / "state" / "runs").all()
        return run

    def profiles(self) -> dict[str, dict[str, Any]]:
        """External id → profile, as the sandbox saved it."""
        document = json.loads((self.folder / "sandbox.json").read_bytes())
        return {each["external_id"]: each for each in document["profiles"]}

    def payloads(self) -> dict[str, dict[str, Any]]:
        """Customer → the object of the first plan."""
        return {each.id: json.loads(each.payload) for each in PlanReader(self.plans[0]).changes(Filter())}

    def number(self, pattern: str) -> int:
        """The one number that the report gives there."""
        (found,) = re.findall(pattern, self.stdout)
        return int(found.replace(",", ""))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "shop"
    elsewhere = folder.with_name("elsewhere")
    # A state folder of another project must not be written to.
    environment = {**os.environ, "STOKER_STATE": str(elsewhere)}
    environment.pop("BRAZE_API_KEY", None)
    environment.pop("COLUMNS", None)
    command = [*DEMO, "--customers", str(CUSTOMERS), "--folder", str(folder)]
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, env=environment
    )
    assert not elsewhere.exists()
    return Demo(ended.returncode, ended.stdout, ended.stderr, folder)


def test_all_is_well_and_the_report_says_so(demo):
    assert demo.code == 0, demo.stdout + demo.stderr
    assert "All counts agree." in demo.stdout
    assert "WRONG" not in demo.stdout
    assert demo.stdout.index("stoker check") < demo.stdout.index("Everybody is accounted for")


def test_the_mistake_in_the_project_is_found(demo):
    assert 'duplicate_of_standard: "birthday" means Braze\'s standard field dob' in demo.stdout


def test_every_customer_is_in_the_sum_exactly_once(demo):
    """The sum is held against the plan, the sandbox and the size of the sample, which were counted apart."""
    report = demo.stdout[demo.stdout.index("Everybody is accounted for") :]
    *parts, total = (int(found.replace(",", "")) for found in re.findall(r"^ +([\d,]+)  ", report, re.MULTILINE))
    first, _ = demo.plans

    assert sum(parts) == total == CUSTOMERS
    assert parts == [
        len(demo.profiles()),
        len(list(demo.run.rejected())),
        0,
        0,
        first.plan.counts.withheld,
        first.plan.counts.outside,
    ]


def test_nothing_is_left_to_send(demo):
    _, second = demo.plans

    assert (second.plan.counts.changes, second.plan.requests, second.plan.data_points) == (0, 0, 0)
    assert "0 requests, 0 data points: nothing is left to send." in demo.stdout


def test_exactly_the_addresses_that_break_a_rule_of_braze_are_rejected_and_each_is_named(demo):
    """Stoker's own checks pass them, so this is Braze's word against Stoker's plan."""
    sent = {customer: payload.get("email", "") for customer, payload in demo.payloads().items()}
    refused = {customer for customer, email in sent.items() if email.endswith(("@gmail.com", ".example"))}
    (listed,) = re.findall(r"All of them .*: ([\d, ]+)", demo.stdout)

    assert set(listed.split(", ")) == {customer for customer, _ in demo.run.rejected()} == refused
    assert f"{len(refused)} customers: The value provided for the 'email' field is not a valid email." in demo.stdout
    assert refused & demo.profiles().keys() == set()


def test_every_withheld_customer_is_named_with_the_reason(demo):
    first, _ = demo.plans
    whole = [each for each in PlanReader(first).withheld(Filter()) if each.attribute is None]

    assert len(whole) == first.plan.counts.withheld == 11
    report = demo.stdout[demo.stdout.index("Withheld by Stoker") :]
    for each in whole:
        assert each.sentence in report
    for identifier in ("(NULL)", '""', '"   "', '"null"', '"undefined"', '"00000108\\t"', '"00000203"'):
        assert f"  {identifier} " in report


def test_what_the_sandbox_dropped_in_silence_are_the_birthdays_that_are_no_dates(demo):
    """The report names the cause; so it must be the cause of every one."""
    profiles = demo.profiles()
    dropped = [
        payload["birthday"]
        for customer, payload in demo.payloads().items()
        if customer in profiles and "birthday" in payload and "birthday" not in profiles[customer]["custom_attributes"]
    ]

    assert demo.number(r"dropped ([\d,]+) values without a word") == len(dropped) > 0
    assert {"unknown", "31.12.1979"} & set(dropped)


def test_names_arrive_as_they_are_and_act_on_no_terminal(demo):
    names = {
        customer: demo.profiles()[customer]["standard"]["first_name"]
        for customer in ("00000003", "00000004", "00000006")
    }

    assert names == {
        "00000003": "\x1b[31mRed\x1b[0m",
        "00000004": "=1+1",
        "00000006": "Robert'); DROP TABLE customers;--",
    }
    assert "\x1b" not in demo.stdout + demo.stderr


def test_the_folder_is_a_project_to_go_on_with(demo):
    """What is named at the end must be there, the key in a file for its owner alone."""
    first, _ = demo.plans
    (home,) = re.findall(r"^  cd (\S+)", demo.stdout, re.MULTILINE)

    assert Path(home) == demo.folder.resolve()
    assert (demo.folder / "braze.key").stat().st_mode & 0o777 == 0o600
    assert "unset STOKER_STATE" in demo.stdout
    assert f"stoker show {first.id} --user 00000003" in demo.stdout


def test_the_sandbox_ends_with_the_demo(demo):
    port = demo.number(r"stoker sandbox --port (\d+) --state sandbox.json")

    with socket.socket() as probing:
        assert probing.connect_ex(("127.0.0.1", port)) != 0


def test_a_demo_that_is_told_to_end_leaves_no_process_behind(tmp_path):
    command = [*DEMO, "--customers", "250", "--folder", str(tmp_path / "shop")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    # The sandbox answers from here on.
    next(line for line in process.stderr if line.startswith("Asking"))
    children = psutil.Process(process.pid).children(recursive=True)

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)

    assert children
    assert psutil.wait_procs(children, timeout=10)[1] == []
    assert process.returncode == 2
    assert f"What there is of it is in {tmp_path / 'shop'}" in said


def test_without_a_terminal_it_tells_the_journey_instead_of_opening_the_app(tmp_path):
    """The front page's first command must say something in a pipe too."""
    command = [*DEMO[:-1], "--customers", "300", "--folder", str(tmp_path / "shop")]

    finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)

    assert finished.returncode == 0
    assert "needs a terminal for input and output, so this is the demo on the command line" in finished.stderr
    assert "Everybody is accounted for" in finished.stdout


def test_a_folder_that_holds_something_is_left_alone(tmp_path, capfd):
    (tmp_path / "mine.txt").write_text("mine")

    code = _run(["demo", "--headless", "--folder", str(tmp_path)])

    assert code == 2
    assert "the folder is not empty. Nothing was written." in capfd.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
