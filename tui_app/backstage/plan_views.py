"""Views of plans that stay open between questions, so that what matches a filter is searched for once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Final

from tui_app.backstage.cancellation import Cancellation
from tui_app.core.errors import Usage
from tui_app.store.plan_pages import PlanPages, Shown
from tui_app.store.plan_reading import Filter, plan_engine
from tui_app.store.plans import StoredPlan

_KEPT_VIEWS: Final = 16


class PlanViews:
    """Keeps 16 views; the oldest goes first. Safe to use from any thread."""

    def __init__(self) -> None:
        self._keys = count(1)
        self._lock = threading.Lock()
        self._views: dict[int, _View] = {}

    def open(self, stored: StoredPlan, wanted: Filter, cancellation: Cancellation) -> tuple[int, int]:
        """Search a plan. Cancelling the question ends the search.

        Args:
            stored: Verified.
            wanted: What is searched for.
            cancellation: Of the question.

        Returns:
            The key of the view, and how many customers are in it.
        """
        connection = plan_engine()
        try:
            with cancellation.interrupting(connection.interrupt):
                pages = PlanPages(stored, wanted, connection)
            cancellation.raise_if_cancelled()
        except BaseException:
            connection.close()
            raise
        with self._lock:
            key = next(self._keys)
            self._views[key] = _View(pages)
            oldest = [self._views.pop(old) for old in list(self._views)[:-_KEPT_VIEWS]]
        for view in oldest:
            view.close()
        return key, len(pages)

    def page(self, key: int, first: int, rows: int, cancellation: Cancellation) -> list[Shown]:
        """Some customers of a view.

        Raises:
            Usage: It is not open any more.
            Cancelled: Nobody waits for the page.
        """
        with self._lock:
            view = self._views.get(key)
        if view is None:
            raise _not_open()
        return view.page(first, rows, cancellation.raise_if_cancelled)


class _View:
    """One question at a time reads it."""

    def __init__(self, pages: PlanPages) -> None:
        self._pages = pages
        self._turn = threading.Lock()
        self._is_closed = False

    def page(self, first: int, rows: int, before_reading: Callable[[], None]) -> list[Shown]:
        with self._turn:
            if self._is_closed:
                raise _not_open()
            # Whoever scrolls fast has left most pages before their turn comes.
            before_reading()
            return self._pages.page(first, rows)

    def close(self) -> None:
        with self._turn:
            self._is_closed = True
            self._pages.close()


def _not_open() -> Usage:
    return Usage("This view of the plan is not open any more. Nothing was read. Open it again.")
