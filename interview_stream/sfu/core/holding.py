"""How long subscribers should hold a publisher's pictures back, so that repairs come before their picture is due.

A browser holds pictures back for the round trip of its own repairs, but it does not know of the publisher's line: what
is lost there reaches it late and without a word. It would leave pictures out, or stand still until they are whole.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

REMEMBERED_S: Final = 10.0
FEWEST: Final = 3
"""So many repairs in that time are worth a delay; a packet that is lost now and then is not."""
SHARE: Final = 0.97
"""Of the repairs come in time. At 5 % of loss one in ten is lost once more, one in a hundred twice."""
ENOUGH: Final = 30
"""So many repairs tell how long those take that are lost again; fewer tell how long one try takes."""
FRAME_S: Final = 0.04
"""The last packet of a picture is missed only when the next picture comes."""
MOST_S: Final = 0.4
STEP_S: Final = 0.02


class Holding:
    """Of one line that loses: a publisher's, or a subscription's. Call `measure` about once a second, and sooner
    when there is news: until pictures are held back they stand still."""

    __slots__ = ("_hold_s", "_late")

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=200)
        """When it was told of, and how late it was."""
        self._hold_s = 0.0

    def measure(self, lateness: Sequence[float], now: float) -> float:
        """Take in how late the repairs since the last call were; gives the delay in seconds, 0 for none.

        It rises at once, and is given up as a whole when nothing was repaired for a while: each change of it is a
        small change of speed.
        """
        self._late.extend((now, late) for late in lateness)
        while self._late and now - self._late[0][0] > REMEMBERED_S:
            self._late.popleft()
        if not self._late:
            self._hold_s = 0.0
        elif len(self._late) >= FEWEST:
            late = sorted(entry[1] for entry in self._late)
            last = late[int((len(late) - 1) * SHARE)] if len(late) >= ENOUGH else 2 * late[len(late) // 2]
            wanted = min(last + FRAME_S, MOST_S)
            steps = int(wanted / STEP_S) + 1
            self._hold_s = max(self._hold_s, steps * STEP_S)
        return self._hold_s
