"""Finds the subscriptions that a write set meets without asking each of them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

from interview_stream.server.live.keys import UNKNOWN, Value
from interview_stream.server.live.sets import Condition, Image, Read, WriteSet, admits

Reader = TypeVar("Reader")
Entry = tuple[Reader, Condition]


class _TableIndex(Generic[Reader]):
    """Each entry is filed under one of its conditions, the one with the fewest values; without any, under none."""

    def __init__(self) -> None:
        self.entries: set[Entry[Reader]] = set()
        self._anywhere: set[Entry[Reader]] = set()
        self._by_value: defaultdict[tuple[int, Value], set[Entry[Reader]]] = defaultdict(set)

    def add(self, entry: Entry[Reader]) -> None:
        self.entries.add(entry)
        if not entry[1]:
            self._anywhere.add(entry)
        for place in _places(entry[1]):
            self._by_value[place].add(entry)

    def remove(self, entry: Entry[Reader]) -> None:
        self.entries.discard(entry)
        self._anywhere.discard(entry)
        for place in _places(entry[1]):
            self._by_value[place].discard(entry)
            if not self._by_value[place]:
                del self._by_value[place]

    def meeting(self, image: Image) -> Iterable[Entry[Reader]]:
        if UNKNOWN in image:
            return (entry for entry in self.entries if admits(entry[1], image))
        found = set(self._anywhere)
        for place in enumerate(image):
            found.update(entry for entry in self._by_value.get(place, ()) if admits(entry[1], image))
        return found


class Index(Generic[Reader]):
    """The reads of all settled subscriptions."""

    def __init__(self) -> None:
        self._tables: defaultdict[str, _TableIndex[Reader]] = defaultdict(_TableIndex)
        self._reads: dict[Reader, frozenset[Read]] = {}

    def put(self, reader: Reader, reads: frozenset[Read]) -> None:
        old = self._reads.get(reader, frozenset())
        if old == reads:
            return
        self._reads[reader] = reads
        for table, condition in old - reads:
            self._tables[table].remove((reader, condition))
        for table, condition in reads - old:
            self._tables[table].add((reader, condition))

    def drop(self, reader: Reader) -> None:
        self.put(reader, frozenset())
        self._reads.pop(reader, None)

    def meeting(self, writes: WriteSet) -> set[Reader]:
        if writes.tables is None:
            return set(self._reads)
        found: set[Reader] = set()
        for table, images in writes.tables.items():
            here = self._tables.get(table)
            if here is None:
                continue
            if images is None:
                found.update(reader for reader, _ in here.entries)
            else:
                for image in images:
                    found.update(reader for reader, _ in here.meeting(image))
        return found


def _places(condition: Condition) -> Iterable[tuple[int, Value]]:
    if not condition:
        return ()
    position, values = min(condition, key=lambda one: (len(one[1]), one[0]))
    return ((position, value) for value in values)
