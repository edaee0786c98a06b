"""Whoever takes, protects or opens media keeps to the same terms."""

from collections import Counter

import pytest

from interview_stream.sfu.core.outgoing import Outlet
from interview_stream.sfu.core.sinks import MediaReceiver, MediaSender, MediaSink, Outbox
from interview_stream.sfu.core.srtp import PROFILES, SrtpKeys, SrtpSession
from interview_stream.sfu.errors import SrtpError
from interview_stream.sfu.wire.rtp import serialize_header

HEADER = serialize_header(96, 7, 5, 9)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_sender_protects_a_number_once_and_a_receiver_opens_it_as_often_as_it_comes(profile: str) -> None:
    key, salt = PROFILES[profile]
    keys = SrtpKeys(bytes(range(key)), bytes(salt))
    session = SrtpSession(profile, keys, keys)
    sender: MediaSender = session.sender
    receiver: MediaReceiver = session.receiver
    sealed = sender.protect(HEADER, b"media")
    assert [receiver.open(sealed) for _ in range(2)] == [(HEADER, b"media")] * 2
    assert receiver.streams == {9: 7}
    with pytest.raises(SrtpError):
        sender.protect(HEADER, b"other")


def test_a_sink_takes_header_and_payload_whatever_comes_of_them() -> None:
    outbox: Outbox = []
    sink: MediaSink = Outlet(outbox, Counter())
    sink.send_rtp(HEADER, b"media")
    assert outbox == []
