"""A recorder as a subscriber of the top layer: key frames, clocks, notes and the end."""

from itertools import pairwise

import pytest
from livekit.protocol.egress import EgressStatus
from livekit.protocol.models import Encryption
from livekit.protocol.rtc import MuteTrackRequest, SignalRequest, UpdateParticipantMetadata

from interview_stream.sfu.core.engine import NotConsentedError, NotFoundError, WrongStateError
from interview_stream.sfu.core.recording import may_record
from interview_stream.sfu.wire.vp8 import Vp8Descriptor
from tests.sfu.core.test_downlink import Stage
from tests.sfu.rig import Rig


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_the_top_layer_is_written_from_a_key_frame_on_without_a_gap(stage: Stage) -> None:
    stage.film(1.0)
    info, capture = stage.rig.record(stage.sid)
    assert info.status == EgressStatus.EGRESS_STARTING
    stage.film(2.5)
    assert info.status == EgressStatus.EGRESS_ACTIVE
    assert Vp8Descriptor.parse(capture.packets[0].payload).is_keyframe
    numbers = [packet.sequence_number for packet in capture.packets]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert {packet.payload_type for packet in capture.packets} == {96}
    assert {len(packet.payload) for packet in capture.packets} == {3007}
    assert stage.rig.names()[-2:] == ["egress_started", "egress_updated"]


def test_a_key_frame_comes_every_few_seconds(stage: Stage) -> None:
    _, capture = stage.rig.record(stage.sid)
    stage.film(20.0)
    keys = [packet.timestamp for packet in capture.packets if Vp8Descriptor.parse(packet.payload).is_keyframe]
    assert len(keys) >= 5
    assert all(b - a <= 4.5 * 90000 for a, b in pairwise(keys))


def test_the_publishers_clock_is_written_once_for_each_report(stage: Stage) -> None:
    _, capture = stage.rig.record(stage.sid)
    stage.film(1.0)
    stage.alice.report_clock(30, 5000.0, 3600)
    stage.film(1.0)
    assert len(capture.clocks) == 1
    ntp, timestamp = capture.clocks[0]
    assert ntp >> 32 == 5000
    # The capture's own timestamps: the first packet of the layer began at some multiple of 3600.
    assert (capture.packets[0].timestamp - timestamp) % 3600 == 0


def test_everyone_sees_that_it_runs_and_that_it_ended(stage: Stage) -> None:
    info, capture = stage.rig.record(stage.sid)
    assert stage.dana.signals.last("room_update").room_update.room.active_recording
    second, _ = stage.rig.record(stage.sid)
    stage.film(0.5)
    stage.rig.engine.stop_recording(info.egress_id, stage.rig.now)
    assert stage.dana.signals.last("room_update").room_update.room.active_recording
    stopped = stage.rig.engine.stop_recording(second.egress_id, stage.rig.now)
    assert not stage.dana.signals.last("room_update").room_update.room.active_recording
    assert stopped.status == EgressStatus.EGRESS_COMPLETE
    assert capture.notes == ["end: stopped"]
    (file,) = info.file_results
    assert file.filename == "a/b.rtp"
    assert file.size == capture.size
    assert file.duration == file.ended_at - file.started_at == pytest.approx(0.5e9, rel=0.1)
    assert [item.egress_id for item in stage.rig.engine.recordings()] == [info.egress_id, second.egress_id]
    with pytest.raises(WrongStateError):
        stage.rig.engine.stop_recording(info.egress_id, stage.rig.now)
    with pytest.raises(NotFoundError):
        stage.rig.engine.stop_recording("EG_unknown", stage.rig.now)


def test_mute_loss_and_return_of_the_publisher_are_noted(stage: Stage) -> None:
    _, capture = stage.rig.record(stage.sid)
    stage.film(0.5)
    for muted in (True, False):
        stage.alice.ask(SignalRequest(mute=MuteTrackRequest(sid=stage.sid, muted=muted)))
        stage.rig.pass_time(0.1)
    stage.alice.is_checking = False
    stage.rig.pass_time(11.0)
    stage.alice.is_checking = True
    stage.rig.pass_time(3.0)
    assert capture.notes == ["muted", "unmuted", "disconnected", "connected"]
    stage.rig.record(stage.dana.publish_audio())
    stage.rig.room().media_lost(stage.alice.participant, stage.rig.now)
    stage.rig.room().media_connected(stage.alice.participant, stage.rig.now)
    assert stage.rig.captures[-1].notes == []


def test_the_recording_of_a_muted_track_says_so_at_once(stage: Stage) -> None:
    stage.alice.ask(SignalRequest(mute=MuteTrackRequest(sid=stage.sid, muted=True)))
    _, capture = stage.rig.record(stage.sid)
    assert capture.notes == ["muted"]


def test_the_end_of_the_track_is_the_end_of_its_recording(stage: Stage) -> None:
    info, capture = stage.rig.record(stage.sid)
    stage.dana.publish_audio()
    voice, _ = stage.rig.record(next(iter(stage.dana.participant.tracks)))
    stage.alice.sections[-1].direction = "inactive"
    stage.alice.offer()
    assert info.status == EgressStatus.EGRESS_COMPLETE
    assert voice.status == EgressStatus.EGRESS_STARTING
    assert capture.notes == ["end: the track ended"]


def test_a_file_that_cannot_be_written_fails_the_recording(stage: Stage) -> None:
    info, capture = stage.rig.record(stage.sid)
    capture.failure = "b.rtp: No space left on device"
    stage.rig.pass_time(0.1)
    assert info.status == EgressStatus.EGRESS_FAILED
    assert info.error == capture.failure


def test_only_published_tracks_can_be_recorded() -> None:
    rig = Rig()
    rig.client("alice").connect()
    with pytest.raises(NotFoundError):
        rig.record("TR_unknown")


@pytest.mark.parametrize(
    ("consent", "voice", "picture"),
    [
        (None, True, True),
        ("all", True, True),
        ("audio", True, False),
        ("none", False, False),
        ("some day", False, False),
    ],
)
def test_consent_says_which_kinds_are_recorded(consent: str | None, voice: bool, picture: bool) -> None:
    attributes = {} if consent is None else {"recording": consent}
    assert may_record(attributes, is_video=False) == voice
    assert may_record(attributes, is_video=True) == picture


def test_what_only_participants_can_read_is_refused() -> None:
    rig = Rig()
    eve = rig.client("eve").connect()
    sid = eve.publish_audio()
    rig.engine.find_participant("room", "eve")[1].tracks[sid].info.encryption = Encryption.Type.GCM
    with pytest.raises(WrongStateError, match="end-to-end encrypted"):
        rig.record(sid)


def test_what_somebody_does_not_let_be_recorded_is_refused() -> None:
    rig = Rig()
    dana = rig.client("dana", attributes={"recording": "none"}).connect()
    with pytest.raises(NotConsentedError, match="dana does not let their voice be recorded"):
        rig.record(dana.publish_audio())
    rig.engine.find_participant("room", "dana")[1].rename("", "", {"recording": "audio"})
    with pytest.raises(NotConsentedError, match="dana does not let their pictures be recorded"):
        rig.record(dana.publish_video())
    assert not rig.captures


def test_consent_that_is_withdrawn_ends_what_it_was_needed_for_at_once(stage: Stage) -> None:
    voice_sid = stage.alice.publish_audio()
    other, other_capture = stage.rig.record(stage.dana.publish_audio())
    picture, picture_capture = stage.rig.record(stage.sid)
    voice, voice_capture = stage.rig.record(voice_sid)
    stage.film(1.0)

    stage.alice.participant.rename("", "", {"recording": "audio"})
    stage.rig.room().grants_changed(stage.alice.participant, stage.rig.now)
    assert picture.status == EgressStatus.EGRESS_COMPLETE
    assert picture_capture.notes == ["end: consent was withdrawn"]
    assert not voice_capture.notes
    written = len(picture_capture.packets)
    stage.film(1.0)
    assert len(picture_capture.packets) == written

    stage.alice.ask(SignalRequest(update_metadata=UpdateParticipantMetadata(attributes={"recording": "none"})))
    assert not voice_capture.notes, "a token as guests have it does not allow to change own attributes"
    stage.alice.participant.rename("", "", {"recording": "none"})
    stage.rig.room().grants_changed(stage.alice.participant, stage.rig.now)
    assert voice_capture.notes == ["end: consent was withdrawn"]
    assert not other_capture.notes
    assert voice.details == "consent was withdrawn"
    assert other.status != EgressStatus.EGRESS_COMPLETE
