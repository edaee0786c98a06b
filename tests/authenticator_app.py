"""What an authenticator app does: codes from a secret and the time (RFC 6238), computed here and not by the product."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime


def totp(secret: str, steps_ahead: int = 0) -> str:
    """The code of now, or of a later period: servers take the next one early, for clocks that are wrong."""
    counter = int(datetime.now(UTC).timestamp()) // 30 + steps_ahead
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
