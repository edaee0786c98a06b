"""SRTP and SRTCP of one transport (RFC 3711, RFC 7714): hides key derivation, roll-over counters and ciphers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Master key and salt of one direction."""

    key: bytes
    salt: bytes


class SrtpError(Exception):
    """A packet failed authentication or cannot be protected."""


class SrtpSession:
    """Both directions of one transport. `profile` is OpenSSL's name: SRTP_AEAD_AES_128_GCM, …_256_GCM or SRTP_AES128_CM_SHA1_80."""

    def __init__(self, profile: str, inbound: SrtpKeys, outbound: SrtpKeys) -> None:
        raise NotImplementedError

    def protect_rtp(self, header: bytes, payload: bytes) -> bytes:
        """The datagram for this packet; `header` is the whole RTP header with extensions."""
        raise NotImplementedError

    def unprotect_rtp(self, data: bytes) -> bytes:
        """The plain packet; raises SrtpError. Old packets are accepted again (browsers replay them as probes)."""
        raise NotImplementedError

    def protect_rtcp(self, data: bytes) -> bytes:
        """The datagram for these RTCP packets."""
        raise NotImplementedError

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """The plain RTCP packets; raises SrtpError."""
        raise NotImplementedError
