"""Answers to offers, as bytes of SDP: what browsers rely on, line by line."""

from pathlib import Path

import pytest
from livekit.protocol.models import ClientInfo, TrackSource
from livekit.protocol.rtc import LeaveRequest, SignalRequest

from interview_stream.sfu.core import codecs
from interview_stream.sfu.core.codecs import MID
from interview_stream.sfu.core.ice import Credentials
from interview_stream.sfu.core.negotiation import Negotiation, TransportLines, sent_rids
from interview_stream.sfu.wire.sdp import Codec, Rid, Section, SessionDescription, Simulcast, SsrcGroup
from tests.sfu.rig import CANDIDATE, CERTIFICATE, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_first_answer_accepts_the_transport_and_leaves_media_idle(rig: Rig) -> None:
    alice = rig.client("alice").join()
    message = alice.signals.last("answer").answer
    assert (message.type, message.id) == ("answer", 1)
    assert "a=ice-lite" in message.sdp
    answer = alice.answer()
    assert answer.bundle == [str(mid) for mid in range(7)]
    assert [section.direction for section in answer.sections[:6]] == ["inactive"] * 6
    assert all(section.setup == "passive" for section in answer.sections)
    assert all(section.rtcp_mux for section in answer.sections[:6])
    assert all(section.fingerprints == [CERTIFICATE.fingerprint] for section in answer.sections)
    assert answer.sections[0].candidates == [CANDIDATE]
    assert answer.sections[0].end_of_candidates
    assert not answer.sections[1].candidates
    assert MID in answer.sections[0].extensions.values()
    application = answer.sections[6]
    assert (application.sctp_port, application.max_message_size) == (5000, 65536)
    assert message.sdp.index("m=application") > message.sdp.index("m=video")


def test_versions_of_the_answers_grow_and_ids_are_echoed(rig: Rig) -> None:
    alice = rig.client("alice").join()
    versions = [alice.answer().version, alice.offer().version, alice.offer().version]
    assert versions == [1, 2, 3]
    assert [message.answer.id for message in alice.signals.all("answer")] == [1, 2, 3]


def test_a_published_simulcast_section(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    alice.publish_video()
    section = alice.answer().sections[-1]
    assert section.direction == "recvonly"
    assert [codec.payload_type for codec in section.codecs] == [96, 97]
    assert section.rids == [Rid("q", "recv"), Rid("h", "recv"), Rid("f", "recv")]
    assert section.simulcast == Simulcast(recv=("q", "h", "f"))


@pytest.mark.parametrize(
    ("fields", "fmtp"),
    [
        ({}, "minptime=10;useinbandfec=1;usedtx=1"),
        ({"disable_dtx": True}, "minptime=10;useinbandfec=1"),
        ({"stereo": True}, "minptime=10;useinbandfec=1;usedtx=1;stereo=1;maxaveragebitrate=510000"),
    ],
)
def test_how_we_want_opus(rig: Rig, fields: dict[str, object], fmtp: str) -> None:
    alice = rig.client("alice").connect()
    alice.add_track("audio", "mic", TrackSource.MICROPHONE, **fields)
    alice.sections.append(alice.section("7", "audio", "sendonly"))
    assert alice.offer().sections[7].codecs[0].fmtp == fmtp


def test_opus_without_parameters(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    alice.add_track("audio", "mic", TrackSource.MICROPHONE, disable_dtx=True)
    section = alice.section("7", "audio", "sendonly")
    section.codecs[0].fmtp = ""
    alice.sections.append(section)
    assert alice.offer().sections[7].codecs[0].fmtp == ""


def test_a_sent_section_names_its_track_and_ssrcs(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    sid = alice.publish_video(rids=())
    rig.pass_time(0.1)
    section = dana.answer().sections[3]
    assert section.direction == "sendonly"
    assert section.msids == [(f"{alice.participant.sid}|{sid}", sid)]
    media, repair = section.ssrcs
    assert section.ssrc_groups == [SsrcGroup("FID", (media, repair))]
    assert section.ssrcs[media] == {"cname": alice.participant.sid}


@pytest.mark.parametrize(
    ("sdk", "browser", "is_in_step"),
    [(ClientInfo.SDK.JS, "Chrome", True), (ClientInfo.SDK.JS, "Firefox", False), (ClientInfo.SDK.PYTHON, "", False)],
)
def test_face_and_voice_are_of_one_stream_where_the_client_still_finds_its_tracks(
    rig: Rig, sdk: ClientInfo.SDK, browser: str, is_in_step: bool
) -> None:
    alice = rig.client("alice").connect()
    dana = rig.client("dana")
    dana.info = ClientInfo(sdk=sdk, browser=browser)
    dana.connect()
    sids = {alice.publish_audio(), alice.publish_video(rids=())}
    rig.pass_time(0.3)
    msids = [msid for section in dana.answer().sections for msid in section.msids]
    assert {track for _, track in msids} == sids
    streams = {stream.removeprefix(f"{alice.participant.sid}|") for stream, _ in msids}
    assert streams == ({"camera"} if is_in_step else sids)


def test_subscribers_may_be_told_how_long_to_hold_pictures_back(rig: Rig) -> None:
    section = rig.client("alice").section("7", "video", "recvonly")
    section.extensions[9] = codecs.PLAYOUT_DELAY
    out = codecs.outgoing(section, "VP8", "")
    assert out is not None
    assert out.playout == 9
    assert codecs.extensions(section)[9] == codecs.PLAYOUT_DELAY


def test_rejected_and_unknown_sections_are_rejected(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    rejected = alice.section("7", "audio", "sendonly")
    rejected.port = 0
    unknown = alice.section("8", "video", "sendonly")
    unknown.codecs = unknown.codecs[4:]
    bundled = alice.section("9", "audio", "recvonly")
    bundled.port, bundled.bundle_only = 0, True
    alice.sections += [rejected, unknown, bundled]
    answer = alice.offer()
    assert [section.port for section in answer.sections[7:]] == [0, 0, 9]
    assert answer.bundle == ["0", "1", "2", "3", "4", "5", "6", "9"]


def test_a_section_that_sends_without_an_announced_track_stays_idle(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    alice.sections.append(alice.section("7", "video", "sendonly"))
    assert alice.offer().sections[7].direction == "inactive"
    assert not alice.participant.tracks


def test_a_subscription_whose_section_the_client_took_away_moves_on(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    dana.sections[0].direction = "inactive"
    dana.offer()
    assert dana.signals.last("answer").answer.mid_to_track_id == {"1": sid}


def test_a_rejected_application_section(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    alice.sections[6].port = 0
    assert alice.offer().sections[6].port == 0


def test_rids_that_are_listed_and_declared() -> None:
    section = Section(kind="video", rids=[Rid("q", "send"), Rid("h", "send"), Rid("x", "recv")])
    section.simulcast = Simulcast(send=("~q", "h,x", "z"))
    assert sent_rids(section) == ["q", "h"]
    assert sent_rids(Section(kind="video")) == []


OFFERS = sorted((Path(__file__).parents[1] / "wire" / "sessions").glob("*offer*.sdp"))


@pytest.mark.parametrize("path", OFFERS, ids=lambda path: path.stem)
def test_what_browsers_really_offer_is_answered_section_by_section(path: Path) -> None:
    offer = SessionDescription.parse(path.read_text())
    negotiation = Negotiation()
    negotiation.read(offer)
    lines = TransportLines(
        credentials=Credentials("ufrag", "p" * 24), fingerprint=CERTIFICATE.fingerprint, candidates=[CANDIDATE]
    )
    answer = SessionDescription.parse(negotiation.answer(offer, lines).serialize())
    assert [(s.mid, s.kind) for s in answer.sections] == [(s.mid, s.kind) for s in offer.sections]
    offered = {s.mid: {codec.payload_type for codec in s.codecs} for s in offer.sections}
    for section in answer.sections:
        assert {codec.payload_type for codec in section.codecs} <= offered[section.mid]
        assert not any(codec.is_named("red") or codec.is_named("ulpfec") for codec in section.codecs)


def test_an_offer_of_which_nothing_can_be_accepted() -> None:
    offer = SessionDescription(sections=[Section(kind="video", mid="0", codecs=[Codec(35, "AV1", 90000)])])
    negotiation = Negotiation()
    negotiation.read(offer)
    lines = TransportLines(credentials=Credentials("u", "p"), fingerprint=CERTIFICATE.fingerprint, candidates=[])
    answer = negotiation.answer(offer, lines)
    assert [section.port for section in answer.sections] == [0]
    assert not answer.bundle


def test_a_section_that_ended_and_was_rejected_is_not_asked_for_again(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_audio()
    rig.pass_time(0.3)
    mid = next(iter(dana.signals.last("answer").answer.mid_to_track_id))
    alice.ask(SignalRequest(leave=LeaveRequest()))
    dana.answers_requests = False
    next(section for section in dana.sections if section.mid == mid).port = 0
    dana.offer()
    requests = len(dana.signals.all("media_sections_requirement"))
    for _ in range(5):
        dana.offer()
        rig.pass_time(0.3)
    assert len(dana.signals.all("media_sections_requirement")) <= requests


def test_more_simulcast_streams_than_qualities_are_not_agreed_to() -> None:
    section = Section(
        kind="video",
        rids=[Rid(f"r{number}", "send") for number in range(1000)],
        simulcast=Simulcast(send=tuple(f"r{number}" for number in range(1000))),
    )
    assert sent_rids(section) == ["r0", "r1", "r2"]


def test_a_mid_that_changes_its_kind_is_refused(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_audio()
    dana.answers_requests = False
    for section in dana.sections[:3]:
        section.kind = "text"
    dana.ask(SignalRequest(offer=dana.description()))
    assert "leave" in dana.signals.kinds()
