"""Ids whose prefixes mean something to clients."""

import pytest
from livekit.protocol.models import TrackSource, TrackType

from interview_stream.sfu.core.names import egress_sid, participant_sid, room_sid, track_sid


@pytest.mark.parametrize(
    ("kind", "source", "prefix"),
    [
        (TrackType.AUDIO, TrackSource.MICROPHONE, "TR_AM"),
        (TrackType.VIDEO, TrackSource.CAMERA, "TR_VC"),
        (TrackType.VIDEO, TrackSource.SCREEN_SHARE, "TR_VS"),
        (TrackType.AUDIO, TrackSource.SCREEN_SHARE_AUDIO, "TR_As"),
        (TrackType.VIDEO, TrackSource.UNKNOWN, "TR_V"),
    ],
)
def test_a_tracks_id_says_what_it_is(kind: TrackType, source: TrackSource, prefix: str) -> None:
    assert track_sid(kind, source, "x1") == f"{prefix}x1"


def test_the_other_prefixes() -> None:
    assert (room_sid("a"), participant_sid("a"), egress_sid("a")) == ("RM_a", "PA_a", "EG_a")
