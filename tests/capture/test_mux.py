"""Captures of real media become files that decode, last as long as the call, and keep picture and sound together."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from interview_stream.capture.format import (
    Codec,
    EventKind,
    UnreadableCaptureError,
    encode_event,
    encode_header,
    encode_rtp,
)
from interview_stream.capture.mux import MuxedTrack, NothingRecordedError, mux
from tests.capture.publisher import START, Coded, Machine, Packet, Sender, record, sound, video
from tests.e2e.media_probe import Media, probe, sync_offsets

SECONDS = 6.0
RATE = 30
EXACT_S = 0.012
"""Container times are in milliseconds, and a video frame is looked for at its beginning."""


def capture_of(
    path: Path,
    codec: Codec,
    *,
    machine: Machine | None = None,
    sender: Sender | None = None,
    coded: tuple[Coded, ...] | None = None,
    packets: Iterable[Packet] | None = None,
    reports: bool = True,
    stopped_at: float | None = SECONDS,
) -> Path:
    """A capture of flashes or beeps, clean unless other packets are given."""
    sender = sender or Sender(machine or Machine(), codec)
    coded = coded or (sound(seconds=SECONDS, dtx=True) if codec == "opus" else video(codec, seconds=SECONDS))
    packets = sender.packets(coded) if packets is None else packets
    times = [1 + second for second in range(round(coded[-1].at))] if reports else []
    return record(path, sender, packets, report_times=times, stopped_at=stopped_at)


def muxed(capture: Path, *siblings: Path) -> tuple[MuxedTrack, Media]:
    track = mux(capture, capture.parent / "out", siblings=siblings)
    assert track.size_bytes == track.path.stat().st_size
    assert [path.name for path in track.path.parent.glob("*.part")] == []
    media = probe(track.path)
    assert media.duration_s == pytest.approx(track.duration_s, abs=EXACT_S)
    return track, media


def spans(track: MuxedTrack) -> list[float]:
    return [edge for gap in track.gaps for edge in (gap.start_s, gap.end_s)]


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_a_clean_video_keeps_every_frame_and_lasts_as_long_as_the_call(tmp_path: Path, codec: Codec) -> None:
    track, media = muxed(capture_of(tmp_path / "video.rtp", codec))
    assert (track.container, track.path.name) == (("webm", "video.webm") if codec == "vp8" else ("mp4", "video.mp4"))
    assert media.frames == SECONDS * RATE
    assert (track.width, track.height) == media.size == (320, 180)
    assert media.flashes == pytest.approx(range(6), abs=EXACT_S)
    assert track.duration_s == pytest.approx(SECONDS, abs=0.05)
    assert track.started_at == pytest.approx(START + 0.02, abs=0.001)
    assert (track.lost_packets, track.gaps) == (0, ())


@pytest.mark.parametrize("dtx", [False, True])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound_is_unbroken_whether_silence_was_sent_or_not(tmp_path: Path, dtx: bool, channels: int) -> None:
    coded = sound(seconds=SECONDS, dtx=dtx, channels=channels)
    track, media = muxed(capture_of(tmp_path / "sound.rtp", "opus", coded=coded))
    assert media.beeps == pytest.approx(range(6), abs=EXACT_S)
    assert track.duration_s == pytest.approx(SECONDS, abs=0.03)
    assert (track.container, track.width, track.lost_packets, track.gaps) == ("webm", None, 0, ())


@pytest.mark.parametrize("codec", ["vp8", "h264", "opus"])
def test_reordered_and_repaired_packets_leave_no_trace(tmp_path: Path, codec: Codec) -> None:
    """Every packet takes its own time, one in ten a second and more, as repairs do; some come twice."""
    sender = Sender(Machine(jitter_s=0.015), codec)
    coded = sound(seconds=SECONDS, dtx=True) if codec == "opus" else video(codec, seconds=SECONDS)
    packets = sender.packets(coded)
    late = [
        Packet(packet.arrival + (1.2 if place % 10 == 5 else 0), packet.data) for place, packet in enumerate(packets)
    ]
    capture = capture_of(tmp_path / "a.rtp", codec, sender=sender, packets=[*late, *packets[::7]])
    clean, _ = muxed(capture_of(tmp_path / "b.rtp", codec))
    track, media = muxed(capture)
    assert (track.packets, track.lost_packets, track.gaps) == (len(packets), 0, ())
    marks = media.beeps if codec == "opus" else media.flashes
    assert marks == pytest.approx(range(6), abs=EXACT_S)
    assert media.frames == (0 if codec == "opus" else SECONDS * RATE)
    assert track.duration_s == pytest.approx(clean.duration_s, abs=0.05)


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_after_a_loss_the_picture_waits_for_the_next_key_frame(tmp_path: Path, codec: Codec) -> None:
    sender = Sender(Machine(), codec)
    coded = video(codec, seconds=SECONDS)
    packets = [sender.packets([one]) for one in coded]
    packets[70] = packets[70][1:]  # of a frame at 2 1/3 s; the next key frame comes at 4 s
    capture = capture_of(
        tmp_path / "a.rtp", codec, sender=sender, packets=[packet for group in packets for packet in group]
    )
    track, media = muxed(capture)
    assert track.lost_packets == 1
    assert media.frames == 70 + 2 * RATE
    assert spans(track) == pytest.approx([70 / RATE, 4], abs=0.01)
    assert media.flashes == pytest.approx((0, 1, 2, 4, 5), abs=EXACT_S)


def test_lost_sound_is_silent_and_listed(tmp_path: Path) -> None:
    sender = Sender(Machine(), "opus")
    packets = sender.packets(sound(seconds=SECONDS))
    capture = capture_of(tmp_path / "a.rtp", "opus", sender=sender, packets=packets[:120] + packets[160:])
    track, media = muxed(capture)
    assert track.lost_packets == 40
    assert spans(track) == pytest.approx([2.4, 3.2])
    assert media.beeps == pytest.approx((0, 1, 2, 4, 5), abs=0.03)


def test_short_losses_of_sound_shift_nothing(tmp_path: Path) -> None:
    sender = Sender(Machine(), "opus")
    packets = [
        packet for place, packet in enumerate(sender.packets(sound(seconds=SECONDS))) if place % 50 not in (20, 30)
    ]
    track, media = muxed(capture_of(tmp_path / "a.rtp", "opus", sender=sender, packets=packets))
    assert media.beeps == pytest.approx(range(6), abs=EXACT_S)
    assert track.gaps == ()


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_the_picture_may_change_its_size(tmp_path: Path, codec: Codec) -> None:
    sender = Sender(Machine(), codec)
    small = video(codec, seconds=3)
    large = [one._replace(at=one.at + 3) for one in video(codec, seconds=3, size=(640, 360))]
    packets = sender.packets([*small, *large])
    track, media = muxed(capture_of(tmp_path / "a.rtp", codec, sender=sender, packets=packets))
    assert (track.width, track.height) == media.size == (640, 360)
    assert media.frames == SECONDS * RATE


def test_a_person_is_in_sync_and_two_people_are_beside_each_other(tmp_path: Path) -> None:
    """One machine's clock is 7 min ahead, the other's an hour behind; sound and picture travel at different speeds."""
    offsets: list[float] = []
    moments: list[float] = []
    for name, clock_offset_s in [("ann", 420.0), ("ben", -3600.0)]:
        slow, quick = Machine(clock_offset_s, delay_s=0.35, jitter_s=0.02), Machine(clock_offset_s, delay_s=0.02)
        picture = Sender(slow, "vp8", identity=name)
        voice = Sender(quick, "opus", identity=name, first_timestamp=77)
        one = capture_of(tmp_path / f"{name}-video.rtp", "vp8", sender=picture, coded=video("vp8", seconds=SECONDS))
        other = capture_of(tmp_path / f"{name}-voice.rtp", "opus", sender=voice)
        video_track, video_media = muxed(one, one, other)
        voice_track, voice_media = muxed(other, one, other)
        flashes = [video_track.started_at + flash for flash in video_media.flashes]
        beeps = [voice_track.started_at + beep for beep in voice_media.beeps]
        offsets += sync_offsets(flashes, beeps)
        moments.append(beeps[3])
    assert len(offsets) == 12
    assert max(map(abs, offsets)) < 0.02
    assert moments == pytest.approx([START + 3.02] * 2, abs=0.01)


def test_a_sound_card_that_runs_off_stays_in_sync(tmp_path: Path) -> None:
    """A thousand times worse than real ones, so that seconds show what hours would: 1 % in 40 s is 0.4 s."""
    sender = Sender(Machine(), "opus", rate_error=0.01)
    coded = sound(seconds=40, dtx=True, rate_error=0.01)
    track, media = muxed(capture_of(tmp_path / "a.rtp", "opus", sender=sender, coded=coded, stopped_at=40))
    late = [beep + track.started_at - START - 0.02 - second for second, beep in enumerate(media.beeps)]
    assert len(late) == 40
    assert max(map(abs, late)) < 0.25  # the knots of the clock are a minute apart, at 1 % that bends little
    assert track.duration_s == pytest.approx(40, abs=0.5)


def test_without_sender_reports_arrival_places_the_track(tmp_path: Path) -> None:
    track, media = muxed(capture_of(tmp_path / "a.rtp", "vp8", machine=Machine(jitter_s=0.1), reports=False))
    assert track.started_at == pytest.approx(START + 0.02, abs=0.02)
    assert media.flashes == pytest.approx(range(6), abs=EXACT_S)


@pytest.mark.parametrize("codec", ["vp8", "h264", "opus"])
def test_a_kill_at_any_byte_leaves_a_playable_file(tmp_path: Path, codec: Codec) -> None:
    coded = sound(seconds=1) if codec == "opus" else video(codec, seconds=1)
    content = capture_of(tmp_path / "whole.rtp", codec, coded=coded, stopped_at=None).read_bytes()
    cut = tmp_path / "cut.rtp"
    steps = {len(content) - tail for tail in range(60)} | set(range(1, len(content), len(content) // 40))
    for size in sorted(steps):
        cut.write_bytes(content[:size])
        try:
            track, _ = muxed(cut)
        except (UnreadableCaptureError, NothingRecordedError):
            assert size < 4000  # the header or the first key frame
            continue
        assert 0 < track.duration_s < 1.1


def test_padding_and_other_payload_types_carry_no_media(tmp_path: Path) -> None:
    sender = Sender(Machine(), "h264")
    packets = []
    for one in video("h264", seconds=SECONDS):
        packets += [*sender.packets([one]), sender.padding(one.at)]
    stray = Sender(Machine(), "h264", payload_type=50).packets(video("h264", seconds=1))
    capture = capture_of(tmp_path / "a.rtp", "h264", sender=sender, packets=[*packets, *stray, Packet(START, b"junk")])
    track, media = muxed(capture)
    assert media.frames == SECONDS * RATE
    assert (track.packets, track.lost_packets) == (len(packets), 0)


def test_a_pause_is_a_gap_unless_it_was_wished(tmp_path: Path) -> None:
    sender = Sender(Machine(), "vp8")
    before, after = video("vp8", seconds=2), [one._replace(at=one.at + 7) for one in video("vp8", seconds=2)]
    capture = capture_of(
        tmp_path / "a.rtp", "vp8", sender=sender, packets=sender.packets([*before, *after]), stopped_at=9
    )
    track, media = muxed(capture)
    assert spans(track) == pytest.approx([2, 7], abs=0.01)
    assert media.flashes == pytest.approx((0, 1, 7, 8), abs=EXACT_S)
    header = encode_header(sender.header())
    muted = b"".join(
        encode_event(kind, round((START + at) * 1e9)) for kind, at in [(EventKind.MUTED, 2), (EventKind.UNMUTED, 7)]
    )
    content = capture.read_bytes()
    capture.write_bytes(header + muted + content[len(header) :])
    assert muxed(capture)[0].gaps == ()


@pytest.mark.parametrize(("source", "lasts"), [("camera", 4.0), ("screen_share", 30.0)])
def test_a_still_screen_stands_until_the_end_and_a_camera_does_not(tmp_path: Path, source: str, lasts: float) -> None:
    sender = Sender(Machine(), "vp8", source=source)
    packets = sender.packets(video("vp8", seconds=2))
    track, _ = muxed(capture_of(tmp_path / "a.rtp", "vp8", sender=sender, packets=packets, stopped_at=30))
    assert track.duration_s == pytest.approx(lasts, abs=0.1)


def test_forged_timestamps_do_not_stretch_the_file(tmp_path: Path) -> None:
    sender = Sender(Machine(), "opus")
    packets = sender.packets(sound(seconds=SECONDS))
    forged = Sender(Machine(), "opus", sequence_number=sender.sequence_number)
    hours = [one._replace(at=one.at + 40_000) for one in sound(seconds=SECONDS)[:50]]
    late = [packet._replace(arrival=START + SECONDS + 0.02) for packet in forged.packets(hours)]
    track, _ = muxed(capture_of(tmp_path / "a.rtp", "opus", sender=sender, packets=packets + late))
    assert track.duration_s == pytest.approx(SECONDS, abs=0.1)


def test_progress_runs_from_nothing_to_all(tmp_path: Path) -> None:
    seen: list[float] = []
    mux(capture_of(tmp_path / "a.rtp", "vp8"), tmp_path / "out", progress=seen.append)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert seen == sorted(seen)


def test_muxing_again_gives_the_same(tmp_path: Path) -> None:
    capture = capture_of(tmp_path / "a.rtp", "h264")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.mp4.part").write_bytes(b"left by a killed worker")
    first = mux(capture, tmp_path / "out")
    assert mux(capture, tmp_path / "out") == first
    assert first.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("codec", ["vp8", "h264", "opus"])
def test_what_cannot_be_played_is_said_plainly(tmp_path: Path, codec: Codec) -> None:
    sender = Sender(Machine(), codec)
    empty = capture_of(tmp_path / "empty.rtp", codec, packets=[])
    with pytest.raises(NothingRecordedError, match=r"empty\.rtp holds no packets"):
        mux(empty, tmp_path / "out")
    useless = sender.packets(video(codec, seconds=1)[1:10]) if codec != "opus" else [sender.padding(0)]
    with pytest.raises(NothingRecordedError, match=r"no whole key frame|no sound"):
        mux(capture_of(tmp_path / "useless.rtp", codec, sender=sender, packets=useless), tmp_path / "out")
    assert list(tmp_path.glob("out/*")) == []


def test_a_damaged_parameter_set_is_said_plainly_or_played(tmp_path: Path) -> None:
    """Cut at each byte, and with each bit turned."""
    sender = Sender(Machine(), "h264")
    _, _, sps, pps, *slices = video("h264", seconds=1)[0].data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    turned = [(int.from_bytes(sps, "big") ^ 1 << bit).to_bytes(len(sps), "big") for bit in range(len(sps) * 8 - 8)]
    outcomes: Counter[str] = Counter()
    for damaged in [*turned, *(sps[:size] for size in range(1, len(sps)))]:
        coded = Coded(0, b"".join(b"\0\0\1" + unit for unit in (damaged, pps, *slices)))
        capture = capture_of(tmp_path / "a.rtp", "h264", sender=sender, packets=sender.packets([coded]))
        try:
            outcomes[mux(capture, tmp_path / "out").container] += 1
        except (NothingRecordedError, UnreadableCaptureError) as error:
            outcomes[type(error).__name__] += 1
            assert list(tmp_path.glob("out/*.part")) == []
    assert set(outcomes) == {"mp4", "NothingRecordedError", "UnreadableCaptureError"}


@pytest.mark.parametrize("codec", ["vp8", "h264", "opus"])
@pytest.mark.parametrize("seed", range(8))
def test_damaged_payloads_are_no_crash(tmp_path: Path, codec: Codec, seed: int) -> None:
    """Whoever publishes chooses the bytes: they may spoil their own file, and nothing else."""
    chance, sender = Random(seed), Sender(Machine(), codec)
    packets = []
    for packet in sender.packets(sound(seconds=1) if codec == "opus" else video(codec, seconds=1)):
        data = bytearray(packet.data)
        for _ in range(chance.randrange(4)):
            data[chance.randrange(12, min(len(data), 40))] = chance.randrange(256)
        packets.append(packet._replace(data=bytes(data)))
    capture = capture_of(tmp_path / "a.rtp", codec, sender=sender, packets=packets, reports=False, stopped_at=1)
    try:
        assert mux(capture, tmp_path / "out").duration_s < 4
    except (NothingRecordedError, UnreadableCaptureError):
        assert list(tmp_path.glob("out/*")) == []


def test_an_unreadable_sibling_does_no_harm(tmp_path: Path) -> None:
    capture = capture_of(tmp_path / "a.rtp", "opus")
    (tmp_path / "b.rtp").write_bytes(b"no capture")
    record_of_packets = encode_header(Sender(Machine(), "vp8").header()) + encode_rtp(b"junk", round(START * 1e9))
    (tmp_path / "c.rtp").write_bytes(record_of_packets)
    siblings = [tmp_path / name for name in ("a.rtp", "b.rtp", "c.rtp", "absent.rtp")]
    track, _ = muxed(capture, *siblings)
    assert track.duration_s == pytest.approx(SECONDS, abs=0.03)
