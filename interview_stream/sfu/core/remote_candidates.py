"""How a client reaches us: remembers the addresses it told of, and names the kind of the one in use."""

import json
from typing import Final

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.sdp import Candidate
from interview_stream.sfu.wire.stun import Address

MAX_CANDIDATES: Final = 64
MAX_LENGTH: Final = 1024
KINDS: Final = frozenset({"host", "srflx", "prflx", "relay"})
UNTOLD: Final = "prflx"
"""The client did not tell of it: its router showed us another address, or its browser hides its own."""


class RemoteCandidates:
    """Only for the record: whether an address is good is proved by checks, never by what is told here."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, int], str] = {}

    def told(self, trickle: str) -> None:
        """The JSON of one trickle message; what cannot be read, or is too much, is ignored."""
        if len(trickle) > MAX_LENGTH:
            return
        try:
            text = json.loads(trickle).get("candidate", "")
            if not isinstance(text, str):
                return
            candidate = Candidate.parse(text)
        except (ValueError, AttributeError, RecursionError, MalformedPacket):
            return
        if candidate.type in KINDS and len(self._kinds) < MAX_CANDIDATES:
            # A client that connects over TCP cannot say from which port (RFC 6544 section 4.5 has it say 9).
            port = 0 if candidate.transport == "tcp" else candidate.port
            self._kinds[candidate.host.lower(), port] = candidate.type

    def kind_of(self, address: Address) -> str:
        """host, srflx, prflx or relay."""
        port = 0 if is_tcp(address) else int(address[1])
        return self._kinds.get((str(address[0]).lower(), port), UNTOLD)


def is_tcp(address: Address) -> bool:
    """Whether packets for this address go over a connection; see `MediaPort`."""
    number = address[-1]
    return len(address) > 2 and isinstance(number, int) and number < 0
