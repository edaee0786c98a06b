"""What we agree to: codecs with their repairs, feedback, extensions; and how a subscriber gets a track."""

from interview_stream.sfu.core.codecs import MID, TRANSPORT_CC, accepted, extensions, outgoing
from interview_stream.sfu.wire.sdp import Codec, Section
from tests.sfu.rig import CODECS, EXTENSIONS

HIGH_PROFILE = Codec(112, "H264", 90000, fmtp="packetization-mode=1;profile-level-id=64001f", feedback=["nack"])
MODE_0 = Codec(114, "H264", 90000, fmtp="profile-level-id=42e01f")


def video(*more: Codec) -> Section:
    return Section(kind="video", mid="3", codecs=[*CODECS["video"], *more], extensions=EXTENSIONS["video"])


def test_only_what_we_forward_is_accepted_with_its_repair() -> None:
    assert [codec.payload_type for codec in accepted(video())] == [96, 102, 97, 103]
    assert [codec.payload_type for codec in accepted(Section(kind="audio", codecs=CODECS["audio"]))] == [111]
    assert accepted(Section(kind="text", codecs=CODECS["audio"])) == []


def test_a_codec_with_another_clock_is_not_what_it_is_called() -> None:
    for name, clock in (("VP8", 0), ("VP8", 3_000_000_000), ("H264", 48000), ("opus", 90000)):
        kind = "audio" if name == "opus" else "video"
        odd = Section(kind=kind, codecs=[Codec(96, name, clock, fmtp="packetization-mode=1;profile-level-id=42e01f")])
        assert accepted(odd) == []
        assert outgoing(odd, name, "packetization-mode=1;profile-level-id=42e01f") is None


def test_the_wanted_codec_alone_where_it_was_offered() -> None:
    assert [codec.payload_type for codec in accepted(video(), "h264")] == [102, 103]
    assert [codec.payload_type for codec in accepted(video(), "av1")] == [96, 102, 97, 103]


def test_h264_in_the_profile_that_all_decode_unless_there_is_no_other() -> None:
    assert [codec.payload_type for codec in accepted(video(HIGH_PROFILE, MODE_0), "h264")] == [102, 103]
    only_high = Section(kind="video", codecs=[HIGH_PROFILE])
    assert [codec.payload_type for codec in accepted(only_high)] == [112]


def test_feedback_is_agreed_to_only_as_far_as_we_give_it() -> None:
    vp8 = accepted(video(), "vp8")[0]
    assert vp8.feedback == ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"]
    sent = outgoing(video(), "VP8", "")
    assert sent is not None
    assert sent.codec.feedback == ["transport-cc", "ccm fir", "nack", "nack pli"]


def test_extensions_keep_the_sections_own_ids() -> None:
    section = video()
    section.extensions = {7: MID, 9: TRANSPORT_CC, 3: "urn:ietf:params:rtp-hdrext:toffset"}
    assert extensions(section) == {7: MID, 9: TRANSPORT_CC}


def test_a_subscriber_gets_its_own_payload_types() -> None:
    found = outgoing(video(), "VP8", "")
    assert found is not None
    assert found.rtx is not None
    assert (found.codec.payload_type, found.rtx.payload_type, found.transport) == (96, 97, 3)
    assert outgoing(video(), "AV1", "") is None
    audio = outgoing(Section(kind="audio", codecs=CODECS["audio"]), "opus", "")
    assert audio is not None
    assert (audio.rtx, audio.transport) == (None, None)


def test_h264_must_match_in_packetization_and_matches_the_profile_if_it_can() -> None:
    high = "packetization-mode=1;profile-level-id=640020"
    found = outgoing(video(HIGH_PROFILE), "H264", high)
    assert found is not None
    assert found.codec.payload_type == 112
    other = outgoing(video(), "H264", high)
    assert other is not None
    assert other.codec.payload_type == 102
    assert outgoing(video(), "H264", "profile-level-id=42e01f") is None
