"""Which pages are told through which watcher, and how: alike pages share one, so that a change costs one for all.

Pages that were told the same in the same round, of one viewer, and now watch and show the same, are given one watcher.
What the hub and a round do is then done once for them, and only the message goes out for each. A page gets a watcher of
its own again before anything about it may differ: when its line is slow, or when it watches something else. That can be
done only between rounds, for what a round has found for a watcher is meant for all its pages.

To be called from the event loop, but for `hand_over`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from interview_stream.server.live.hub import Hub
from interview_stream.server.live.push import Push
from interview_stream.server.live.rounds import Rounds
from interview_stream.server.live.runs import Batch
from interview_stream.server.live.updates import Update, Updates
from interview_stream.server.live.watchers import Viewer, Watcher

# So many are told before the event loop turns to something else.
_AT_ONCE = 200

Told = list[tuple[Watcher, Update | None]]
"""None for a watcher whose round failed."""


@dataclass(eq=False, slots=True)
class Page:
    """One connection; `inbox` is for what a push cannot do, and never holds more than one update."""

    watcher: Watcher
    push: Push
    inbox: asyncio.Queue[Update | None] = field(default_factory=asyncio.Queue)
    parted: asyncio.Future[Watcher | None] | None = None
    """Where somebody waits for its own watcher: what it was given, still engaged; none where the others have left."""


class Pages:
    """Those of one process."""

    def __init__(self, hub: Hub, threads: int, result_bytes: int) -> None:
        self._hub = hub
        self._rounds = Rounds(hub, threads, result_bytes, self.hand_over)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._of: dict[Watcher, dict[Page, None]] = {}
        self._leaving: dict[Watcher, list[Page]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def open(self) -> None:
        self._rounds.open()

    def close(self) -> None:
        self._rounds.close()

    def add(self, watcher: Watcher, push: Push) -> Page:
        self._loop = asyncio.get_running_loop()
        page = Page(watcher, push)
        self._of[watcher] = {page: None}
        self._count += 1
        return page

    def remove(self, page: Page) -> None:
        self._count -= 1
        watcher = page.watcher
        pages = self._of[watcher]
        del pages[page]
        if not pages:
            del self._of[watcher]
            self._hub.remove(watcher)
            self._free([watcher])

    def release(self, page: Page) -> None:
        """It has taken in what was in its inbox."""
        self._free([page.watcher])

    @contextlib.asynccontextmanager
    async def own_watcher(self, page: Page) -> AsyncIterator[Watcher]:
        """One that no other page shares. Within the context nothing may be awaited; no round comes before it ends."""
        parted: Watcher | None = None
        while len(self._of[page.watcher]) > 1:
            if self._rounds.engage(page.watcher):
                shared, parted = page.watcher, self._part(page)
                self._rounds.release([shared])
            else:
                page.parted = asyncio.get_running_loop().create_future()
                self._leaving.setdefault(page.watcher, []).append(page)
                parted = await page.parted
        try:
            yield page.watcher
        finally:
            if parted is not None:
                self._rounds.release([parted])

    def hand_over(self, batches: dict[Watcher, Batch | None]) -> None:
        """From a round's thread; the server may have just stopped."""
        updates = Updates()
        told: Told = []
        untold = []
        for watcher, batch in batches.items():
            if batch is None:
                told.append((watcher, None))
            elif batch.answers:
                told.append((watcher, updates.of(batch)))
            else:
                untold.append(watcher)
        try:
            assert self._loop is not None, "clients came by it"
            self._loop.call_soon_threadsafe(self._begin_telling, told, untold)
        except RuntimeError:
            self._rounds.told()

    def give_way(self) -> None:
        """From a thread that is not the event loop's: see `Rounds`."""
        self._rounds.give_way()

    def _begin_telling(self, told: Told, untold: Sequence[Watcher]) -> None:
        self._free(untold)
        task = asyncio.ensure_future(self._tell(told))
        self._telling.add(task)
        task.add_done_callback(self._telling_ended)

    def _telling_ended(self, task: asyncio.Task[None]) -> None:
        self._telling.discard(task)
        self._rounds.told()

    async def _tell(self, told: Told) -> None:
        """Those who are told alike one after the other; they are free for the next round when all have been told."""
        alike: dict[tuple[Viewer, int], Told] = {}
        for watcher, update in told:
            alike.setdefault((watcher.viewer, id(update)), []).append((watcher, update))
        count, free = 0, list[Watcher]()
        for group in alike.values():
            done = []
            for watcher, update in group:
                pages = list(self._of.get(watcher, ()))
                is_done = True
                for start in range(0, len(pages), _AT_ONCE):
                    if count >= _AT_ONCE:
                        self._free(free)
                        count, free = 0, []
                        await asyncio.sleep(0)
                    some = pages[start : start + _AT_ONCE]
                    count += len(some)
                    is_done &= self._tell_some(some, watcher, update)
                if is_done:
                    done.append(watcher)
            free += self._joined(done) if len(done) > 1 else done
        self._free(free)

    def _tell_some(self, pages: Sequence[Page], watcher: Watcher, update: Update | None) -> bool:
        """Whether all who still share this watcher have taken it in."""
        if update is not None and not update.is_about_asker:
            frame = update.frame
            left = [page for page in pages if not page.push(frame)]
        else:
            left = list(pages)
        is_done = True
        for page in left:
            here = self._of.get(watcher, {})
            if page not in here:
                continue  # It has gone meanwhile.
            if len(here) > 1 and update is not None:
                self._part(page)
            else:
                is_done = False
            page.inbox.put_nowait(update)
        return is_done

    def _free(self, watchers: Iterable[Watcher]) -> None:
        """Between two rounds of these."""
        free = list(watchers)
        if self._leaving:
            for watcher in watchers:
                for page in self._leaving.pop(watcher, ()):
                    here = self._of.get(watcher, {})
                    own = self._part(page) if page in here and len(here) > 1 else None
                    if page.parted is not None and not page.parted.done():
                        page.parted.set_result(own)
        self._rounds.release(free)

    def _part(self, page: Page) -> Watcher:
        """Give it a watcher of its own, which is engaged as the one that it shared."""
        shared = page.watcher
        own = self._hub.add_beside(shared)
        self._rounds.engage(own)
        shared.copy_to(own)
        del self._of[shared][page]
        self._of[own] = {page: None}
        page.watcher = own
        return own

    def _joined(self, watchers: Sequence[Watcher]) -> list[Watcher]:
        """Let those that are alike share one; all of them are engaged. Returns those that are left."""
        left: list[Watcher] = []
        first: dict[object, Watcher] = {}
        for watcher in watchers:
            if watcher not in self._of:
                continue  # Its last page has gone meanwhile.
            into = first.setdefault(watcher.state(), watcher)
            if into is watcher or watcher in self._leaving or not into.stands_for(watcher):
                left.append(watcher)
            else:
                self._join(watcher, into)
        return left

    def _join(self, watcher: Watcher, into: Watcher) -> None:
        pages = self._of.pop(watcher)
        for page in pages:
            page.watcher = into
        self._of[into].update(pages)
        self._hub.remove(watcher)
        self._rounds.release([watcher])
