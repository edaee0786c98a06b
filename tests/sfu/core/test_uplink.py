"""What a participant sends: whose packet is it, and what the publisher is told."""

import pytest
from livekit.protocol.models import TrackSource

from interview_stream.sfu.wire.rtcp import Nack, Pli, ReceiverReport, Remb, TransportFeedback
from interview_stream.sfu.wire.sdp import SsrcGroup
from tests.sfu.rig import Client, Rig, vp8


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def alice(rig: Rig) -> Client:
    return rig.client("alice").connect()


def layers(client: Client) -> dict[str, tuple[int, int]]:
    (track,) = client.participant.tracks.values()
    return {layer.rid: (layer.ssrc, layer.rtx_ssrc) for layer in track.layers}


def test_simulcast_layers_are_found_by_mid_and_rid(alice: Client) -> None:
    alice.publish_video()
    mid = alice.sections[-1].mid
    # The first packet of a browser: padding on the RTX stream, with the repaired rid only.
    alice.media(31, 97, 1, 0, b"", mid=mid, extensions={11: b"f"})
    alice.media(30, 96, 1, 0, vp8(key=True), mid=mid, rid="f")
    alice.media(10, 96, 1, 0, vp8(key=True), mid=mid, rid="q")
    assert layers(alice) == {"q": (10, 0), "h": (0, 0), "f": (30, 31)}


def test_a_layer_that_changes_its_ssrc_is_followed(alice: Client) -> None:
    alice.publish_video()
    mid = alice.sections[-1].mid
    alice.media(10, 96, 1, 0, vp8(key=True), mid=mid, rid="q")
    alice.media(11, 96, 1, 0, vp8(key=True), mid=mid, rid="q")
    assert layers(alice)["q"] == (11, 0)
    alice.media(10, 96, 2, 0, vp8())
    assert alice.participant.uplink.drops["unknown ssrc"] == 1


@pytest.mark.parametrize(
    "packet",
    [
        {"ssrc": 0, "payload_type": 96, "mid": "7", "rid": "q"},
        {"ssrc": 9, "payload_type": 96, "mid": "99", "rid": "q"},
        {"ssrc": 9, "payload_type": 96},
        {"ssrc": 9, "payload_type": 116, "mid": "7", "rid": "q"},
        {"ssrc": 9, "payload_type": 96, "mid": "7", "rid": "zz"},
        {"ssrc": 9, "payload_type": 96, "mid": "7"},
    ],
)
def test_packets_that_belong_to_nothing_are_counted(alice: Client, packet: dict[str, object]) -> None:
    alice.publish_video()
    alice.media(number=1, timestamp=0, payload=vp8(key=True), **packet)  # type: ignore[arg-type]
    assert alice.participant.uplink.drops["unknown ssrc"] == 1
    assert set(layers(alice).values()) == {(0, 0)}


def test_a_section_without_simulcast_may_name_its_ssrcs(alice: Client) -> None:
    alice.publish_video(rids=())
    section = alice.sections[-1]
    section.ssrcs = {70: {"cname": "c"}, 71: {"cname": "c"}}
    section.ssrc_groups = [SsrcGroup("FID", (70, 71))]
    alice.offer()
    alice.offer()
    alice.media(70, 96, 1, 0, vp8(key=True))
    assert layers(alice) == {"": (70, 71)}
    assert not alice.participant.uplink.drops


def test_or_be_found_by_its_mid(alice: Client) -> None:
    alice.publish_video(rids=())
    alice.media(70, 96, 1, 0, vp8(key=True), mid=alice.sections[-1].mid)
    alice.media(71, 97, 1, 0, b"\0\0probe", mid=alice.sections[-1].mid)
    assert layers(alice) == {"": (70, 71)}


def test_the_publisher_gets_reports_and_a_limit(rig: Rig, alice: Client) -> None:
    alice.publish_video(rids=())
    mid = alice.sections[-1].mid
    alice.media(70, 96, 1, 0, vp8(key=True), mid=mid)
    alice.report_clock(70, 100.0, 0)
    rig.pass_time(1.1)
    report = next(alice.heard(ReceiverReport))
    assert isinstance(report, ReceiverReport)
    (block,) = report.reports
    assert (block.ssrc, block.last_sender_report) == (70, 100 << 16)
    assert 0 < block.delay_since_sender_report < 2 * 65536
    remb = next(alice.heard(Remb))
    assert isinstance(remb, Remb)
    assert remb.bitrate == pytest.approx(4_000_000, rel=0.001)
    assert remb.ssrcs == (70,)


def test_losses_are_asked_for_and_then_a_key_frame(rig: Rig, alice: Client) -> None:
    alice.publish_video(rids=())
    mid = alice.sections[-1].mid
    alice.media(70, 96, 1, 0, vp8(key=True), mid=mid)
    alice.media(70, 96, 3, 3000, vp8())
    rig.pass_time(0.1)
    assert next(alice.heard(Nack)) == Nack(alice.participant.uplink._ssrc, 70, (2,))
    assert not list(alice.heard(Pli))
    for number in range(4, 60):
        alice.media(70, 96, number, 3000 * number, vp8())
        rig.pass_time(0.04)
    assert next(alice.heard(Pli)) == Pli(alice.participant.uplink._ssrc, 70)


def test_levels_of_muted_microphones_are_not_heard(alice: Client) -> None:
    sid = alice.publish_audio()
    for number in range(10):
        alice.media(5001, 111, number, 960 * number, b"opus", level=10)
    assert alice.participant.uplink.meter.evaluate()
    alice.rig.room().set_muted(alice.participant, sid, True, alice.rig.now)
    for number in range(10, 20):
        alice.media(5001, 111, number, 960 * number, b"opus", level=10)
    assert alice.participant.uplink.meter.evaluate()
    assert not alice.participant.uplink.meter.is_active


def test_what_comes_for_an_ended_track_is_dropped(alice: Client) -> None:
    alice.publish_audio()
    alice.sections[-1].direction = "inactive"
    alice.offer()
    alice.media(5001, 111, 1, 0, b"opus")
    assert alice.participant.uplink.drops["unknown ssrc"] == 1
    alice.report_clock(5001, 100.0, 0)


def test_a_new_source_does_not_inherit_the_clock_of_the_old_one(rig: Rig, alice: Client) -> None:
    alice.publish_video()
    mid = alice.sections[-1].mid
    alice.media(10, 96, 1, 0, vp8(key=True), mid=mid, rid="q")
    alice.report_clock(10, 100.0, 0)
    alice.media(11, 96, 50_000, 900_000, vp8(key=True), mid=mid, rid="q")
    (track,) = alice.participant.tracks.values()
    assert track.layers[0].reported is None
    assert track.layers[0].log.received == 1


def test_a_report_long_ago_is_still_told(rig: Rig, alice: Client) -> None:
    alice.publish_audio()
    alice.media(5001, 111, 1, 0, b"opus")
    alice.report_clock(5001, 100.0, 0)
    rig.now += 70_000.0
    alice.check()
    alice.media(5001, 111, 2, 960, b"opus")
    rig.engine.tick(rig.now)
    rig.pump()
    report = list(alice.heard(ReceiverReport))[-1]
    assert isinstance(report, ReceiverReport)
    assert report.reports[0].delay_since_sender_report == 0xFFFFFFFF


def test_the_sound_of_a_screen_is_nobody_speaking(alice: Client) -> None:
    alice.add_track("audio", "tab", TrackSource.SCREEN_SHARE_AUDIO)
    section = alice.section(str(len(alice.sections)), "audio", "sendonly")
    section.msids = [("-", "tab")]
    alice.sections.append(section)
    alice.offer()
    for number in range(20):
        alice.media(6001, 111, number, 960 * number, b"opus", level=10, mid=section.mid)
    assert not alice.participant.uplink.drops
    assert not alice.participant.uplink.meter.evaluate()


def test_arrivals_are_told_in_batches_whatever_the_packets_carry(alice: Client) -> None:
    alice.publish_video()
    for number in range(20):
        alice.media(31, 97, number, 0, b"", extensions={3: (500 + number).to_bytes(2, "big")})
        alice.rig.pass_time(0.02)
    alice.media(31, 97, 99, 0, b"", extensions={3: b"x"})
    alice.rig.pass_time(0.5)
    told = [packet for packet in alice.heard(TransportFeedback) if isinstance(packet, TransportFeedback)]
    assert 3 <= len(told) <= 6
    assert sum(int.from_bytes(packet.body[2:4], "big") for packet in told) == 20
