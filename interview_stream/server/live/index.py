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


class _Group(Generic[Reader]):
    """Readers of the same; so a change that hundreds of pages show is looked up once."""

    def __init__(self, reads: frozenset[Read]) -> None:
        self.reads = reads
        self.readers: set[Reader] = set()


class Index(Generic[Reader]):
    """The reads of all settled subscriptions."""

    def __init__(self) -> None:
        self._tables: defaultdict[str, _TableIndex[_Group[Reader]]] = defaultdict(_TableIndex)
        self._groups: dict[frozenset[Read], _Group[Reader]] = {}
        self._group_of: dict[Reader, _Group[Reader]] = {}

    def known(self, reads: frozenset[Read]) -> frozenset[Read]:
        """An equal set that is here already, or this one."""
        group = self._groups.get(reads)
        return reads if group is None else group.reads

    def put(self, reader: Reader, reads: frozenset[Read]) -> None:
        old = self._group_of.get(reader)
        if old is not None and (old.reads is reads or old.reads == reads):
            return
        self.drop(reader)
        group = self._groups.get(reads)
        if group is None:
            group = self._groups[reads] = _Group(reads)
            for table, condition in reads:
                self._tables[table].add((group, condition))
        group.readers.add(reader)
        self._group_of[reader] = group

    def drop(self, reader: Reader) -> None:
        group = self._group_of.pop(reader, None)
        if group is None:
            return
        group.readers.discard(reader)
        if not group.readers:
            del self._groups[group.reads]
            for table, condition in group.reads:
                self._tables[table].remove((group, condition))

    def meeting(self, writes: WriteSet) -> set[Reader]:
        if writes.tables is None:
            return set(self._group_of)
        groups: set[_Group[Reader]] = set()
        for table, images in writes.tables.items():
            here = self._tables.get(table)
            if here is None:
                continue
            if images is None:
                groups.update(group for group, _ in here.entries)
            else:
                for image in images:
                    groups.update(group for group, _ in here.meeting(image))
        return set().union(*(group.readers for group in groups))


def _places(condition: Condition) -> Iterable[tuple[int, Value]]:
    if not condition:
        return ()
    position, values = min(condition, key=lambda one: (len(one[1]), one[0]))
    return ((position, value) for value in values)
