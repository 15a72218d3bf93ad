"""The process beside the screen: it answers many at once, explains every error, and comes and goes with the screen."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator

import pytest

from tui_app.backstage.client import Backstage, BackstageLost
from tui_app.backstage.line import BackstageError
from tui_app.backstage.questions import connection
from tui_app.backstage.questions.run import ListRuns, SteerRun, WatchRun
from tui_app.backstage.questions.source import ReadRows, Rows
from tui_app.core.errors import FixInput, Place, Usage
from tui_app.core.project import Destination, KeyReference

KEY = "00000000-1111-2222-3333-444444444444"
ENDLESS = "SELECT count(*) AS n FROM customers a, customers b, customers c, customers d, customers e"
TYPED = KeyReference("file", "another.key")


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def endless_question(silent_endpoint) -> connection.TryConnection:
    return a_test_of(silent_endpoint)


def a_test_of(endpoint: str, typed_key: str = KEY) -> connection.TryConnection:
    return connection.TryConnection(Destination("braze", endpoint, TYPED, Place("stoker.toml", 1)), typed_key)


def find_variable(name: str) -> connection.FindKey:
    return connection.FindKey(KeyReference("env", name))


async def test_the_process_starts_with_the_first_question_and_ends_with_the_screen(
    shop, backstage, process_beside, eventually
):
    assert await backstage.ask(ListRuns()) == ()

    beside = process_beside(shop.folder)
    await backstage.close()
    eventually(lambda: not beside.is_running())
    with pytest.raises(BackstageLost, match="Stoker is closing"):
        await backstage.ask(ListRuns())


async def test_every_one_of_many_questions_gets_its_own_answer(backstage):
    names = [f"STOKER_NOBODY_SETS_{number}" for number in range(200)]

    answers = await asyncio.gather(*(backstage.ask(find_variable(name)) for name in names), return_exceptions=True)

    assert [answer.message for answer in answers if isinstance(answer, FixInput)] == [
        f'API key "env:{name}": the environment variable is not set. Set it: export {name}=…' for name in names
    ]
    assert backstage.busy == 0


async def test_it_is_known_how_many_questions_are_open_and_when_none_is(backstage):
    """Tests of screens wait for it instead of sleeping."""
    asking = [asyncio.create_task(backstage.ask(ListRuns())) for _ in range(3)]
    await asyncio.sleep(0)
    assert backstage.busy == 3

    await backstage.settled()

    assert backstage.busy == 0
    assert all(each.done() for each in asking)


async def test_problems_of_the_project_file_arrive_with_their_lines(shop, backstage):
    shop.extra = '[segments.odd]\ntable = "custmers"\nall = []'
    shop.write()

    with pytest.raises(FixInput) as caught:
        await backstage.ask(ListRuns())

    file = shop.folder / "stoker.toml"
    line = file.read_text().splitlines().index('table = "custmers"') + 1
    assert Place(str(file), line) in [each.place for each in caught.value.problems if "custmers" in each.message]


async def test_a_project_file_that_was_changed_is_read_again(shop, backstage):
    with pytest.raises(Usage, match="no destination 'second'"):
        await backstage.ask(connection.ReadLedger("second"))

    shop.extra = f'[destinations.second]\nendpoint = "{shop.url}"\napi_key = "file:braze.key"'
    shop.write()

    assert (await backstage.ask(connection.ReadLedger("second"))).serial == 0


async def test_what_nobody_foresaw_is_one_sentence_and_a_log_without_values(shop, backstage, customer, logs):
    shop.customers([customer(1)])
    run = shop.begin(shop.plan())
    (run.path / "wish").mkdir()
    (run.path / "wish" / "in the way").touch()

    with pytest.raises(BackstageError) as caught:
        await backstage.ask(SteerRun(run.id, "pause"))

    log = logs / "errors.log"
    assert caught.value.message == f"Stoker met an error of its own (IsADirectoryError). Details are in {log}."
    assert "leave_wish" in log.read_text()
    assert run.id not in log.read_text()
    assert {path.stat().st_mode & 0o777 for path in logs.iterdir()} == {0o600}
    assert (await backstage.ask(WatchRun(run.id))).wish == "go_on"


async def test_a_cancelled_question_is_forgotten_and_its_thread_free(backstage, endless_question, shop):
    """Eight threads answer questions about connections; each of these would wait for minutes."""
    endless = [asyncio.create_task(backstage.ask(endless_question)) for _ in range(8)]
    await backstage.ask(ListRuns())
    for each in endless:
        each.cancel()
    await asyncio.wait(endless)

    assert backstage.busy == 0
    async with asyncio.timeout(10):
        found = await backstage.ask(a_test_of(shop.url))
    assert found.outcome == "ready"


@pytest.fixture
async def endless_query(shop, backstage, customer, process_beside, eventually) -> asyncio.Task[Rows]:
    """A question whose query has begun and would take years: 5,000 to the fifth rows."""
    shop.customers([customer(number) for number in range(5_000)])
    shop.extra = f'[queries.endless]\nsql = "{ENDLESS}"'
    shop.write()
    asking = asyncio.create_task(backstage.ask(ReadRows("endless")))
    await asyncio.to_thread(eventually, lambda: list(shop.state.glob("scratch/*/*/sources")))
    beside = process_beside(shop.folder)
    opened = beside.cpu_times().user
    # Far more than it takes from here to the query's start.
    await asyncio.to_thread(eventually, lambda: beside.cpu_times().user > opened + 0.5)
    return asking


async def test_a_cancelled_query_is_interrupted_and_the_next_question_is_answered_at_once(
    backstage, endless_query, logs
):
    """The source is lent to one question at a time. And an interruption is no error, so the log says nothing of it."""
    endless_query.cancel()

    async with asyncio.timeout(5):
        customers = await backstage.ask(ReadRows("customers", count=2))

    assert (customers.total, len(customers.rows)) == (5_000, 2)
    assert not (logs / "errors.log").exists()


async def test_a_screen_that_goes_while_a_query_runs_leaves_no_row_behind(
    shop, backstage, endless_query, process_beside
):
    beside = process_beside(shop.folder)

    async with asyncio.timeout(5):
        await backstage.close()

    assert not beside.is_running()
    assert list(shop.state.glob("scratch/*")) == []
    with pytest.raises(BackstageLost):
        await endless_query


async def test_a_killed_process_fails_what_is_open_and_comes_back_with_the_next_question(
    shop, backstage, process_beside, endless_question
):
    open_question = asyncio.create_task(backstage.ask(endless_question))
    await backstage.ask(ListRuns())

    process_beside(shop.folder).kill()

    async with asyncio.timeout(10):
        with pytest.raises(BackstageLost, match=r"signal 9.*No run is touched"):
            await open_question
        assert await backstage.ask(ListRuns()) == ()


async def test_closing_ends_the_process_whatever_it_does(shop, backstage, process_beside, endless_question, eventually):
    open_question = asyncio.create_task(backstage.ask(endless_question))
    await backstage.ask(ListRuns())
    beside = process_beside(shop.folder)

    async with asyncio.timeout(5):
        await backstage.close()
        with pytest.raises(BackstageLost, match="Stoker is closing"):
            await open_question

    assert not beside.is_running()


async def test_ctrl_c_is_for_the_screen(shop, backstage, process_beside):
    await backstage.ask(ListRuns())
    beside = process_beside(shop.folder)

    beside.send_signal(signal.SIGINT)

    assert await backstage.ask(ListRuns()) == ()
    assert process_beside(shop.folder) == beside


async def test_a_polite_end_leaves_no_row_behind_either(shop, endless_query, process_beside, eventually):
    beside = process_beside(shop.folder)

    beside.terminate()

    async with asyncio.timeout(10):
        with pytest.raises(BackstageLost, match="ended by itself"):
            await endless_query
    assert not beside.is_running()
    assert list(shop.state.glob("scratch/*")) == []


async def test_a_key_is_tested_stored_and_found_and_is_in_no_log(shop, backstage, logs, sandbox):
    with pytest.raises(FixInput, match="white space"):
        await backstage.ask(a_test_of(shop.url, f"{KEY} "))
    with pytest.raises(FixInput, match="cannot be read"):
        await backstage.ask(connection.FindKey(TYPED))
    assert (await backstage.ask(a_test_of(shop.url))).outcome == "ready"
    assert (await backstage.ask(a_test_of(shop.url, KEY[::-1]))).outcome == "key"

    await backstage.ask(connection.StoreKey(TYPED, KEY))

    await backstage.ask(connection.FindKey(TYPED))
    assert (shop.folder / "another.key").stat().st_mode & 0o777 == 0o600
    assert not any(KEY in path.read_text() for path in logs.iterdir())
    assert len(sandbox.objects()) == 0


async def test_a_destination_is_tested_before_there_is_a_project(tmp_path, sandbox):
    """The first thing that a new user does."""
    backstage = Backstage(tmp_path)

    assert (await backstage.ask(a_test_of(sandbox.url))).may_send
    await backstage.close()
