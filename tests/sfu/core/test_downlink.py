"""What a participant receives: reports, feedback, and layers that follow wishes and the network."""

import pytest
from livekit.protocol.models import VideoQuality
from livekit.protocol.rtc import SignalRequest, StreamState, UpdateTrackSettings

from interview_stream.sfu.wire.rtcp import (
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceDescription,
    Unknown,
    ntp_middle,
)
from interview_stream.sfu.wire.rtp import extend
from interview_stream.sfu.wire.transport_cc import feedback
from tests.sfu.rig import Client, Rig, vp8

LAYERS = {10: ("q", 200), 20: ("h", 800), 30: ("f", 3000)}


class Link:
    """Dana's access: what comes is queued for its turn, dropped when the queue is long, and reported on."""

    def __init__(self, rate_bps: float) -> None:
        self.rate_bps = rate_bps
        self.drop_each = 0
        self.seen = 0
        self._free_at = 0.0
        self._arrivals: dict[int, float] = {}
        self._sent = 0
        self._reported = 0
        self._at = 0.0
        self._count = 0

    def carry(self, dana: Client, now: float) -> None:
        """Take what was sent to dana since the last call; a tenth of a second later she tells what came."""
        for packet in dana.packets[self.seen :]:
            mark = packet.extension(3)
            if mark is not None:
                number = extend(int.from_bytes(mark, "big"), self._sent)
                self._sent = max(self._sent, number)
                begin = max(now, self._free_at)
                is_dropped = self.drop_each and number % self.drop_each == 0
                if begin - now < 0.3 and not is_dropped:
                    self._free_at = begin + len(packet.payload) * 8 / self.rate_bps
                    self._arrivals[number] = self._free_at + 0.02
        self.seen = len(dana.packets)
        arrived = [number for number, at in self._arrivals.items() if at <= now and number >= self._reported]
        if arrived and now - self._at >= 0.1:
            self._at = now
            message = feedback(1, 2, self._reported, max(arrived), self._arrivals, self._count)
            self._count += 1
            self._reported = max(arrived) + 1
            dana.feedback(message)


class Stage:
    """Alice films in three layers, Dana watches."""

    def __init__(self, **settings: object) -> None:
        self.rig = Rig()
        self.alice = self.rig.client("alice").connect()
        self.dana = self.rig.client("dana").connect(**settings)
        self.sid = self.alice.publish_video()
        self.rig.pass_time(0.1)
        self.frame = 0
        self.link: Link | None = None
        self.told: dict[int, tuple[int, int]] = {}

    def film(self, seconds: float, *, keys: bool = True) -> None:
        """25 pictures a second on every layer, each picture a key frame if one was asked for."""
        mid = self.alice.sections[-1].mid
        for _ in range(int(seconds * 25)):
            asked = {packet.media_ssrc for packet in self.alice.rtcp if isinstance(packet, Pli)}
            self.alice.rtcp = [packet for packet in self.alice.rtcp if not isinstance(packet, Pli)]
            for ssrc, (rid, size) in LAYERS.items():
                key = keys and (ssrc in asked or self.frame == 0)
                payload = vp8(key=key, picture=self.frame, tl0=self.frame, body=bytes(size))
                self.alice.media(ssrc, 96, self.frame, self.frame * 3600, payload, mid=mid, rid=rid)
            self.frame += 1
            for _ in range(2):
                self.rig.pass_time(0.02)
                if self.link is not None:
                    self.link.carry(self.dana, self.rig.now)

    @property
    def ssrc(self) -> int:
        return next(iter(self.dana.participant.downlink)).forwarder.stream.ssrc

    def layer(self) -> str:
        current = next(iter(self.dana.participant.downlink)).forwarder.current
        return "" if current is None else current.rid

    def block(self, ssrc: int, lost: float, packets: int = 100) -> ReportBlock:
        """What dana says of so many packets that came, or not, since she last spoke of this SSRC."""
        highest, lost_before = self.told.get(ssrc, (0, 0))
        self.told[ssrc] = highest + packets, lost_before + round(packets * lost)
        return ReportBlock(ssrc, int(lost * 256), self.told[ssrc][1], self.told[ssrc][0], 0)

    def wish(self, **fields: object) -> None:
        setting = UpdateTrackSettings(track_sids=[self.sid], **fields)  # type: ignore[arg-type]
        self.dana.ask(SignalRequest(track_setting=setting))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_the_best_layer_that_arrives_is_sent(stage: Stage) -> None:
    stage.film(2.5)
    assert stage.layer() == "f"
    assert {len(packet.payload) for packet in stage.dana.packets[-20:]} == {3007}


def test_a_wish_changes_the_layer_and_disabling_stops_it(stage: Stage) -> None:
    stage.film(2.5)
    stage.wish(width=320, height=180)
    stage.film(1.5)
    assert stage.layer() == "q"
    stage.wish(disabled=True)
    count = len(stage.dana.packets)
    stage.film(0.5)
    assert len(stage.dana.packets) == count
    stage.wish(quality=VideoQuality.MEDIUM)
    stage.film(1.5)
    assert stage.layer() == "h"
    stage.wish(quality=VideoQuality.OFF)
    assert stage.layer() == ""


def test_reports_come_with_the_publishers_clock_and_name(stage: Stage) -> None:
    stage.film(2.5)
    stage.alice.report_clock(30, 5000.0, stage.frame * 3600)
    stage.film(1.5)
    report = next(stage.dana.heard(SenderReport))
    assert isinstance(report, SenderReport)
    assert report.ssrc == stage.ssrc
    assert report.ntp_time >> 32 in (5000, 5001)
    source = next(stage.dana.heard(SourceDescription))
    assert isinstance(source, SourceDescription)
    assert source.chunks[0][1][0][1].decode() == stage.alice.participant.sid


def test_the_round_trip_is_taken_from_echoed_reports(stage: Stage) -> None:
    stage.film(2.5)
    stage.alice.report_clock(30, 5000.0, stage.frame * 3600)
    stage.film(1.5)
    downlink = stage.dana.participant.downlink
    assert downlink.measured_rtt_s is None
    reports = [packet for packet in stage.dana.heard(SenderReport) if isinstance(packet, SenderReport)]
    (subscription,) = downlink
    name = ntp_middle(reports[-1].ntp_time)
    waited = stage.rig.now - subscription.reports_sent[name]
    stage.rig.now += 0.05
    echo = ReportBlock(stage.ssrc, 0, 0, 0, 0, name, int(waited * 65536))
    stage.dana.feedback(ReceiverReport(1, (echo,)))
    assert downlink.rtt_s == pytest.approx(0.05, abs=0.001)
    later = ReportBlock(stage.ssrc, 0, 0, 0, 0, name, int((waited - 0.05) * 65536))
    impossible = ReportBlock(stage.ssrc, 0, 0, 0, 0, name, 0x7FFFFFFF)
    stage.dana.feedback(ReceiverReport(1, (later, impossible)))
    assert downlink.rtt_s == pytest.approx(0.0625, abs=0.001)
    stage.film(8.0)
    assert name not in subscription.reports_sent


def test_a_nack_brings_the_packet_again(stage: Stage) -> None:
    stage.film(2.5)
    lost = stage.dana.packets[-5]
    stage.dana.feedback(Nack(1, stage.ssrc, (lost.sequence_number,)), Nack(1, 99, (1,)))
    assert stage.dana.packets[-1].payload == lost.sequence_number.to_bytes(2, "big") + lost.payload


@pytest.mark.parametrize("ask", [lambda ssrc: Pli(1, ssrc), lambda ssrc: Fir(1, ((ssrc, 3),))])
def test_a_request_for_a_key_frame_reaches_the_publisher(stage: Stage, ask: object) -> None:
    stage.film(3.0)
    assert callable(ask)
    stage.dana.feedback(ask(stage.ssrc), ask(99))
    stage.rig.pass_time(0.1)
    assert [packet.media_ssrc for packet in stage.alice.heard(Pli) if isinstance(packet, Pli)] == [30]


def test_loss_lowers_the_layer_and_its_end_raises_it_again(stage: Stage) -> None:
    stage.film(3.0)
    for _ in range(3):
        stage.dana.feedback(ReceiverReport(1, (stage.block(stage.ssrc, 0.3), stage.block(12345, 0.9))))
        assert stage.dana.participant.downlink.fraction_lost == pytest.approx(0.3, abs=0.01)
        stage.film(1.0)
    stage.film(1.5)
    assert stage.layer() == "h"
    stage.dana.feedback(ReceiverReport(1, (stage.block(stage.ssrc, 0.0),)))
    stage.film(9.0)
    assert stage.layer() == "f"


def test_much_lost_of_a_few_packets_is_chance(stage: Stage) -> None:
    stage.film(3.0)
    for number in range(20):
        few = stage.block(stage.ssrc, 0.5 if number % 5 == 0 else 0.0, packets=8)
        stage.dana.feedback(ReceiverReport(1, (few,)))
        stage.film(0.4)
        assert stage.layer() == "f"


def test_feedback_about_nothing_is_ignored(stage: Stage) -> None:
    stage.film(0.5)
    downlink = stage.dana.participant.downlink
    stage.dana.feedback(
        Unknown(205, 7, bytes(8)),
        ReceiverReport(1, (stage.block(next(iter(downlink)).forwarder.stream.rtx_ssrc, 0.9),)),
        ReceiverReport(1),
    )
    assert downlink.fraction_lost == 0.0


def test_a_layer_that_stops_is_replaced(stage: Stage) -> None:
    stage.film(3.0)
    mid = stage.alice.sections[-1].mid
    for _ in range(100):
        asked = {p.media_ssrc for p in stage.alice.heard(Pli) if isinstance(p, Pli)}
        stage.alice.media(
            20, 96, stage.frame, stage.frame * 3600, vp8(key=20 in asked, picture=stage.frame), mid=mid, rid="h"
        )
        stage.frame += 1
        stage.rig.pass_time(0.04)
    assert stage.layer() == "h"


def test_many_reports_are_spread_over_datagrams() -> None:
    rig = Rig()
    dana = rig.client("dana").connect()
    publishers: list[Client] = []
    for number in range(14):
        publisher = rig.client(f"p{number}").connect()
        publisher.publish_audio()
        publishers.append(publisher)
    rig.pass_time(0.3)
    for publisher in publishers:
        publisher.media(5001, 111, 1, 0, b"opus")
        publisher.report_clock(5001, 100.0, 0)
    dana.rtcp.clear()
    rig.pass_time(1.1)
    assert len({packet.ssrc for packet in dana.heard(SenderReport) if isinstance(packet, SenderReport)}) == 14


def test_a_publishers_impossible_clock_stops_nobody(stage: Stage) -> None:
    stage.film(2.5)
    stage.alice.feedback(SenderReport(30, 0xFFFFFFFFFFFFFFFF, 0, 1, 1))
    stage.dana.rtcp.clear()
    stage.film(1.5)
    assert next(stage.dana.heard(SenderReport))


def test_one_bad_report_is_chance_however_many_other_tracks_report(stage: Stage) -> None:
    stage.film(3.0)
    sid = stage.alice.publish_audio()
    stage.rig.pass_time(0.3)
    audio = stage.dana.participant.downlink.get(sid)
    assert audio is not None
    stage.dana.feedback(ReceiverReport(1, (stage.block(stage.ssrc, 0.3),)))
    for _ in range(3):
        stage.dana.feedback(ReceiverReport(2, (stage.block(audio.forwarder.stream.ssrc, 0.0),)))
    stage.dana.feedback(ReceiverReport(1, (stage.block(stage.ssrc, 0.0),)))
    stage.film(2.5)
    assert stage.layer() == "f"


def test_a_track_that_is_over_says_nothing_about_the_path(stage: Stage) -> None:
    """The last report on a paused picture may have been a bad one; none follows that takes it back."""
    stage.film(3.0)
    other = stage.rig.client("carol").connect()
    sid = other.publish_video(rids=())
    stage.rig.pass_time(0.3)
    other.media(70, 96, 1, 0, vp8(key=True), mid=other.sections[-1].mid)
    paused = stage.dana.participant.downlink.get(sid)
    assert paused is not None
    stage.dana.feedback(ReceiverReport(3, (stage.block(paused.forwarder.stream.ssrc, 0.5),)))
    for _ in range(8):
        stage.dana.feedback(ReceiverReport(1, (stage.block(stage.ssrc, 0.0),)))
        stage.film(1.0)
    assert stage.layer() == "f"
    assert stage.dana.participant.downlink.fraction_lost == 0.0


def test_sound_of_a_few_packets_does_not_lower_the_picture(stage: Stage) -> None:
    """A silent microphone sends two packets a second: one of them lost is no congestion."""
    stage.film(3.0)
    sid = stage.alice.publish_audio()
    stage.rig.pass_time(0.3)
    audio = stage.dana.participant.downlink.get(sid)
    assert audio is not None
    for _ in range(5):
        stage.dana.feedback(ReceiverReport(2, (stage.block(audio.forwarder.stream.ssrc, 0.3),)))
        stage.film(1.0)
    assert stage.layer() == "f"


def test_a_narrow_path_lowers_the_layer_and_the_top_is_back_soon_after_it_is_wide_again(stage: Stage) -> None:
    stage.link = Link(2_000_000)
    stage.film(4.0)
    assert stage.layer() == "f"
    stage.link.rate_bps = 256_000
    stage.film(2.0)
    assert stage.layer() == "h"
    stage.film(18.0)
    assert stage.layer() == "h"
    stage.link.rate_bps = 2_000_000
    began = stage.rig.now
    while stage.layer() != "f":
        stage.film(0.2)
        assert stage.rig.now - began < 15.0


def test_without_answers_more_is_sent_blindly_after_a_while(stage: Stage) -> None:
    """A client that tells nothing of what arrives."""
    stage.film(3.0)
    for _ in range(5):
        stage.dana.feedback(ReceiverReport(1, (stage.block(stage.ssrc, 0.3),)))
        stage.film(1.0)
    assert stage.layer() == "h"
    stage.film(12.0)
    assert stage.layer() == "f"
    assert not any(packet.ssrc != stage.ssrc for packet in stage.dana.packets)


def test_one_who_has_a_narrow_path_costs_others_nothing(stage: Stage) -> None:
    carol = stage.rig.client("carol").connect()
    stage.rig.pass_time(0.5)
    stage.link = Link(200_000)
    stage.film(12.0)
    assert stage.layer() == "h"
    subscription = next(iter(carol.participant.downlink))
    assert subscription.forwarder.current is not None
    assert subscription.forwarder.current.rid == "f"
    assert not any(packet.ssrc == subscription.forwarder.stream.rtx_ssrc for packet in carol.packets)


def test_loss_without_a_queue_is_acted_on_at_once_and_ends_what_is_tried(stage: Stage) -> None:
    stage.link = Link(2_000_000)
    stage.film(3.0)
    stage.link.drop_each = 2
    stage.film(1.5)
    assert stage.layer() in ("h", "q")
    stage.link.drop_each = 0
    downlink = stage.dana.participant.downlink
    while not downlink.is_urgent():
        stage.film(0.2)
    for _ in range(4):
        stage.dana.feedback(ReceiverReport(1, (stage.block(stage.ssrc, 0.3),)))
        stage.film(0.8)
    assert not downlink.is_urgent()


def test_the_smallest_picture_gives_way_to_sound_and_comes_back(stage: Stage) -> None:
    stage.link = Link(2_000_000)
    stage.film(3.0)
    stage.link.rate_bps = 20_000
    stage.film(12.0)
    assert stage.layer() == ""
    assert told(stage.dana) == [(stage.sid, StreamState.PAUSED)]
    stage.dana.resume()
    stage.film(1.0)
    assert told(stage.dana) == [(stage.sid, StreamState.PAUSED)]
    stage.link.rate_bps = 2_000_000
    stage.film(15.0)
    assert stage.layer() == "f"
    assert told(stage.dana)[-1] == (stage.sid, StreamState.ACTIVE)
    assert not stage.alice.signals.all("stream_state_update")


def told(client: Client) -> list[tuple[str, int]]:
    """Which streams the client heard to be paused or active."""
    updates = client.signals.all("stream_state_update")
    return [(info.track_sid, info.state) for update in updates for info in update.stream_state_update.stream_states]


def test_one_who_does_not_want_it_is_never_paused() -> None:
    stage = Stage(allow_pause=False)
    stage.link = Link(2_000_000)
    stage.film(3.0)
    stage.link.rate_bps = 20_000
    stage.film(8.0)
    assert stage.layer() == "q"
    assert told(stage.dana) == []


def test_repairs_do_not_keep_full_the_queue_that_they_were_lost_in(stage: Stage) -> None:
    stage.link = Link(2_000_000)
    stage.film(3.0)
    stage.link.rate_bps = 100_000
    stage.film(4.0)
    subscription = next(iter(stage.dana.participant.downlink))
    before = subscription.forwarder.resent
    for _ in range(100):
        everything = tuple(packet.sequence_number for packet in stage.dana.packets if packet.ssrc == stage.ssrc)
        stage.dana.feedback(Nack(1, stage.ssrc, everything[-100:]))
        stage.film(0.04)
    repaired = (subscription.forwarder.resent - before) * 207
    limit_bps = stage.dana.participant.downlink.estimate.limit_bps
    assert 0 < repaired < 100_000 * 0.3 / 8 * (4.0 + 1.0 + 1.0)
    assert limit_bps < 200_000


def test_a_hiccup_of_a_picture_that_hardly_moves_does_not_take_it_away(stage: Stage) -> None:
    """Late by a tenth of a second, though next to nothing was sent."""
    stage.link = Link(256_000)
    stage.film(6.0)
    assert stage.layer() == "h"
    limit_bps = stage.dana.participant.downlink.estimate.limit_bps
    stage.dana.participant.downlink.estimate.congested(1_000, 1_000, stage.rig.now, is_outrun=False)
    stage.film(0.5)
    assert stage.dana.participant.downlink.estimate.limit_bps >= limit_bps * 0.7
    assert stage.layer() in ("q", "h")


def test_with_many_people_the_top_is_back_as_soon() -> None:
    """The second trial aims far beyond the next picture, else each of them would take a trial of its own."""
    rig = Rig()
    dana = rig.client("dana").connect()
    films = [rig.client(f"person {number}").connect() for number in range(5)]
    mids = []
    for one in films:
        one.publish_video()
        mids.append(one.sections[-1].mid)
    rig.pass_time(0.2)
    link, frame = Link(6_000_000), 0

    def film(seconds: float) -> None:
        nonlocal frame
        for _ in range(int(seconds * 25)):
            for number, one in enumerate(films):
                asked = {packet.media_ssrc for packet in one.rtcp if isinstance(packet, Pli)}
                one.rtcp = [packet for packet in one.rtcp if not isinstance(packet, Pli)]
                for ssrc, (rid, size) in LAYERS.items():
                    key = frame == 0 or ssrc + number * 100 in asked
                    payload = vp8(key=key, picture=frame, tl0=frame, body=bytes(size // 2))
                    one.media(ssrc + number * 100, 96, frame, frame * 3600, payload, mid=mids[number], rid=rid)
            frame += 1
            for _ in range(2):
                rig.pass_time(0.02)
                link.carry(dana, rig.now)

    def layers() -> list[str]:
        current = [subscription.forwarder.current for subscription in dana.participant.downlink]
        return [layer.rid if layer else "" for layer in current]

    film(3.0)
    assert layers() == ["f"] * 5
    link.rate_bps = 256_000
    film(6.0)
    assert set(layers()) <= {"q", "h", ""}
    link.rate_bps = 6_000_000
    began = rig.now
    while layers() != ["f"] * 5:
        film(0.2)
        assert rig.now - began < 15.0


def test_the_smallest_picture_stays_on_a_path_that_just_carries_it(stage: Stage) -> None:
    """In a queue, and late; but late is better than paused."""
    stage.link = Link(2_000_000)
    stage.film(3.0)
    stage.link.rate_bps = 42_000  # the smallest is 41 kbit/s
    stage.film(4.0)
    for _ in range(20):
        stage.film(1.0)
        assert stage.layer() == "q"


def test_nothing_is_tried_while_a_queue_is_there(stage: Stage) -> None:
    stage.link = Link(2_000_000)
    stage.film(3.0)
    stage.link.rate_bps = 256_000
    downlink = stage.dana.participant.downlink
    waited = 0
    for _ in range(500):
        was_urgent = downlink.is_urgent()
        waiting_s = downlink.path.waiting_s
        stage.film(0.04)
        if downlink.is_urgent() and not was_urgent:
            waited += 1
            assert min(waiting_s, downlink.path.waiting_s) <= 0.06
    assert waited > 0
