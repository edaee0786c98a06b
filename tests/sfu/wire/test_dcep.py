"""Openings of data channels as browsers write them, and garbage."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.dcep import ChannelOpen

# As Chromium writes the channels of livekit-client; Firefox differs in the priority only.
RELIABLE = bytes.fromhex("0300010000000000000900005f72656c6961626c65")
LOSSY = bytes.fromhex("0381008000000000000600005f6c6f737379")


def test_channels_of_clients() -> None:
    assert ChannelOpen.parse(RELIABLE) == ChannelOpen(label="_reliable")
    assert ChannelOpen.parse(LOSSY) == ChannelOpen(label="_lossy", is_ordered=False, max_retransmits=0)


@pytest.mark.parametrize(
    "opening",
    [
        ChannelOpen(label="ä", protocol="p"),
        ChannelOpen(label="", is_ordered=False),
        ChannelOpen(label="a", max_retransmits=3),
        ChannelOpen(label="a", is_ordered=False, max_lifetime_ms=500),
    ],
)
def test_what_is_written_is_read_again(opening: ChannelOpen) -> None:
    assert ChannelOpen.parse(opening.serialize()) == opening


@pytest.mark.parametrize("data", [b"", RELIABLE[:11], RELIABLE[:-1], b"\x02" + RELIABLE[1:], RELIABLE[:-1] + b"\xff"])
def test_openings_that_are_none(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        ChannelOpen.parse(data)


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        ChannelOpen.parse(data)
