"""Where a sample lies in time: reports, drift, pauses, clocks that are set, and forgeries."""

from array import array
from pathlib import Path

import pytest

from interview_stream.capture.clock import MediaClock, companions, media_clock, publisher_clock
from interview_stream.capture.format import Capture, EventRecord, SenderReportRecord
from interview_stream.capture.order import OrderedPackets
from interview_stream.sfu.wire.rtcp import ntp_from_unix
from tests.capture.publisher import START, Machine, Sender

RATE = 48_000
DELAY_S = 0.02


class Track:
    """A track whose media clock, publisher's clock and way can be bent; times are true seconds since START."""

    def __init__(self, seconds: float, *, begin: float = 0, step: float = 0.1, name: str = "a") -> None:
        self.times = [begin + place * step for place in range(round(seconds / step))]
        self.name, self.step = name, step
        self.drift = 0.0
        self.paused_at, self.paused_s = float("inf"), 0.0
        self.set_at, self.set_by_s = float("inf"), 0.0
        self.clock_offset_s, self.clock_drift = 0.0, 0.0
        self.delay_s = DELAY_S
        self.forged: list[SenderReportRecord] = []

    def timestamp(self, at: float) -> int:
        if at >= self.paused_at:
            at = max(self.paused_at, at - self.paused_s)
        return round(at * (1 + self.drift) * RATE)

    def ntp(self, at: float) -> int:
        return ntp_from_unix(
            START + at * (1 + self.clock_drift) + self.clock_offset_s + (self.set_by_s if at >= self.set_at else 0)
        )

    def sent(self) -> list[float]:
        return [at for at in self.times if not self.paused_at <= at < self.paused_at + self.paused_s]

    def reports(self) -> list[SenderReportRecord]:
        each = round(1 / self.step)
        return [
            SenderReportRecord(self.ntp(at), self.timestamp(at) & 0xFFFFFFFF, self.arrival_ns(at))
            for at in self.sent()[each::each]
        ]

    def arrival_ns(self, at: float) -> int:
        return round((START + at + self.delay_s) * 1e9)

    def capture(self, *, reports: bool = True) -> Capture:
        arrivals = array("q", (self.arrival_ns(at) for at in self.sent()))
        events: tuple[EventRecord, ...] = ()
        return Capture(
            path=Path(self.name),
            header=Sender(Machine(), "opus").header(),
            sender_reports=(*(self.reports() if reports else ()), *self.forged),
            events=events,
            end=None,
            arrivals_ns=arrivals,
            offsets=array("q", bytes(8 * len(arrivals))),
            lengths=array("l", bytes(8 * len(arrivals))),
            valid_bytes=0,
            lost_bytes=0,
        )

    def packets(self) -> OrderedPackets:
        count = len(self.sent())
        return OrderedPackets(
            sequences=array("q", range(count)),
            timestamps=array("q", map(self.timestamp, self.sent())),
            arrivals_ns=array("q", map(self.arrival_ns, self.sent())),
            offsets=array("q", bytes(8 * count)),
            lengths=array("l", bytes(8 * count)),
            markers=array("b", bytes(count)),
            unusable=0,
        )

    def clock(self, *, reports: bool = True, siblings: "tuple[Track, ...]" = ()) -> MediaClock:
        capture = self.capture(reports=reports)
        publisher = publisher_clock(companions(capture, [sibling.capture() for sibling in siblings]))
        return media_clock(capture, self.packets(), publisher)

    def worst(self, clock: MediaClock, *, since: float = 0) -> float:
        """The largest error of any packet's time, apart from the shortest way, which nobody can know."""
        return max(abs(clock.wall(self.timestamp(at)) - START - at - DELAY_S) for at in self.sent() if at >= since)


@pytest.mark.parametrize("offset", [0.0, 7200.0, -90.0])
def test_a_publishers_clock_may_be_anywhere(offset: float) -> None:
    track = Track(30)
    track.clock_offset_s = offset
    assert track.worst(track.clock()) < 0.001


@pytest.mark.parametrize("drift", [100e-6, -100e-6])
def test_a_sound_card_may_run_off_by_a_third_of_a_second_an_hour(drift: float) -> None:
    track = Track(3600, step=1)
    track.drift = drift
    assert track.worst(track.clock()) < 0.01


@pytest.mark.parametrize("drift", [100e-6, -100e-6])
def test_a_machines_clock_may_run_off_too(drift: float) -> None:
    track = Track(3600, step=1)
    track.clock_drift = drift
    assert track.worst(track.clock()) < 0.01


def test_an_impossible_drift_is_taken_for_delay() -> None:
    track = Track(1800, step=1)
    track.clock_drift = -0.0009
    assert track.worst(track.clock()) < 2.1


def test_a_media_clock_that_pauses_goes_on_where_the_packets_do() -> None:
    track = Track(60)
    track.paused_at, track.paused_s = 20.05, 13.0
    assert track.worst(track.clock()) < 0.002


@pytest.mark.parametrize("by", [0.9, -0.9, 8.0, -8.0])
def test_a_clock_that_is_set_meanwhile_bends_nothing(by: float) -> None:
    track = Track(60)
    track.set_at, track.set_by_s = 30.0, by
    clock = track.clock()
    early = clock.wall(track.timestamp(5)) - START - 5
    assert clock.wall(track.timestamp(55)) - START - 55 == pytest.approx(early, abs=0.01)
    assert abs(early) < 1


@pytest.mark.parametrize("reports", [True, False])
def test_lip_sync_comes_from_reports_even_if_one_way_is_slow(reports: bool) -> None:
    voice, picture = Track(20, name="voice"), Track(20, name="picture")
    picture.delay_s = 0.4
    apart = abs(
        voice.clock(siblings=(picture,)).wall(voice.timestamp(10))
        - picture.clock(reports=reports, siblings=(voice,)).wall(picture.timestamp(10))
    )
    assert (apart < 0.001) == reports


def test_forged_reports_harm_little() -> None:
    track = Track(30)
    track.forged = [
        SenderReportRecord(0, 5, track.arrival_ns(3)),
        SenderReportRecord(1, 5, track.arrival_ns(3)),
        SenderReportRecord(2**64 - 1, 2**31, track.arrival_ns(4)),
    ]
    assert track.worst(track.clock()) < 0.001


def test_without_reports_the_quickest_packets_count() -> None:
    track = Track(30)
    assert track.worst(track.clock(reports=False)) < 0.001


def test_only_tracks_that_ran_together_share_a_clock() -> None:
    """The same person first on a laptop, then on a phone whose clock is minutes ahead."""
    laptop, laptop_voice = Track(20, name="laptop"), Track(25, name="laptop-voice")
    phone = Track(20, begin=40, name="phone")
    phone.clock_offset_s = 300
    names = [capture.path.name for capture in companions(laptop.capture(), [laptop_voice.capture(), phone.capture()])]
    assert names == ["laptop", "laptop-voice"]
    for track in (laptop, laptop_voice, phone):
        assert track.worst(track.clock(siblings=(laptop, laptop_voice, phone))) < 0.001


def test_tracks_may_be_joined_by_a_third() -> None:
    early, late, bridge = Track(10, name="early"), Track(10, begin=20, name="late"), Track(40, name="bridge")
    captures = [late.capture(), bridge.capture(), Track(0, name="empty").capture()]
    names = {capture.path.name for capture in companions(early.capture(), captures)}
    assert names == {"early", "late", "bridge"}
