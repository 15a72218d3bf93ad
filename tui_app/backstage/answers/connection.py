"""Answers about destinations: keys, what Braze says about them, and what their ledgers know."""

from __future__ import annotations

from typing import Any, TypeAlias

from tui_app.backstage.desk import Desk
from tui_app.backstage.questions.connection import FindKey, LedgerNews, ReadLedger, StoreKey, TryConnection
from tui_app.backstage.questions.question import Question, UnknownQuestion
from tui_app.config.secrets import checked_key, read_key, store_key
from tui_app.core.connection import Probe
from tui_app.core.errors import Usage
from tui_app.core.plan import LedgerView
from tui_app.core.project import Destination
from tui_app.core.secret import ApiKey
from tui_app.wiring import SystemClock

_LedgerState: TypeAlias = "tuple[str, str, int]"
"""Name of the ledger, lineage, serial."""

_known_ledgers: dict[str, tuple[_LedgerState, LedgerNews]] = {}
"""Destination → the state that was looked into last: verifying a large ledger takes seconds."""


def answer(question: Question[Any], desk: Desk) -> object:
    """See `backstage.questions.connection`."""
    match question:
        case TryConnection(destination, typed_key):
            return _test(destination, typed_key, desk)
        case StoreKey(reference, typed_key):
            store_key(reference, checked_key(typed_key, reference), desk.folder)
            return None
        case FindKey(reference):
            read_key(reference, desk.folder)
            return None
        case ReadLedger(destination):
            return _read_ledger(destination, desk)
        case _:
            raise UnknownQuestion(question)


def _test(destination: Destination, typed_key: str | None, desk: Desk) -> Probe:
    if typed_key is None:
        key = read_key(destination.api_key, desk.folder)
    else:
        key = checked_key(typed_key, destination.api_key)
    return desk.cancellation.run(_probe(destination, key))


async def _probe(destination: Destination, key: ApiKey) -> Probe:
    # Not through the workplace: a destination is tested before the rest of its project is sound.
    from tui_app.braze.client import BrazeClient
    from tui_app.braze.probe import probe

    braze = BrazeClient(destination.endpoint, key)
    try:
        return await probe(braze, SystemClock(), read_names=destination.custom_attributes == "warn")
    finally:
        await braze.close()


def _read_ledger(name: str, desk: Desk) -> LedgerNews:
    workplace = desk.workplace()
    destination = workplace.project.destinations.get(name)
    if destination is None:
        raise Usage(f"There is no destination {name!r} in the project. Nothing was read.")
    ledger = workplace.ledger_of(destination)
    now = ledger.state()
    state = (ledger.name, now.lineage, now.serial)
    if name not in _known_ledgers or _known_ledgers[name][0] != state:
        view = ledger.view()
        _known_ledgers[name] = ((ledger.name, view.lineage, view.serial), _news_of(view))
    return _known_ledgers[name][1]


def _news_of(view: LedgerView) -> LedgerNews:
    import pyarrow.compute
    import pyarrow.parquet

    in_doubt = 0
    if view.doubt:
        ids = pyarrow.parquet.read_table(view.doubt, columns=["id"]).column("id")
        in_doubt = pyarrow.compute.count_distinct(ids).as_py()
    return LedgerNews(view.serial, tuple(view.columns), view.customers, in_doubt)
