"""What a mapping would do: names that Braze takes for something else, and values that would not be sent."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow as pa
import pytest

from tui_app.backstage.answers.mapping import answer
from tui_app.backstage.answers.workspace_names import KnownNames, WorkspaceNames
from tui_app.backstage.cancellation import Cancellation, Cancelled
from tui_app.backstage.client import Backstage
from tui_app.backstage.desk import Desk, Office
from tui_app.backstage.questions.mapping import CountWithheldValues, FindNameWarnings
from tui_app.core.errors import FixInput, Usage
from tui_app.core.secret import ApiKey

KEY = ApiKey("00000000-1111-2222-3333-444444444444")


class HandClock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def epoch_seconds(self) -> float:
        return self.seconds

    def monotonic_seconds(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@pytest.fixture
def ask(shop) -> Iterator[Callable[..., object]]:
    """Answers a question about the shop, over sources that stay open."""
    office = Office(shop.folder)
    yield lambda question: answer(question, Desk(office))
    office.close()


class Directory:
    """A workspace that lists its names, counts how often it is asked, and can be slow about it."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.lookups = 0
        self.was_asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        directory = self

        class Lookup(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                directory.lookups += 1
                directory.was_asked.set()
                directory.may_answer.wait(10)
                body = json.dumps({"attributes": [{"name": name} for name in directory.names]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the library
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Lookup)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def directory() -> Iterator[Directory]:
    """A workspace with no names yet."""
    opened = Directory()
    yield opened
    opened.may_answer.set()
    opened.server.shutdown()
    opened.server.server_close()


def test_names_are_judged_beside_the_workspace_the_ledger_and_the_campaigns(ask, shop, sandbox, customer):
    """One name that only looks different splits an attribute in two, and Braze never complains."""
    shop.attributes = {"Birthdate": '"name"', "shoe_size": '"points"', "tier": '"tier"', "Loyalty Tier": '"tier"'}
    shop.extra = '[campaigns."Shoe Size"]\ntable = "customers"\ntemplate = "profile"\ninclude = ["everybody"]'
    shop.write()
    sandbox.know("Tier")
    shop.customers([customer(1)])

    found = ask(FindNameWarnings("profile", ask_again=True))

    assert found.workspace_names == ("Tier",)
    assert found.workspace_message is None
    by_subject = {warning.subject: (warning.code, warning.fix.to) for warning in found.warnings}
    assert by_subject["Birthdate"] == ("duplicate_of_standard", "dob")
    assert by_subject["tier"] == ("near_duplicate", "Tier")
    assert by_subject["Shoe Size"][0] == "near_duplicate"
    assert "Loyalty Tier" not in by_subject


def test_names_that_were_sent_before_count_as_known(ask, shop, customer):
    shop.destination = {"quiet_period_seconds": "0", "custom_attributes": '"off"'}
    shop.write()
    shop.customers([customer(1)])
    assert ask(FindNameWarnings("profile")).warnings == ()

    for name in ("tier", "size"):
        shop.attributes = {name: '"tier"'}
        shop.write()
        shop.sync()
        shop.attributes = {name.title(): '"tier"'}
        shop.write()
        (warning,) = ask(FindNameWarnings("profile")).warnings
        assert (warning.code, warning.fix.to) == ("near_duplicate", name)


def test_the_workspace_is_not_asked_where_that_is_off(ask, shop, directory):
    directory.names = ("Tier",)
    shop.url = directory.url
    shop.write()
    assert ask(FindNameWarnings("profile")).workspace_names == ("Tier",)

    shop.destination = {"custom_attributes": '"off"'}
    shop.write()
    found = ask(FindNameWarnings("profile", ask_again=True))

    assert (found.workspace_names, found.workspace_message, found.warnings) == ((), None, ())
    assert directory.lookups == 1


def test_without_a_key_the_rest_is_still_judged(ask, shop):
    shop.attributes = {"Birthdate": '"name"'}
    shop.write()
    (shop.folder / "braze.key").unlink()

    found = ask(FindNameWarnings("profile", ask_again=True))

    assert "braze.key" in found.workspace_message
    assert [warning.code for warning in found.warnings] == ["duplicate_of_standard"]


def test_with_a_key_that_may_not_list_names_the_rest_is_still_judged(ask, shop):
    shop.attributes = {"Birthdate": '"name"'}
    shop.write()
    key = shop.folder / "braze.key"
    key.write_text("99999999-1111-2222-3333-444444444444", encoding="ascii")

    found = ask(FindNameWarnings("profile", ask_again=True))

    assert "could not be read" in found.workspace_message
    assert "9999" not in found.workspace_message
    assert [warning.code for warning in found.warnings] == ["duplicate_of_standard"]


def test_an_unreachable_braze_is_a_message_and_no_failure(ask, shop):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        shop.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    shop.write()

    assert "cannot be reached" in ask(FindNameWarnings("profile")).workspace_message


def test_an_unknown_template_is_a_wrong_question(ask):
    for question in (FindNameWarnings("profle"), CountWithheldValues("profle", "customers")):
        with pytest.raises(Usage, match="no template 'profle'"):
            ask(question)


def test_a_workspace_is_asked_once_a_minute(directory):
    """Braze lets a key list names 1,000 times an hour, and a mapping is judged at every key press."""
    clock = HandClock()
    names = WorkspaceNames(clock)

    def names_now(*, ask_again: bool = False) -> tuple[str, ...]:
        return names.of(directory.url, KEY, Cancellation(), ask_again=ask_again).names

    assert names_now() == ()
    directory.names = ("tier",)
    clock.seconds += 59
    assert names_now() == ()
    clock.seconds += 2
    assert names_now() == ("tier",)
    directory.names = ("size",)
    clock.seconds += 1
    assert names_now() == ("tier",)
    assert names_now(ask_again=True) == ("size",)
    assert directory.lookups == 3


def test_another_key_is_asked_at_once(sandbox):
    """It may belong to another workspace."""
    names = WorkspaceNames(HandClock())
    refused = names.of(sandbox.url, ApiKey("99999999-1111-2222-3333-444444444444"), Cancellation(), ask_again=False)

    assert refused.message is not None
    assert names.of(sandbox.url, KEY, Cancellation(), ask_again=False).message is None


def test_who_comes_while_a_workspace_is_asked_shares_its_answer_or_leaves(directory):
    """Stale questions must not keep the next ones waiting, nor ask Braze once more each."""
    names = WorkspaceNames(HandClock())
    directory.names = ("tier",)
    directory.may_answer.clear()
    left = Cancellation()
    left.cancel()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(names.of, directory.url, KEY, Cancellation(), ask_again=True)
        assert directory.was_asked.wait(10)
        second = threads.submit(names.of, directory.url, KEY, Cancellation(), ask_again=False)
        with pytest.raises(Cancelled):
            names.of(directory.url, KEY, left, ask_again=False)
        directory.may_answer.set()

        assert first.result(10) == second.result(10) == KnownNames(("tier",))
    left.finish()
    assert directory.lookups == 1


TROUBLED = pa.schema(
    {"id": pa.string(), "name": pa.string(), "country": pa.string(), "born": pa.string(), "score": pa.float64()}
)


@pytest.fixture
def troubled_shop(shop):
    """Values and identifiers with everything that can be wrong with them, among sound ones."""
    shop.attributes = {
        "first_name": '"name"',
        "country": '"country"',
        "dob": '"born"',
        "score": '{ column = "score", type = "integer" }',
    }
    shop.write()
    sound = {"name": "Ann", "country": "DE", "born": "2000-01-31", "score": 1.0}
    rows = [{**sound, "id": f"c{number}"} for number in range(50)]
    rows += [{**sound, "id": id_} for id_ in (None, "", "  ", "null", "a\x07b", "x" * 1_000, "c1", "c1", "c2")]
    rows += [
        {**sound, "id": "v1", "country": "Atlantis"},
        {**sound, "id": "v2", "country": "Mordor", "born": "yesterday"},
        {**sound, "id": "v3", "score": 1.5},
        {**sound, "id": "v4", "score": float("nan"), "name": "x" * 300},
        {**sound, "id": "v5", "name": None, "country": "", "born": None, "score": None},
        {**sound, "id": None, "country": "Atlantis"},
        {**sound, "id": "c2", "country": "Atlantis"},
    ]
    shop.customers(rows, TROUBLED)
    return shop


def test_what_is_withheld_is_what_a_first_plan_would_withhold(ask, troubled_shop):
    """Beside the mapping stands what the preview will say, with the same example."""
    counted = ask(CountWithheldValues("profile", "customers"))

    assert counted == troubled_shop.plan("profiles").plan.reasons
    by_reason = {(each.code, each.attribute): (each.count, each.example) for each in counted}
    assert by_reason[("unknown_country", "country")] == (2, "Atlantis")
    assert by_reason[("not_a_date", "dob")] == (1, "yesterday")
    assert by_reason[("id_missing", None)] == (2, None)
    assert by_reason[("id_twice", None)] == (2, "c1")


def test_the_exact_text_of_a_csv_cell_is_judged(ask, shop):
    """Braze keeps no date of the year 9999, but what is sent as a string is only a text that looks like one."""
    people = "id,expires\n7,9999-12-31\n8,2026-01-31\n8,2026-01-31\n"
    (shop.folder / "people.csv").write_text(people, encoding="utf-8")
    shop.attributes = {"expires": '{ column = "expires", type = "string" }'}
    shop.extra = '[orchestrations.people]\nquery = "people"\ntemplate = "profile"'
    shop.write()
    project = shop.folder / "stoker.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("[destinations", 'people = "people.csv"\n[destinations', 1), encoding="utf-8")

    (only,) = ask(CountWithheldValues("profile", "people"))

    assert (only.code, only.attribute, only.count, only.example) == ("id_twice", None, 1, "8")
    assert (only,) == shop.plan("people").plan.reasons


def test_nothing_is_left_behind_after_counting(ask, troubled_shop):
    """The withheld rows are customer data, and the source stays open."""
    first = ask(CountWithheldValues("profile", "customers"))
    scratch = sorted(path for path in troubled_shop.state.rglob("*") if path.is_file())

    assert ask(CountWithheldValues("profile", "customers")) == first
    assert sorted(path for path in troubled_shop.state.rglob("*") if path.is_file()) == scratch == []


def test_a_mapping_that_does_not_fit_says_what_and_where(ask, shop, customer):
    shop.attributes = {"first_name": '"nam"', "dob": '"is_member"'}
    shop.write()
    shop.customers([customer(1)])

    with pytest.raises(FixInput) as raised:
        ask(CountWithheldValues("profile", "customers"))

    assert [problem.code for problem in raised.value.problems] == ["unknown_column", "mapping_mismatch"]
    assert all(problem.place is not None for problem in raised.value.problems)


async def test_a_screen_is_answered_by_the_process_beside_it(backstage: Backstage, troubled_shop):
    counted = await backstage.ask(CountWithheldValues("profile", "customers"))
    found = await backstage.ask(FindNameWarnings("profile"))

    assert counted == troubled_shop.plan("profiles").plan.reasons
    assert (found.warnings, found.workspace_message) == ((), None)
