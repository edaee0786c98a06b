"""Nobody: with it as listener, what a closed transport held is free at once."""

import gc

import pytest
from livekit.protocol.rtc import LeaveRequest, SignalRequest

from interview_stream.sfu.core.channels import DataChannels
from interview_stream.sfu.core.downlink import Downlink
from interview_stream.sfu.core.dtls import DtlsServer
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.peer import Peer
from interview_stream.sfu.core.uplink import Uplink
from tests.sfu.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


PARTS = (Participant, Peer, Downlink, Uplink, DataChannels, DtlsServer)


def living() -> int:
    # Not isinstance: it would ask the lazy objects of other tests, which then wake up.
    return sum(type(each) in PARTS for each in gc.get_objects())


def test_who_has_left_is_freed_at_once(rig: Rig) -> None:
    """Buffers and TLS state of each are hundreds of kilobytes, and the collector comes by after hours."""
    gc.collect()
    others = living()  # of tests before this one
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_audio()
    alice.publish_video()
    dana.publish_audio()
    rig.pass_time(1.0)
    gc.collect()
    gc.disable()
    try:
        assert living() - others == 2 * len(PARTS)
        for client, left in ((dana, len(PARTS)), (alice, 0)):
            client.ask(SignalRequest(leave=LeaveRequest()))
            rig.clients.remove(client)
            del client.participant
            rig.pass_time(1.0)
            assert living() - others == left
    finally:
        gc.enable()
