"""Which media process each room lives on: the rules. Knows neither network nor clock.

What the processes report is the truth, so a router that was killed learns from them where rooms are. A room that was
placed and is not reported yet counts for a while; one that a living process holds is never placed on another.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

GRACE_S = 10.0
"""How long a room that nobody reports keeps its place after it was last asked for: somebody is on the way there."""
ORPHAN_S = 120.0
"""How long the people of a process that died are let in elsewhere beyond its limit."""
MAX_PLACES = 100_000
LOBBY = "~"
"""Between the name of a room and what tells the lobbies before it apart: `room~…`."""


class State(StrEnum):
    UNKNOWN = "not asked yet"
    """It may hold rooms."""
    UP = "ok"
    SILENT = "not answering"
    """It may hold rooms still; the supervisor ends it if that lasts."""
    DOWN = "down"
    """Nobody listens at its port: it holds nothing."""


class NoNodeError(Exception):
    """No media process can take the room now; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a process says of itself."""

    instance: str
    """Another one after each start."""
    participants: int
    rooms: Collection[str]
    drain_left_s: float | None
    """None while it is not being emptied."""


@dataclass
class NodeView:
    """What is known of one process."""

    name: str
    state: State = State.UNKNOWN
    instance: str = ""
    participants: int = 0
    rooms: set[str] = field(default_factory=set)
    drain_left_s: float | None = None

    @property
    def is_draining(self) -> bool:
        return self.drain_left_s is not None


@dataclass
class _Place:
    node: str
    used_at: float
    moved_at: float
    """A report that was asked for before knows nothing of it."""


class Placement:
    """All processes, by name, and the place of each room. Times are of one monotonic clock."""

    def __init__(self, names: Sequence[str], limit: int) -> None:
        """From `limit` participants on (0: never) a process gets no new rooms."""
        self.nodes = {name: NodeView(name) for name in names}
        self._limit = limit
        self._places: dict[str, _Place] = {}
        self._orphans: dict[str, float] = {}

    # What the processes say.

    def heard(self, name: str, report: Report, asked_at: float) -> None:
        """An answer to what was asked at that time."""
        node = self.nodes[name]
        is_new = node.instance not in ("", report.instance)
        node.state, node.instance = State.UP, report.instance
        node.participants, node.drain_left_s = report.participants, report.drain_left_s
        node.rooms = set(report.rooms)
        for room in report.rooms:
            place = self._places.get(room)
            if place is None or (place.node != name and place.moved_at < asked_at):
                self._places[room] = _Place(name, asked_at, asked_at)
        for room, place in list(self._places.items()):
            if place.node != name or room in node.rooms or place.moved_at >= asked_at:
                continue
            if is_new and place.used_at < asked_at:
                self._orphan(room, asked_at)
            if is_new or node.is_draining or place.used_at + GRACE_S < asked_at:
                del self._places[room]

    def silent(self, name: str) -> None:
        """It did not answer in time."""
        node = self.nodes[name]
        if node.state is not State.UNKNOWN:
            node.state = State.SILENT

    def down(self, name: str, now: float) -> None:
        """Nobody listens there: its rooms are lost, and placed anew when somebody asks for them."""
        node = self.nodes[name]
        node.state, node.drain_left_s = State.DOWN, None
        node.participants, node.rooms = 0, set()
        for room, place in list(self._places.items()):
            if place.node == name:
                self._orphan(room, now)
                del self._places[room]

    # Where rooms are.

    def find(self, room: str, now: float) -> str | None:
        """The process that has the room, or will have it; None if it has no place."""
        place = self._places.get(room)
        if place is None:
            return None
        place.used_at = now
        return place.node

    def place(self, room: str, now: float) -> str:
        """The room's process, chosen now if it has none; raises NoNodeError."""
        known = self.find(room, now)
        if known is not None:
            return known
        if any(node.state is State.UNKNOWN for node in self.nodes.values()):
            raise NoNodeError("the media engine is starting; try again in a moment")
        if len(self._places) >= MAX_PLACES:
            raise NoNodeError("there are too many rooms")
        is_beyond_limit = now - self._orphans.get(room, -ORPHAN_S) < ORPHAN_S
        name = self._near(room, is_beyond_limit=is_beyond_limit) or self.choose(is_beyond_limit=is_beyond_limit)
        self.put(room, name, now)
        return name

    def choose(self, *, without: str = "", is_beyond_limit: bool = False) -> str:
        """The process with the fewest people that takes new rooms; raises NoNodeError."""
        up = [node for node in self.nodes.values() if node.state is State.UP and node.name != without]
        open_ones = [node for node in up if not node.is_draining]
        if not open_ones:
            raise NoNodeError("no media process takes new rooms now; try again in a moment")
        found = [node for node in open_ones if is_beyond_limit or not self._is_full(node)]
        if not found:
            raise NoNodeError("the media engine is full; try again later")
        return min(found, key=lambda node: (self._load(node), len(node.rooms))).name

    def put(self, room: str, name: str, now: float) -> None:
        """The room is there from now on."""
        self._places[room] = _Place(name, now, now)
        self._orphans.pop(room, None)

    def forget(self, room: str, now: float) -> None:
        """The room left its process; its people will ask for it."""
        self._places.pop(room, None)
        self._orphan(room, now)

    def any_up(self) -> str:
        """A process that can say that it does not know something; raises NoNodeError."""
        for node in self.nodes.values():
            if node.state is State.UP:
                return node.name
        raise NoNodeError("the media engine is not running; try again in a moment")

    def _near(self, room: str, *, is_beyond_limit: bool) -> str | None:
        """The process of the room that a lobby is before, or of a lobby before this room, if it takes new rooms.

        Whoever waits is moved into the room with their transport, which no other process can take over.
        """
        base = room.partition(LOBBY)[0]
        for other, place in self._places.items():
            if other.partition(LOBBY)[0] == base:
                node = self.nodes[place.node]
                is_open = node.state is State.UP and not node.is_draining
                if is_open and (is_beyond_limit or not self._is_full(node)):
                    return place.node
        return None

    def _is_full(self, node: NodeView) -> bool:
        return 0 < self._limit <= self._load(node)

    def _load(self, node: NodeView) -> int:
        """People, and one for each room that nobody has entered yet."""
        expected = sum(place.node == node.name and room not in node.rooms for room, place in self._places.items())
        return node.participants + expected

    def _orphan(self, room: str, now: float) -> None:
        self._orphans[room] = now
        for old in [room for room, since in self._orphans.items() if now - since >= ORPHAN_S]:
            del self._orphans[old]
