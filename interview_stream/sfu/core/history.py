"""What a participant sent reliably a short while ago, for those whose connection was being replaced meanwhile."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEPT_S: Final = 10.0
KEPT_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it went out. No identities: to everyone."""

    sequence: int
    identities: frozenset[str]
    data: bytes
    at: float


class History:
    """The newest messages of one sender, and which of its numbers was the last."""

    def __init__(self) -> None:
        self.last_sequence = 0
        self._messages: deque[Sent] = deque()
        self._size = 0

    def is_repeated(self, sequence: int) -> bool:
        """Whether a message came already; those without a number are not counted."""
        return 0 < sequence <= self.last_sequence

    def add(self, message: Sent) -> None:
        """Remember a message; the oldest give way."""
        self.last_sequence = max(self.last_sequence, message.sequence)
        self._messages.append(message)
        self._size += len(message.data)
        while self._messages and (self._size > KEPT_BYTES or message.at - self._messages[0].at > KEPT_S):
            self._size -= len(self._messages.popleft().data)

    def since(self, sequence: int, identity: str) -> Iterator[bytes]:
        """What was sent to someone after the message of this number."""
        for message in self._messages:
            if message.sequence > sequence and (not message.identities or identity in message.identities):
                yield message.data
