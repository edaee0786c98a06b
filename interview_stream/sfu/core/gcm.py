"""AEAD_AES_128_GCM and AEAD_AES_256_GCM for media (RFC 7714): hides nonces, indexes and the cipher.

Written twice with one meaning and one set of tests: here, and in gcm.c.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from interview_stream.sfu.core.srtp_index import UsedNumbers, guess_index, next_index, note_index, split
from interview_stream.sfu.errors import SrtpError


def _with_keys(key: bytes, salt: bytes) -> tuple[AESGCM, int]:
    if len(key) not in (16, 32) or len(salt) != 12:
        raise ValueError("A key has 16 or 32 bytes and a salt 12.")
    return AESGCM(key), int.from_bytes(salt, "big")


class GcmSender:
    """A `MediaSender`; key and salt are the session's own (RFC 3711 section 4.3)."""

    __slots__ = ("_cipher", "_salt", "_streams")

    def __init__(self, key: bytes, salt: bytes) -> None:
        self._cipher, self._salt = _with_keys(key, salt)
        self._streams: dict[int, UsedNumbers] = {}

    def protect(self, header: bytes, payload: bytes) -> bytes:
        """Section 8.1: the nonce is 0, SSRC, roll-over counter and sequence number, mixed with the salt."""
        ssrc, index = next_index(self._streams, header)
        nonce = ((ssrc << 48 | index) ^ self._salt).to_bytes(12, "big")
        return header + self._cipher.encrypt(nonce, payload, header)


class GcmReceiver:
    """A `MediaReceiver`; key and salt are the session's own."""

    __slots__ = ("_cipher", "_salt", "streams")

    def __init__(self, key: bytes, salt: bytes) -> None:
        self._cipher, self._salt = _with_keys(key, salt)
        self.streams: dict[int, int] = {}
        """The highest index of each SSRC."""

    def open(self, data: bytes) -> tuple[bytes, bytes]:
        """See `MediaReceiver`."""
        header, body = split(data)
        ssrc, index = guess_index(self.streams, header)
        nonce = ((ssrc << 48 | index) ^ self._salt).to_bytes(12, "big")
        try:
            payload = self._cipher.decrypt(nonce, body, header)
        except InvalidTag:
            raise SrtpError("An SRTP packet is not authentic.") from None
        note_index(self.streams, ssrc, index)
        return header, payload
