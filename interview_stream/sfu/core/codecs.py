"""Which codecs, feedback and header extensions we agree to, and which payload type of a subscriber a track becomes."""

from dataclasses import dataclass, replace

from interview_stream.sfu.wire.sdp import Codec, Section

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"

# The same in every section, whatever it is used for: Chromium leaves out of later offers, in new sections too, what an
# answer did not take.
EXTENSIONS = {
    "audio": {MID, AUDIO_LEVEL, TRANSPORT_CC},
    "video": {MID, RID, REPAIRED_RID, TRANSPORT_CC, PLAYOUT_DELAY},
}

# Kept even if the publisher wants another: what is not in this list is never agreed to. RED, ULPFEC and FlexFEC are
# left out on purpose: Chromium wraps all its video in RED as soon as an answer keeps them.
# Each has one clock only (RFC 7587 section 4.1, RFC 7741 section 4.1, RFC 6184 section 8.1); with another it is not
# what it is called.
MEDIA_CODECS = {"audio": {"opus": 48000}, "video": {"VP8": 90000, "H264": 90000}}

# Transport-wide feedback goes both ways; REMB only tells publishers the most that we take.
FEEDBACK = {
    "audio": frozenset({"transport-cc"}),
    "video": frozenset({"nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """How one subscriber gets one track."""

    codec: Codec
    rtx: Codec | None
    transport: int | None
    """Id of the extension that numbers packets for transport-wide feedback."""
    playout: int | None = None
    """Id of the extension that says how long pictures are to be held back."""


def accepted(section: Section, wanted: str = "") -> list[Codec]:
    """The offered codecs that we agree to, with their rtx; only the wanted codec where it was offered."""
    media = [codec for codec in section.codecs if _is_media(codec, section.kind)]
    chosen = [codec for codec in media if codec.is_named(wanted)] or media
    # One profile of H.264 that every browser decodes, in the packetization that all of them use.
    plain = [codec for codec in chosen if not codec.is_named("H264") or _is_baseline(codec)]
    return _with_rtx(section, plain or chosen)


def outgoing(section: Section, name: str, fmtp: str) -> Outgoing | None:
    """The subscriber's codec for a track published as `name` with `fmtp`; None if it has none."""
    named = [codec for codec in section.codecs if codec.is_named(name) and _is_media(codec, section.kind)]
    if name.lower() == "h264":
        profile = _profile(Codec(0, name, 90000, fmtp=fmtp))
        named = [codec for codec in named if _profile(codec)[0] == profile[0]]
        named.sort(key=lambda codec: _profile(codec) != profile)
    if not named:
        return None
    codec = _agreed(named[0], FEEDBACK[section.kind] - {"goog-remb"})
    rtx = next((other for other in section.codecs if other.associated == codec.payload_type), None)
    # Sound goes out whatever the path is like, so nothing is asked about it.
    is_video = section.kind == "video"
    return Outgoing(
        codec=codec,
        rtx=rtx,
        transport=section.extension_id(TRANSPORT_CC) if is_video else None,
        playout=section.extension_id(PLAYOUT_DELAY) if is_video else None,
    )


def extensions(section: Section) -> dict[int, str]:
    """The section's header extensions that we agree to, under its own ids."""
    return {id_: uri for id_, uri in section.extensions.items() if uri in EXTENSIONS[section.kind]}


def _is_media(codec: Codec, kind: str) -> bool:
    clocks = MEDIA_CODECS.get(kind, {})
    return any(codec.is_named(name) and codec.clock_rate == clock for name, clock in clocks.items())


def _with_rtx(section: Section, chosen: list[Codec]) -> list[Codec]:
    kept = {codec.payload_type for codec in chosen}
    rtx = [codec for codec in section.codecs if codec.is_named("rtx") and codec.associated in kept]
    return [_agreed(codec, FEEDBACK[section.kind]) for codec in chosen] + [replace(codec, feedback=[]) for codec in rtx]


def _agreed(codec: Codec, feedback: frozenset[str]) -> Codec:
    return replace(codec, feedback=[value for value in codec.feedback if value in feedback])


def _profile(codec: Codec) -> tuple[str, str]:
    """Packetization mode and profile (RFC 6184 section 8.1) with their defaults."""
    parameters = codec.parameters
    return parameters.get("packetization-mode", "0"), parameters.get("profile-level-id", "420010")[:4].lower()


def _is_baseline(codec: Codec) -> bool:
    mode, profile = _profile(codec)
    return mode == "1" and profile.startswith("42")
