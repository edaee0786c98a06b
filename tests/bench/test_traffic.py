"""What the load reads out of the packets that a server sends it."""

import pytest

from bench.traffic import find_extension
from interview_stream.sfu.wire import rtp

WANTED = 5


@pytest.mark.parametrize(
    "values",
    [
        {WANTED: b"\x12\x34"},
        {1: b"0", 4: b"abc", WANTED: b"\x12\x34"},
        {WANTED: b"\x12\x34", 4: bytes(16)},
    ],
)
def test_a_header_extension_is_found_wherever_it_stands(values: dict[int, bytes]) -> None:
    packet = rtp.serialize_header(96, 1, 2, 3, extensions=rtp.serialize_extensions(values)) + b"payload"
    at = find_extension(packet, WANTED)
    assert packet[at : at + 2] == b"\x12\x34"


def test_padding_between_header_extensions_is_skipped() -> None:
    block = b"\xbe\xde\x00\x03" + bytes((1 << 4 | 0, 48, 0, 0, 0, 0, 0, WANTED << 4 | 1, 0x12, 0x34, 0, 0))
    packet = rtp.serialize_header(96, 1, 2, 3, extensions=block)
    at = find_extension(packet, WANTED)
    assert packet[at : at + 2] == b"\x12\x34"


def test_without_the_header_extension_nothing_is_found_in_the_payload() -> None:
    decoy = bytes((WANTED << 4 | 1, 0x12, 0x34))
    assert find_extension(rtp.serialize_header(96, 1, 2, 3) + decoy, WANTED) == 0
    extensions = rtp.serialize_extensions({1: b"0"})
    assert find_extension(rtp.serialize_header(96, 1, 2, 3, extensions=extensions) + decoy, WANTED) == 0
