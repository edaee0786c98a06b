"""TURN servers for clients that reach us in no other way: hides how their time-limited credentials are made."""

import base64
import hmac
from dataclasses import dataclass

from livekit.protocol.rtc import ICEServer


@dataclass(frozen=True, slots=True)
class Relays:
    """The servers, and the secret that we share with them (draft-uberti-behave-turn-rest-00, as in coturn)."""

    urls: tuple[str, ...] = ()
    secret: str = ""
    credential_s: int = 0

    def servers(self, name: str, unix_now: float) -> list[ICEServer]:
        """What a client is told; the credential is good for `credential_s` from now and for nobody's other use.

        `name` goes into the servers' logs, so that misuse can be traced to a session.
        """
        if not self.urls:
            return []
        username = f"{int(unix_now) + self.credential_s}:{name}"
        digest = hmac.digest(self.secret.encode(), username.encode(), "sha1")
        return [ICEServer(urls=self.urls, username=username, credential=base64.b64encode(digest).decode())]
