"""Pages of a long table: fetched when they are looked at, the newest wish first; a few are kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final, Protocol, TypeAlias

from tui_app.core.errors import StokerError
from tui_app.tui.widgets.table_columns import Row

Fetch: TypeAlias = Callable[[int, int], Awaitable[Sequence[Row]]]
"""First row (from 0) and how many → these rows, fewer only at the end. StokerError: why they cannot be read."""

_MOST_PAGES: Final = 64
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 0.2


class Cancellable(Protocol):
    """Work that goes on beside the screen, such as Textual's Worker."""

    def cancel(self) -> object:
        """End it; what it has not done is not done."""


class PageWatcher(Protocol):
    """Who looks at the pages."""

    def begin_loading(self, load: Callable[[], Coroutine[Any, Any, None]]) -> Cancellable:
        """Let `load` run beside the screen."""

    def page_arrived(self, first_row: int, rows: int) -> None:
        """These rows can be shown."""

    def page_failed(self, error: StokerError) -> None:
        """A page cannot be read; `Pages.retry` tries again."""


class Pages:
    """The rows of one table.

    One page is fetched at a time. One that is scrolled past before it is there is given up; when that happens again and
    again, because a key is held or the scroll bar dragged, fetching waits a little for where the scrolling ends.

    Args:
        fetch: Where rows come from.
        total_rows: How many there are, from 0.
        page_rows: Rows of a page.
        watcher: Who is told.
    """

    def __init__(self, fetch: Fetch, total_rows: int, page_rows: int, watcher: PageWatcher) -> None:
        self.total_rows = total_rows
        self._fetch = fetch
        self._page_rows = page_rows
        self._watcher = watcher
        self._kept: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._failed: set[int] = set()
        self._wanted: tuple[int, ...] = ()
        self._loading: Cancellable | None = None
        self._fetching: int | None = None
        self._pause_seconds = 0.0

    @property
    def has_failed(self) -> bool:
        """Whether a page could not be read."""
        return bool(self._failed)

    def row(self, index: int) -> Row | None:
        """A row that is there; None if it is on its way, could not be read, or does not exist."""
        page, offset = divmod(index, self._page_rows)
        rows = self._kept.get(page, ())
        return rows[offset] if offset < len(rows) else None

    def is_failed(self, index: int) -> bool:
        """Whether a row could not be read."""
        return index // self._page_rows in self._failed

    def look_at(self, first_row: int, last_row: int) -> None:
        """Say which rows are on the screen; they are fetched first, then a screen before and after them."""
        height = last_row - first_row + 1
        on_screen = self._pages_of(first_row, last_row)
        nearby = self._pages_of(first_row - height, last_row + height)
        self._wanted = (*on_screen, *(page for page in nearby if page not in on_screen))
        for page in reversed(self._wanted):
            if page in self._kept:
                self._kept.move_to_end(page)
        if self._fetching is not None and self._fetching not in self._wanted:
            self.close()
            self._pause_seconds = min(max(2 * self._pause_seconds, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
        if self._loading is None and self._next_page() is not None:
            self._loading = self._watcher.begin_loading(self._load)

    def retry(self) -> None:
        """Forget what failed, so that it is fetched when it is looked at."""
        self._failed.clear()

    def close(self) -> None:
        """Give up what is being fetched."""
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self._fetching = None

    async def _load(self) -> None:
        """Fetch what is wanted, one page after the other, until all is there."""
        if self._pause_seconds:
            await asyncio.sleep(self._pause_seconds)
        while (page := self._next_page()) is not None:
            self._fetching = page
            first_row = page * self._page_rows
            count = min(self._page_rows, self.total_rows - first_row)
            try:
                rows = await self._fetch(first_row, count)
            except StokerError as error:
                self._failed.add(page)
                self._watcher.page_failed(error)
            else:
                self._keep(page, rows)
                self._pause_seconds = 0.0
                self._watcher.page_arrived(first_row, len(rows))
        self._loading = self._fetching = None

    def _keep(self, page: int, rows: Sequence[Row]) -> None:
        self._kept[page] = rows
        while len(self._kept) > max(_MOST_PAGES, len(self._wanted)):
            self._kept.popitem(last=False)

    def _next_page(self) -> int | None:
        return next((page for page in self._wanted if page not in self._kept and page not in self._failed), None)

    def _pages_of(self, first_row: int, last_row: int) -> range:
        if not self.total_rows:
            return range(0)
        first_row, last_row = max(first_row, 0), min(last_row, self.total_rows - 1)
        return range(first_row // self._page_rows, last_row // self._page_rows + 1)
