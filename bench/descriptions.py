"""The session descriptions of a bench client: the codecs, feedback and extensions that a browser would offer."""

from dataclasses import dataclass

from bench.webrtc_client import Client
from interview_stream.sfu.wire.sdp import Codec, Direction, Section, SessionDescription

OPUS, VP8, RTX = 111, 96, 97
MID_EXTENSION, LEVEL_EXTENSION, TIME_EXTENSION, TRANSPORT_EXTENSION = 4, 1, 2, 3
_EXTENSIONS = {
    LEVEL_EXTENSION: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    TIME_EXTENSION: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    TRANSPORT_EXTENSION: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    MID_EXTENSION: "urn:ietf:params:rtp-hdrext:sdes:mid",
}
_VIDEO_FEEDBACK = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"]


@dataclass(frozen=True, slots=True)
class Source:
    """One track that a publisher sends."""

    kind: str
    mid: str
    ssrc: int
    track_id: str


def describe(client: Client, sections: list[Section], *, setup: str) -> str:
    """A bundled description of these sections over the client's transport."""
    for section in sections:
        section.ice_ufrag, section.ice_pwd, section.setup = client.ufrag, client.password, setup
        section.fingerprints, section.candidates = [client.fingerprint], [client.candidate]
        section.end_of_candidates = True
    bundle = [section.mid for section in sections]
    return SessionDescription(sections=sections, bundle=bundle, extmap_allow_mixed=True).serialize()


def sending_section(source: Source) -> Section:
    section = _section(source.kind, source.mid, "sendonly")
    section.msids = [("stream", source.track_id)]
    section.ssrcs = {source.ssrc: {"cname": "bench"}}
    return section


def receiving_section(kind: str, mid: str) -> Section:
    return _section(kind, mid, "recvonly")


def _section(kind: str, mid: str, direction: Direction) -> Section:
    if kind == "audio":
        codecs = [Codec(OPUS, "opus", 48_000, 2, "minptime=10;useinbandfec=1")]
    else:
        codecs = [
            Codec(VP8, "VP8", 90_000, feedback=list(_VIDEO_FEEDBACK)),
            Codec(RTX, "rtx", 90_000, fmtp=f"apt={VP8}"),
        ]
    extensions = {id_: uri for id_, uri in _EXTENSIONS.items() if kind == "audio" or id_ != LEVEL_EXTENSION}
    return Section(kind=kind, mid=mid, direction=direction, codecs=codecs, extensions=extensions)
