"""The ICE-lite side of one participant (RFC 8445): answers checks, knows which addresses proved themselves."""

from dataclasses import dataclass
from typing import Final

from interview_stream.sfu.wire.stun import BINDING, Address, Class, Message

_OLD_CREDENTIALS_S: Final = 10.0
# Each pair of one of the client's addresses and one of ours counts.
_MAX_ADDRESSES: Final = 64


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
        self._previous: tuple[Credentials, float] | None = None
        self._valid: dict[Address, None] = {}

    def restart(self, local: Credentials, now: float) -> None:
        """Use new local credentials; checks with the old ones stay good for a few seconds."""
        self._previous = (self.local, now + _OLD_CREDENTIALS_S)
        self.local = local

    def is_valid(self, source: Address) -> bool:
        """Whether a check with good integrity came from this address (of the newest 64)."""
        return source in self._valid

    def forget(self, source: Address) -> None:
        """This address is gone (its connection closed); the newest of the others takes over if it was in use."""
        self._valid.pop(source, None)
        if self.selected == source:
            self.selected = next(reversed(self._valid), None)

    def receive(self, data: bytes, source: Address, now: float) -> bytes | None:
        """Handle one STUN datagram: the answer to send back to `source`, or None; raises MalformedPacket.

        Nothing is answered to who does not know our password, not even an error.
        """
        message = Message.parse(data)
        if message.message_class != Class.REQUEST or message.method != BINDING:
            return None
        credentials = self._credentials_for(message.username or "", now)
        if credentials is None or not message.has_integrity(credentials.pwd.encode()):
            return None
        if message.ice_controlled is not None:
            # A lite agent is always controlled (RFC 8445 section 6.1.1): let the other side change its role.
            return self._answer(message, credentials, error=(487, "Role Conflict"))
        self._validate(source)
        # Until something is nominated any valid address will do; it saves waiting for the nomination. Afterwards the
        # latest wins: Firefox nominates aggressively, each time it finds a better pair.
        if message.use_candidate or self.selected is None:
            self.selected = source
        return self._answer(message, credentials, mapped_address=source)

    def _credentials_for(self, username: str, now: float) -> Credentials | None:
        """RFC 8445 section 7.3: only the first part of the user name is ours to check."""
        ufrag = username.partition(":")[0]
        if ufrag == self.local.ufrag:
            return self.local
        if self._previous and ufrag == self._previous[0].ufrag and now < self._previous[1]:
            return self._previous[0]
        return None

    def _validate(self, source: Address) -> None:
        """Newest last, so that the oldest go first; never the selected one."""
        self._valid.pop(source, None)
        self._valid[source] = None
        if len(self._valid) > _MAX_ADDRESSES:
            del self._valid[next(address for address in self._valid if address != self.selected)]

    @staticmethod
    def _answer(
        request: Message,
        credentials: Credentials,
        *,
        mapped_address: Address | None = None,
        error: tuple[int, str] | None = None,
    ) -> bytes:
        answer = Message(
            message_class=Class.ERROR if error else Class.SUCCESS,
            transaction_id=request.transaction_id,
            mapped_address=mapped_address,
            error=error,
        )
        return answer.serialize(credentials.pwd.encode())
