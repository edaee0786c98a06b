"""The ids of rooms, participants, tracks and recordings; clients read meaning out of their prefixes."""

from livekit.protocol.models import TrackSource, TrackType

LENGTH = 12

_SOURCE_LETTER = {
    TrackSource.CAMERA: "C",
    TrackSource.MICROPHONE: "M",
    TrackSource.SCREEN_SHARE: "S",
    TrackSource.SCREEN_SHARE_AUDIO: "s",
}


def room_sid(random_text: str) -> str:
    return f"RM_{random_text}"


def participant_sid(random_text: str) -> str:
    return f"PA_{random_text}"


def track_sid(kind: TrackType, source: TrackSource, random_text: str) -> str:
    letter = "A" if kind == TrackType.AUDIO else "V"
    return f"TR_{letter}{_SOURCE_LETTER.get(source, '')}{random_text}"


def egress_sid(random_text: str) -> str:
    return f"EG_{random_text}"
