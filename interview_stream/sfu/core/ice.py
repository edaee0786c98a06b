"""The ICE-lite side of one participant (RFC 8445): answers checks, knows which addresses proved themselves."""

from dataclasses import dataclass

from interview_stream.sfu.wire.stun import Address


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name fragment and its password (RFC 8839 section 5.4)."""

    ufrag: str
    pwd: str


class IceAgent:
    """Answers connectivity checks and follows the latest nominated address.

    Mutate by one call, then use what it returned; it keeps no output.
    """

    def __init__(self, local: Credentials) -> None:
        self.local = local
        self.selected: Address | None = None
        """Where to send."""

    def restart(self, local: Credentials, now: float) -> None:
        """Use new local credentials; checks with the old ones stay good for a few seconds."""
        raise NotImplementedError

    def ufrags(self, now: float) -> tuple[str, ...]:
        """Local fragments under which checks are accepted now."""
        raise NotImplementedError

    def is_valid(self, source: Address) -> bool:
        """Whether a check with good integrity came from this address."""
        raise NotImplementedError

    def receive(self, data: bytes, source: Address, now: float) -> bytes | None:
        """Handle one STUN datagram: the answer to send back to `source`, or None; raises MalformedPacket."""
        raise NotImplementedError
