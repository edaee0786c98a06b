"""Descriptions that browsers and the native client made (in sessions/), by hand, against itself, and garbage."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.sdp import (
    Candidate,
    Codec,
    Fingerprint,
    Rid,
    Section,
    SessionDescription,
    Simulcast,
    SsrcGroup,
)

SESSIONS = Path(__file__).parent / "sessions"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"


def session(name: str) -> SessionDescription:
    return SessionDescription.parse((SESSIONS / f"{name}.sdp").read_bytes().decode())


@pytest.mark.parametrize("path", sorted(SESSIONS.glob("*.sdp")), ids=lambda path: path.stem)
def test_nothing_that_is_known_gets_lost(path: Path) -> None:
    description = SessionDescription.parse(path.read_bytes().decode())
    text = description.serialize()
    assert SessionDescription.parse(text) == description
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n")
    for section in description.sections:
        assert section.mid in description.bundle
        assert section.ice_ufrag
        assert section.ice_pwd
        assert section.fingerprints


def test_the_offer_of_chromium() -> None:
    offer = session("chromium-offer")
    kinds = ["audio"] * 3 + ["video"] * 3 + ["audio", "video", "video", "application"]
    assert [section.kind for section in offer.sections] == kinds
    assert offer.bundle == [str(mid) for mid in range(10)]
    assert offer.extmap_allow_mixed
    assert not offer.ice_lite
    microphone = offer.section("6")
    assert microphone is not None
    assert microphone.direction == "sendonly"
    assert microphone.extension_id(MID) == 4
    assert microphone.rtcp_mux
    assert microphone.rtcp_rsize
    opus = microphone.codec(111)
    assert opus is not None
    assert (opus.name, opus.clock_rate, opus.channels) == ("opus", 48000, 2)
    assert opus.parameters == {"minptime": "10", "useinbandfec": "1"}
    (ssrc,) = microphone.ssrcs
    assert microphone.ssrcs[ssrc].keys() == {"cname", "msid"}
    camera = offer.section("7")
    assert camera is not None
    assert [rid.id for rid in camera.rids] == ["q", "h", "f"]
    assert camera.simulcast == Simulcast(send=("q", "h", "f"))
    assert camera.ssrcs == {}
    assert len(camera.msids) == 1
    vp8, rtx = camera.codecs[:2]
    assert vp8.is_named("VP8")
    assert vp8.feedback == ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"]
    assert (rtx.name, rtx.associated) == ("rtx", vp8.payload_type)
    plain = offer.section("8")
    assert plain is not None
    (group,) = plain.ssrc_groups
    assert group.semantics == "FID"
    assert set(group.ssrcs) == set(plain.ssrcs)
    data = offer.section("9")
    assert data is not None
    assert (data.kind, data.formats, data.sctp_port) == ("application", ["webrtc-datachannel"], 5000)
    assert data.max_message_size == 262144


def test_the_offer_of_firefox() -> None:
    offer = session("firefox-offer")
    first, second = offer.sections[:2]
    assert not first.bundle_only
    assert (second.port, second.bundle_only) == (0, True)
    assert first.extension_id(MID) == 3
    assert first.extension_id("urn:ietf:params:rtp-hdrext:csrc-audio-level") == 2
    assert first.extension_id("urn:nothing") is None
    assert [codec.name for codec in first.codecs] == ["opus", "G722", "PCMU", "PCMA", "telephone-event"]
    # The fingerprint stands at session level.
    assert all(len(section.fingerprints) == 1 for section in offer.sections)
    assert offer.extmap_allow_mixed
    assert any(candidate.host.endswith(".local") for candidate in first.candidates)


def test_the_offer_of_the_native_client() -> None:
    offer = session("livekit-python-offer")
    assert [section.direction for section in offer.sections[:6]] == ["recvonly"] * 6
    assert offer.sections[0].ice_options == "trickle goog-sped-v1"


def media(*lines: str, m: str = "m=audio 9 UDP/TLS/RTP/SAVPF 0", before: tuple[str, ...] = ()) -> Section:
    text = "\r\n".join(["v=0", *before, m, *lines, ""])
    (section,) = SessionDescription.parse(text).sections
    return section


def test_what_the_session_says_holds_for_sections_that_say_nothing() -> None:
    before = (
        "a=ice-ufrag:u",
        "a=ice-pwd:p",
        "a=fingerprint:SHA-256 aa:bb",
        "a=setup:actpass",
        "a=extmap:3 uri",
        "a=recvonly",
    )
    heir = media(before=before)
    assert (heir.ice_ufrag, heir.ice_pwd, heir.setup) == ("u", "p", "actpass")
    assert heir.fingerprints == [Fingerprint("sha-256", "AA:BB")]
    assert heir.extensions == {3: "uri"}
    assert heir.direction == "recvonly"
    own = media("a=ice-ufrag:v", "a=ice-pwd:q", "a=setup:active", "a=sendonly", before=before)
    assert (own.ice_ufrag, own.ice_pwd, own.setup, own.direction) == ("v", "q", "active", "sendonly")


def test_codec_lines_may_come_in_any_order() -> None:
    section = media(
        "a=fmtp:96 a=1",
        "a=rtcp-fb:* nack",
        "a=rtcp-fb:96 nack pli",
        "a=rtpmap:96 VP8/90000",
        "a=fmtp:96 b=2;c",
        m="m=video 9 UDP/TLS/RTP/SAVPF 97 96 0",
    )
    assert section.codecs == [
        Codec(96, "VP8", 90000, fmtp="a=1;b=2;c", feedback=["nack", "nack pli"]),
        Codec(0, "PCMU", 8000, feedback=["nack"]),
    ]
    assert section.codecs[0].parameters == {"a": "1", "b": "2", "c": ""}
    assert section.codec(97) is None


@pytest.mark.parametrize(("fmtp", "apt"), [("apt=96", 96), ("", None), ("apt=x", None), ("apt=9999", None)])
def test_the_codec_that_an_rtx_repeats(fmtp: str, apt: int | None) -> None:
    assert Codec(97, "rtx", 90000, fmtp=fmtp).associated == apt
    assert Codec(97, "VP8", 90000, fmtp=fmtp).associated is None


def test_candidates() -> None:
    text = "candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host"
    candidate = Candidate("1", 1, "udp", 2130706431, "192.0.2.1", 7882)
    assert Candidate.parse(text) == candidate
    assert Candidate.parse(f"a={text} generation 0 network-id 1") == candidate
    assert candidate.serialize() == text
    passive = "candidate:1 1 tcp 1671430143 2001:db8::1 7881 typ host tcptype passive"
    assert Candidate.parse(passive).tcp_type == "passive"
    assert Candidate.parse(passive).serialize() == passive


def test_lines_of_an_answer() -> None:
    section = Section(
        kind="video",
        mid="8",
        direction="recvonly",
        codecs=[Codec(96, "VP8", 90000, feedback=["nack"])],
        rids=[Rid("q", "recv"), Rid("h", "recv", "max-width=640")],
        simulcast=Simulcast(recv=("q", "h")),
        candidates=[Candidate("1", 1, "udp", 1, "192.0.2.1", 7882)],
        end_of_candidates=True,
        ice_ufrag="u",
        ice_pwd="p",
        fingerprints=[Fingerprint("sha-256", "AA")],
        setup="passive",
    )
    answer = SessionDescription(
        session_id=5, version=2, sections=[section], bundle=["8"], ice_lite=True, msid_semantic="WMS *"
    )
    assert answer.serialize().split("\r\n") == [
        "v=0",
        "o=- 5 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE 8",
        "a=msid-semantic:WMS *",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 1 192.0.2.1 7882 typ host",
        "a=end-of-candidates",
        "a=ice-ufrag:u",
        "a=ice-pwd:p",
        "a=fingerprint:sha-256 AA",
        "a=setup:passive",
        "a=mid:8",
        "a=recvonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:96 nack",
        "a=rid:q recv",
        "a=rid:h recv max-width=640",
        "a=simulcast:recv q;h",
        "",
    ]


def test_a_section_that_is_refused_keeps_a_format() -> None:
    refused = Section(kind="video", mid="1", port=0)
    assert "m=video 0 UDP/TLS/RTP/SAVPF 0\r\n" in SessionDescription(sections=[refused]).serialize()


def test_only_the_first_bundle_group_counts() -> None:
    description = SessionDescription.parse("v=0\na=group:LS 7\na=group:BUNDLE 0 1\na=group:BUNDLE 2\na=group:\n")
    assert description.bundle == ["0", "1"]
    assert description.section("0") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "v=0"),
        ("v=1\n", "v=0"),
        ("m=audio 9 UDP/TLS/RTP/SAVPF 0\nv=0\n", "v=0"),
        ("v=0\nnonsense\n", "x=value"),
        ("v=0\nx\n", "x=value"),
        ("v=0\no=- 1\n", "o= line"),
        ("v=0\no=- a b c\n", "number"),
        ("v=0\nm=audio 9 X\n", "m= line is cut short"),
        ("v=0\nm=audio 65536 RTP/X 0\n", "number up to 65535"),
        ("v=0\nm=audio ٣ RTP/X 0\n", "number"),
        ("v=0\nm=audio 9 RTP/X opus\n", "number up to 127"),
        ("v=0\nm=audio 9 RTP/X 96\na=rtpmap:96 opus\n", "clock rate"),
        ("v=0\nm=audio 9 RTP/X 0\na=extmap:1\n", "extmap"),
        ("v=0\nm=audio 9 RTP/X 0\na=rid:q both\n", "rid"),
        ("v=0\nm=audio 9 RTP/X 0\na=fingerprint:sha-256\n", "fingerprint"),
        ("v=0\nm=audio 9 RTP/X 0\na=candidate:1 1 udp\n", "candidate"),
        ("v=0\nm=audio 9 RTP/X 0\na=candidate:1 1 udp 1 h 1 type host\n", "candidate"),
        ("v=0\nm=audio 9 RTP/X 0\na=sctp-port:99999999999999999999999\n", "number"),
    ],
)
def test_malformed(text: str, words: str) -> None:
    with pytest.raises(MalformedPacket, match=words):
        SessionDescription.parse(text)


def test_size_and_sections_are_bounded() -> None:
    section = "m=audio 9 RTP/X 0\na=mid:0\n"
    assert len(SessionDescription.parse("v=0\n" + section * 255).sections) == 255
    with pytest.raises(MalformedPacket, match="too many sections"):
        SessionDescription.parse("v=0\n" + section * 256)
    padding = "a=x:" + "y" * 1000 + "\n"
    with pytest.raises(MalformedPacket, match="too long"):
        SessionDescription.parse("v=0\n" + padding * 525)


def test_odd_but_harmless_lines() -> None:
    section = media(
        "a=msid:stream",
        "a=msid:",
        "a=ssrc:7",
        "a=ssrc:7 cname:me",
        "a=ssrc-group:FID 7 8",
        "a=ssrc-group:",
        "a=simulcast:send q;h recv 1 other x",
        "a=something:else",
        "b=AS:1000",
        "a=msid:- track",
    )
    assert section.msids == [("stream", ""), ("", ""), ("-", "track")]
    assert section.ssrcs == {7: {"cname": "me"}}
    assert section.ssrc_groups == [SsrcGroup("FID", (7, 8)), SsrcGroup("", ())]
    assert section.simulcast == Simulcast(("q", "h"), ("1",))


def test_a_bare_carriage_return_cannot_smuggle_a_line() -> None:
    section = media("a=fmtp:0 x\ra=mid:evil")
    assert section.codecs[0].fmtp == "x"
    assert section.mid == "evil"


token = st.text("abcXYZ019-", min_size=1, max_size=8)
u32 = st.integers(0, 0xFFFFFFFF)
codecs = st.lists(
    st.builds(
        Codec,
        st.integers(0, 127),
        token,
        u32,
        st.none() | st.integers(1, 8),
        st.sampled_from(["", "apt=96", "minptime=10;useinbandfec=1"]),
        st.lists(st.sampled_from(["nack", "nack pli", "goog-remb"]), unique=True),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda codec: codec.payload_type,
)
sections = st.builds(
    Section,
    kind=st.sampled_from(["audio", "video"]),
    mid=token,
    port=st.sampled_from([0, 9]),
    direction=st.sampled_from(["sendrecv", "sendonly", "recvonly", "inactive"]),
    codecs=codecs,
    extensions=st.dictionaries(st.integers(1, 255), token, max_size=3),
    msids=st.lists(st.tuples(token, token), max_size=2),
    ssrcs=st.dictionaries(u32, st.dictionaries(token, token, min_size=1, max_size=2), max_size=2),
    ssrc_groups=st.lists(st.builds(SsrcGroup, st.just("FID"), st.tuples(u32, u32)), max_size=2),
    rids=st.lists(st.builds(Rid, token, st.sampled_from(["send", "recv"]), st.just("")), max_size=2),
    simulcast=st.none() | st.builds(Simulcast, st.lists(token, min_size=1).map(tuple), st.lists(token).map(tuple)),
    ice_ufrag=token,
    ice_pwd=token,
    setup=st.sampled_from(["actpass", "active", "passive"]),
    candidates=st.lists(
        st.builds(Candidate, token, st.integers(1, 2), st.just("udp"), u32, token, st.just(5)), max_size=2
    ),
    end_of_candidates=st.booleans(),
    rtcp_mux=st.booleans(),
    rtcp_rsize=st.booleans(),
    bundle_only=st.booleans(),
)
descriptions = st.builds(
    SessionDescription,
    session_id=st.integers(0, 2**64 - 1),
    version=st.integers(0, 100),
    sections=st.lists(sections, max_size=3),
    bundle=st.lists(token, max_size=3),
    ice_lite=st.booleans(),
    extmap_allow_mixed=st.booleans(),
    msid_semantic=st.sampled_from(["", "WMS *"]),
)


@given(descriptions)
def test_what_is_written_is_read(description: SessionDescription) -> None:
    assert SessionDescription.parse(description.serialize()) == description


line = st.builds(
    "a={}{}".format,
    st.sampled_from(
        [
            "bundle-only",
            "candidate",
            "extmap",
            "fingerprint",
            "fmtp",
            "ice-pwd",
            "mid",
            "msid",
            "rid",
            "rtcp-fb",
            "rtpmap",
            "sctp-port",
            "simulcast",
            "ssrc",
            "ssrc-group",
            "group",
            "inactive",
        ]
    ),
    st.text(" :;=/0159azé", max_size=20),
)


@given(st.lists(line, max_size=5), st.lists(line, max_size=5))
def test_garbage_lines_are_malformed_or_a_description(before: list[str], after: list[str]) -> None:
    text = "\n".join(["v=0", *before, "m=audio 9 UDP/TLS/RTP/SAVPF 96 0", *after])
    with contextlib.suppress(MalformedPacket):
        SessionDescription.parse(text).serialize()


@given(st.text(max_size=200))
def test_garbage_is_malformed_or_a_description(text: str) -> None:
    with contextlib.suppress(MalformedPacket):
        SessionDescription.parse("v=0\n" + text).serialize()


HEAD = "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n"


@pytest.mark.parametrize(
    "body",
    [
        "m=audio 9 UDP/TLS/RTP/SAVPF " + "96 " * 200,
        "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n" + "a=rtcp-fb:* nack\r\n" * 100,
        "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n" * 1000,
        "a=x:" + "x" * 2_000_000,
    ],
    ids=["formats", "feedback", "sections", "size"],
)
def test_a_description_that_only_costs_time_is_refused(body: str) -> None:
    with pytest.raises(MalformedPacket, match="too"):
        SessionDescription.parse(HEAD + body)
