"""SRTP and SRTCP of one transport (RFC 3711, RFC 7714): hides key derivation, roll-over counters and ciphers."""

from dataclasses import dataclass
from hmac import compare_digest
from struct import Struct
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.hmac import HMAC

from interview_stream.sfu.core.gcm import GcmReceiver, GcmSender
from interview_stream.sfu.core.sinks import MediaReceiver, MediaSender
from interview_stream.sfu.core.srtp_index import (
    MAX_STREAMS,
    UsedNumbers,
    guess_index,
    next_index,
    note_index,
    split,
)
from interview_stream.sfu.errors import SrtpError

AEAD_AES_128_GCM: Final = "SRTP_AEAD_AES_128_GCM"
AEAD_AES_256_GCM: Final = "SRTP_AEAD_AES_256_GCM"
AES128_CM_SHA1_80: Final = "SRTP_AES128_CM_SHA1_80"

PROFILES: Final[dict[str, tuple[int, int]]] = {
    AEAD_AES_128_GCM: (16, 12),
    AEAD_AES_256_GCM: (32, 12),
    AES128_CM_SHA1_80: (16, 14),
}
"""Our profiles in order of preference, by OpenSSL's names: bytes of master key and master salt."""

_ENCRYPTED: Final = 0x80000000

_RTCP_SSRC: Final = Struct("!xxxxI")


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Master key and salt of one direction."""

    key: bytes
    salt: bytes


class SrtpSession:
    """Both directions of one transport; `profile` is one of `PROFILES`."""

    def __init__(self, profile: str, inbound: SrtpKeys, outbound: SrtpKeys) -> None:
        for keys in (inbound, outbound):
            if (len(keys.key), len(keys.salt)) != PROFILES[profile]:
                raise ValueError(f"Keys of {profile} have {PROFILES[profile]} bytes.")
        self.profile = profile
        sent, received = session_keys(outbound), session_keys(inbound)
        sent_rtcp, received_rtcp = session_keys(outbound, rtcp=True), session_keys(inbound, rtcp=True)
        self.sender: MediaSender
        self.receiver: MediaReceiver
        sealing: _ControlCipher
        opening: _ControlCipher
        if profile == AES128_CM_SHA1_80:
            self.sender, self.receiver = CounterModeSender(sent), CounterModeReceiver(received)
            sealing, opening = CounterModeControl(sent_rtcp), CounterModeControl(received_rtcp)
        else:
            self.sender = GcmSender(sent.encryption, sent.salt)
            self.receiver = GcmReceiver(received.encryption, received.salt)
            sealing, opening = GcmControl(sent_rtcp), GcmControl(received_rtcp)
        self._seal_rtcp, self._open_rtcp = sealing.seal, opening.open
        self._rtcp_sent = 0
        self._rtcp_received: dict[int, UsedNumbers] = {}

    def unprotect_rtp(self, data: bytes) -> bytes:
        """The plain packet in one piece; raises SrtpError."""
        header, payload = self.receiver.open(data)
        return header + payload

    def protect_rtcp(self, data: bytes) -> bytes:
        """The datagram for these RTCP packets."""
        (ssrc,) = _RTCP_SSRC.unpack_from(data)
        self._rtcp_sent += 1
        return self._seal_rtcp(data[:8], data[8:], ssrc, self._rtcp_sent)

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """The plain RTCP packets; raises SrtpError, also for a replay."""
        if len(data) < 12:
            raise SrtpError("An SRTCP packet is shorter than its header.")
        (ssrc,) = _RTCP_SSRC.unpack_from(data)
        plain, index = self._open_rtcp(data, ssrc)
        used = self._rtcp_received.get(ssrc)
        if used is None:
            if len(self._rtcp_received) >= MAX_STREAMS:
                del self._rtcp_received[next(iter(self._rtcp_received))]
            used = self._rtcp_received[ssrc] = UsedNumbers(index - 1)
        if not used.use(index):
            raise SrtpError("An SRTCP packet came a second time.")
        return data[:8] + plain


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """What is derived from one direction's master key, for RTP or for RTCP."""

    encryption: bytes
    authentication: bytes
    salt: bytes


def session_keys(keys: SrtpKeys, *, rtcp: bool = False) -> SessionKeys:
    """RFC 3711 section 4.3 with a key derivation rate of 0; a salt of 12 bytes is filled up (RFC 7714 section 11)."""
    salt = int.from_bytes(keys.salt.ljust(14, b"\0"), "big")
    first = 3 if rtcp else 0

    def derive(label: int, size: int) -> bytes:
        start = (salt ^ label << 48) << 16
        return Cipher(algorithms.AES(keys.key), modes.CTR(start.to_bytes(16, "big"))).encryptor().update(bytes(size))

    return SessionKeys(derive(first, len(keys.key)), derive(first + 1, 20), derive(first + 2, len(keys.salt)))


class _ControlCipher(Protocol):
    """RTCP in one direction. Indexes have 31 bits; `open` finds its own in the packet."""

    def seal(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes: ...
    def open(self, data: bytes, ssrc: int) -> tuple[bytes, int]: ...


class GcmControl:
    """AEAD_AES_128_GCM and AEAD_AES_256_GCM for RTCP (RFC 7714)."""

    def __init__(self, keys: SessionKeys) -> None:
        self._cipher, self._salt = AESGCM(keys.encryption), int.from_bytes(keys.salt, "big")

    def seal(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes:
        """RFC 7714 section 9: the index, with the mark for encrypted, is authenticated and goes last."""
        nonce = ((ssrc << 48 | index) ^ self._salt).to_bytes(12, "big")
        trailer = (index | _ENCRYPTED).to_bytes(4, "big")
        return header + self._cipher.encrypt(nonce, body, header + trailer) + trailer

    def open(self, data: bytes, ssrc: int) -> tuple[bytes, int]:
        trailer = data[-4:]
        index = int.from_bytes(trailer, "big") ^ _ENCRYPTED
        if index & _ENCRYPTED:
            raise SrtpError("An SRTCP packet is not encrypted.")
        nonce = ((ssrc << 48 | index) ^ self._salt).to_bytes(12, "big")
        try:
            return self._cipher.decrypt(nonce, data[8:-4], data[:8] + trailer), index
        except InvalidTag:
            raise SrtpError("An SRTCP packet is not authentic.") from None


class _CounterMode:
    """AES_CM_128_HMAC_SHA1_80 (RFC 3711 section 4)."""

    def __init__(self, keys: SessionKeys) -> None:
        # One context for all packets: setting its nonce anew is cheaper than making one.
        self._cipher = Cipher(algorithms.AES(keys.encryption), modes.CTR(bytes(16))).encryptor()
        self._salt = int.from_bytes(keys.salt, "big") << 16
        # SHA-1 is the profile's own; HMAC does not need collision resistance.
        self._mac = HMAC(keys.authentication, SHA1())  # noqa: S303

    def crypt(self, data: bytes, ssrc: int, index: int) -> bytes:
        """Encrypt, or decrypt what was encrypted."""
        self._cipher.reset_nonce((ssrc << 64 ^ index << 16 ^ self._salt).to_bytes(16, "big"))
        return self._cipher.update(data)

    def tag(self, data: bytes) -> bytes:
        mac = self._mac.copy()
        mac.update(data)
        return mac.finalize()[:10]


class CounterModeSender:
    """A `MediaSender`; the tag is over the packet and the roll-over counter."""

    def __init__(self, keys: SessionKeys) -> None:
        self._cipher = _CounterMode(keys)
        self._streams: dict[int, UsedNumbers] = {}

    def protect(self, header: bytes, payload: bytes) -> bytes:
        """See `MediaSender`."""
        ssrc, index = next_index(self._streams, header)
        packet = header + self._cipher.crypt(payload, ssrc, index)
        return packet + self._cipher.tag(packet + (index >> 16).to_bytes(4, "big"))


class CounterModeReceiver:
    """A `MediaReceiver`."""

    def __init__(self, keys: SessionKeys) -> None:
        self._cipher = _CounterMode(keys)
        self.streams: dict[int, int] = {}

    def open(self, data: bytes) -> tuple[bytes, bytes]:
        """See `MediaReceiver`."""
        header, body = split(data)
        ssrc, index = guess_index(self.streams, header)
        sealed = body[:-10]
        if not compare_digest(self._cipher.tag(header + sealed + (index >> 16).to_bytes(4, "big")), body[-10:]):
            raise SrtpError("An SRTP packet is not authentic.")
        note_index(self.streams, ssrc, index)
        return header, self._cipher.crypt(sealed, ssrc, index)


class CounterModeControl:
    """RTCP in one direction."""

    def __init__(self, keys: SessionKeys) -> None:
        self._cipher = _CounterMode(keys)

    def seal(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes:
        packet = header + self._cipher.crypt(body, ssrc, index) + (index | _ENCRYPTED).to_bytes(4, "big")
        return packet + self._cipher.tag(packet)

    def open(self, data: bytes, ssrc: int) -> tuple[bytes, int]:
        packet = data[:-10]
        index = int.from_bytes(packet[-4:], "big") ^ _ENCRYPTED
        if len(packet) < 12 or not compare_digest(self._cipher.tag(packet), data[-10:]) or index & _ENCRYPTED:
            raise SrtpError("An SRTCP packet is not authentic.")
        return self._cipher.crypt(packet[8:-4], ssrc, index), index
