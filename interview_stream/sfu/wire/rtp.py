"""RTP packets and header extensions (RFC 3550, RFC 8285), and arithmetic of numbers that wrap."""

from collections.abc import Mapping
from typing import Self


class RtpPacket:
    """One parsed packet; made once per packet received and shared by all who forward it, so do not change it."""

    __slots__ = (
        "_extension_profile",
        "extension_block",
        "marker",
        "padding_size",
        "payload",
        "payload_type",
        "sequence_number",
        "ssrc",
        "timestamp",
    )

    marker: bool
    payload_type: int
    sequence_number: int
    timestamp: int
    ssrc: int
    payload: bytes
    """Without padding; empty for padding-only packets (probes)."""
    padding_size: int
    extension_block: bytes
    """The elements of the header extension, still encoded; empty if there is none."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a decrypted packet; raises MalformedPacket."""
        raise NotImplementedError

    def extension(self, id_: int) -> bytes | None:
        """The value of the header extension with this id, in one-byte or two-byte form; None if absent or broken."""
        raise NotImplementedError


def serialize_header(
    payload_type: int, sequence_number: int, timestamp: int, ssrc: int, *, marker: bool = False, extensions: bytes = b""
) -> bytes:
    """A header of version 2 without CSRCs; `extensions` comes from `serialize_extensions`."""
    raise NotImplementedError


def serialize_extensions(values: Mapping[int, bytes]) -> bytes:
    """The whole extension part of a header, one-byte form where it fits; empty for no values."""
    raise NotImplementedError


def seq_diff(a: int, b: int) -> int:
    """a - b for 16-bit sequence numbers, the short way round: from -32768 to 32767."""
    raise NotImplementedError


def timestamp_diff(a: int, b: int) -> int:
    """a - b for 32-bit timestamps, the short way round."""
    raise NotImplementedError


def extend(value: int, near: int) -> int:
    """The unwrapped number closest to `near` whose low 16 bits are `value` (may be negative near zero)."""
    raise NotImplementedError


def extend32(value: int, near: int) -> int:
    """The unwrapped number closest to `near` whose low 32 bits are `value`."""
    raise NotImplementedError
