"""SRTP and SRTCP of one transport (RFC 3711, RFC 7714): hides key derivation, roll-over counters and ciphers."""

from dataclasses import dataclass
from hmac import compare_digest
from struct import Struct
from typing import Final, Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.hmac import HMAC

from interview_stream.sfu.wire.rtp import extend

T = TypeVar("T")

AEAD_AES_128_GCM: Final = "SRTP_AEAD_AES_128_GCM"
AEAD_AES_256_GCM: Final = "SRTP_AEAD_AES_256_GCM"
AES128_CM_SHA1_80: Final = "SRTP_AES128_CM_SHA1_80"

PROFILES: Final[dict[str, tuple[int, int]]] = {
    AEAD_AES_128_GCM: (16, 12),
    AEAD_AES_256_GCM: (32, 12),
    AES128_CM_SHA1_80: (16, 14),
}
"""Our profiles in order of preference, by OpenSSL's names: bytes of master key and master salt."""

_WINDOW: Final = 1024
_MAX_STREAMS: Final = 256
_ENCRYPTED: Final = 0x80000000

_SEQUENCE_AND_SSRC: Final = Struct("!xxHxxxxI")
_FIRST_SEQUENCE_AND_SSRC: Final = Struct("!BxHxxxxI")
_RTCP_SSRC: Final = Struct("!xxxxI")


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Master key and salt of one direction."""

    key: bytes
    salt: bytes


class SrtpError(Exception):
    """A packet failed authentication or cannot be protected."""


class SrtpSession:
    """Both directions of one transport; `profile` is one of `PROFILES`."""

    def __init__(self, profile: str, inbound: SrtpKeys, outbound: SrtpKeys) -> None:
        cipher = CounterModeCipher if profile == AES128_CM_SHA1_80 else GcmCipher
        for keys in (inbound, outbound):
            if (len(keys.key), len(keys.salt)) != PROFILES[profile]:
                raise ValueError(f"Keys of {profile} have {PROFILES[profile]} bytes.")
        self.profile = profile
        sender: _Cipher = cipher(session_keys(outbound), session_keys(outbound, rtcp=True))
        receiver: _Cipher = cipher(session_keys(inbound), session_keys(inbound, rtcp=True))
        self._seal_rtp, self._seal_rtcp = sender.seal_rtp, sender.seal_rtcp
        self._open_rtp, self._open_rtcp = receiver.open_rtp, receiver.open_rtcp
        self._sent: dict[int, _UsedNumbers] = {}
        self._received: dict[int, int] = {}
        self._rtcp_sent = 0
        self._rtcp_received: dict[int, _UsedNumbers] = {}

    def protect_rtp(self, header: bytes, payload: bytes) -> bytes:
        """The datagram for this packet; `header` is the whole RTP header with extensions.

        A sequence number protects one packet only, for two under one nonce give the key away: SrtpError for a second
        and for one before the first; who repeats a packet uses RTX. A stream should start below 32768.
        """
        sequence_number, ssrc = _SEQUENCE_AND_SSRC.unpack_from(header)
        used = self._sent.get(ssrc)
        if used is None:
            used = self._sent[ssrc] = _UsedNumbers(sequence_number - 1)
        index = used.highest + 1
        if index & 0xFFFF == sequence_number:  # nearly always
            used.highest = index
        else:
            index = extend(sequence_number, used.highest)
            if not used.use(index):
                raise SrtpError("An RTP sequence number would be used twice.")
        return self._seal_rtp(header, payload, ssrc, index)

    def unprotect_rtp(self, data: bytes) -> bytes:
        """The plain packet; raises SrtpError. Old packets are accepted again (browsers replay them as probes)."""
        header, payload = self.open_rtp(data)
        return header + payload

    def open_rtp(self, data: bytes) -> tuple[bytes, bytes]:
        """Like `unprotect_rtp`, in two parts: the header with extensions, and what follows."""
        size = len(data)
        if size < 12:
            raise SrtpError("An SRTP packet is shorter than its header.")
        first, sequence_number, ssrc = _FIRST_SEQUENCE_AND_SSRC.unpack_from(data)
        start = 12
        if first & 0x1F:
            start += 4 * (first & 15)
            if first & 0x10:
                start += 4
                if size >= start:
                    start += 4 * (data[start - 2] << 8 | data[start - 1])
            if size < start:
                raise SrtpError("An SRTP packet is shorter than its header.")
        highest = self._received.get(ssrc, -1)
        index = highest + 1
        if index & 0xFFFF != sequence_number:
            # The roll-over counter begins at 0 (RFC 3711 section 3.3.1) and there is none below.
            index = sequence_number if highest < 0 else extend(sequence_number, highest)
            if index < 0:
                index = sequence_number
        header = data[:start]
        plain = self._open_rtp(header, data[start:], ssrc, index)
        if index > highest:
            if highest < 0:
                _make_room(self._received)
            self._received[ssrc] = index
        return header, plain

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
            _make_room(self._rtcp_received)
            used = self._rtcp_received[ssrc] = _UsedNumbers(index - 1)
        if not used.use(index):
            raise SrtpError("An SRTCP packet came a second time.")
        return data[:8] + plain


def _make_room(streams: dict[int, T]) -> None:
    """Only authentic packets make a stream; still one client must not fill our memory with them."""
    if len(streams) >= _MAX_STREAMS:
        del streams[next(iter(streams))]


class _UsedNumbers:
    """Which numbers of a stream were used: all up to `highest`, but for the newest 1024 that were skipped."""

    __slots__ = ("_skipped", "highest")

    def __init__(self, highest: int) -> None:
        self.highest = highest
        self._skipped: set[int] = set()

    def use(self, index: int) -> bool:
        """Whether this number is used for the first time."""
        if index > self.highest:
            self._skipped.update(range(max(self.highest + 1, index - _WINDOW), index))
            self.highest = index
            if len(self._skipped) > _WINDOW:
                self._skipped = set(sorted(self._skipped)[-_WINDOW:])
            return True
        if index in self._skipped:
            self._skipped.remove(index)
            return True
        return False


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


class _Cipher(Protocol):
    """One direction. Indexes are 48 bits for RTP, 31 for RTCP; `open_rtcp` finds its own in the packet."""

    def seal_rtp(self, header: bytes, payload: bytes, ssrc: int, index: int) -> bytes: ...
    def open_rtp(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes: ...
    def seal_rtcp(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes: ...
    def open_rtcp(self, data: bytes, ssrc: int) -> tuple[bytes, int]: ...


class GcmCipher:
    """AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714)."""

    def __init__(self, rtp: SessionKeys, rtcp: SessionKeys) -> None:
        self._rtp, self._rtp_salt = AESGCM(rtp.encryption), int.from_bytes(rtp.salt, "big")
        self._rtcp, self._rtcp_salt = AESGCM(rtcp.encryption), int.from_bytes(rtcp.salt, "big")

    def seal_rtp(self, header: bytes, payload: bytes, ssrc: int, index: int) -> bytes:
        """RFC 7714 section 8: the nonce is 0, SSRC, roll-over counter and sequence number, mixed with the salt."""
        nonce = ((ssrc << 48 | index) ^ self._rtp_salt).to_bytes(12, "big")
        return header + self._rtp.encrypt(nonce, payload, header)

    def open_rtp(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes:
        nonce = ((ssrc << 48 | index) ^ self._rtp_salt).to_bytes(12, "big")
        try:
            return self._rtp.decrypt(nonce, body, header)
        except InvalidTag:
            raise SrtpError("An SRTP packet is not authentic.") from None

    def seal_rtcp(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes:
        """RFC 7714 section 9: the index, with the mark for encrypted, is authenticated and goes last."""
        nonce = ((ssrc << 48 | index) ^ self._rtcp_salt).to_bytes(12, "big")
        trailer = (index | _ENCRYPTED).to_bytes(4, "big")
        return header + self._rtcp.encrypt(nonce, body, header + trailer) + trailer

    def open_rtcp(self, data: bytes, ssrc: int) -> tuple[bytes, int]:
        trailer = data[-4:]
        index = int.from_bytes(trailer, "big") ^ _ENCRYPTED
        if index & _ENCRYPTED:
            raise SrtpError("An SRTCP packet is not encrypted.")
        nonce = ((ssrc << 48 | index) ^ self._rtcp_salt).to_bytes(12, "big")
        try:
            return self._rtcp.decrypt(nonce, data[8:-4], data[:8] + trailer), index
        except InvalidTag:
            raise SrtpError("An SRTCP packet is not authentic.") from None


class CounterModeCipher:
    """AES_CM_128_HMAC_SHA1_80 (RFC 3711 section 4)."""

    def __init__(self, rtp: SessionKeys, rtcp: SessionKeys) -> None:
        self._rtp, self._rtcp = _counter_mode(rtp.encryption), _counter_mode(rtcp.encryption)
        self._rtp_salt = int.from_bytes(rtp.salt, "big") << 16
        self._rtcp_salt = int.from_bytes(rtcp.salt, "big") << 16
        sha1 = SHA1()  # noqa: S303 - the profile's own; HMAC does not need collision resistance
        self._rtp_mac, self._rtcp_mac = HMAC(rtp.authentication, sha1), HMAC(rtcp.authentication, sha1)

    def seal_rtp(self, header: bytes, payload: bytes, ssrc: int, index: int) -> bytes:
        self._rtp.reset_nonce((ssrc << 64 ^ index << 16 ^ self._rtp_salt).to_bytes(16, "big"))
        packet = header + self._rtp.update(payload)
        return packet + _tag(self._rtp_mac, packet + (index >> 16).to_bytes(4, "big"))

    def open_rtp(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes:
        sealed = body[:-10]
        if not compare_digest(_tag(self._rtp_mac, header + sealed + (index >> 16).to_bytes(4, "big")), body[-10:]):
            raise SrtpError("An SRTP packet is not authentic.")
        self._rtp.reset_nonce((ssrc << 64 ^ index << 16 ^ self._rtp_salt).to_bytes(16, "big"))
        return self._rtp.update(sealed)

    def seal_rtcp(self, header: bytes, body: bytes, ssrc: int, index: int) -> bytes:
        self._rtcp.reset_nonce((ssrc << 64 ^ index << 16 ^ self._rtcp_salt).to_bytes(16, "big"))
        packet = header + self._rtcp.update(body) + (index | _ENCRYPTED).to_bytes(4, "big")
        return packet + _tag(self._rtcp_mac, packet)

    def open_rtcp(self, data: bytes, ssrc: int) -> tuple[bytes, int]:
        packet = data[:-10]
        index = int.from_bytes(packet[-4:], "big") ^ _ENCRYPTED
        if len(packet) < 12 or not compare_digest(_tag(self._rtcp_mac, packet), data[-10:]) or index & _ENCRYPTED:
            raise SrtpError("An SRTCP packet is not authentic.")
        self._rtcp.reset_nonce((ssrc << 64 ^ index << 16 ^ self._rtcp_salt).to_bytes(16, "big"))
        return self._rtcp.update(packet[8:-4]), index


def _counter_mode(key: bytes) -> CipherContext:
    """One context for all packets: setting its nonce anew is cheaper than making one."""
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()


def _tag(mac: HMAC, data: bytes) -> bytes:
    copy = mac.copy()
    copy.update(data)
    return copy.finalize()[:10]
