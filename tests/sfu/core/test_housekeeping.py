"""What time does: tokens, speakers, quality, counts, and the removal of those who are gone."""

import pytest
from livekit.protocol.models import ConnectionQuality, DisconnectReason
from livekit.protocol.rtc import LeaveRequest

from interview_stream.sfu.wire.rtcp import ReceiverReport, ReportBlock
from tests.sfu.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_tokens_are_refreshed(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    rig.pass_time(301.0, step=0.5)
    tokens = [message.refresh_token for message in alice.signals.all("refresh_token")]
    assert len(tokens) == 2
    assert tokens[0] != tokens[1]


def test_speakers_are_told_when_they_begin_and_end(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    ghost = rig.client("ghost", hidden=True).connect()
    alice.publish_audio()
    ghost.publish_audio()
    for number in range(50):
        for client in (alice, ghost):
            client.media(5001, 111, number, 960 * number, b"opus", level=15)
        rig.pass_time(0.02)
    (speaker,) = dana.signals.all("speakers_changed")[0].speakers_changed.speakers
    assert (speaker.sid, speaker.active) == (alice.participant.sid, True)
    assert speaker.level > 0
    rig.pass_time(1.0)
    (speaker,) = dana.signals.last("speakers_changed").speakers_changed.speakers
    assert (speaker.active, speaker.level) == (False, 0.0)


def test_quality_is_told_when_it_changes(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_audio()
    rig.pass_time(5.2)
    first = alice.signals.last("connection_quality").connection_quality.updates
    assert {update.participant_sid for update in first} == {alice.participant.sid, dana.participant.sid}
    assert {update.quality for update in first} == {ConnectionQuality.EXCELLENT}
    ssrc = next(iter(dana.participant.downlink)).forwarder.stream.ssrc
    dana.feedback(ReceiverReport(1, (ReportBlock(ssrc, 100, 0, 0, 0),)))
    rig.pass_time(5.2)
    (update,) = alice.signals.last("connection_quality").connection_quality.updates
    assert (update.participant_sid, update.quality) == (dana.participant.sid, ConnectionQuality.POOR)


def test_the_number_of_people_is_told_now_and_then(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    rig.client("dana").connect()
    assert "room_update" not in alice.signals.kinds()
    rig.pass_time(5.2)
    assert [m.room_update.room.num_participants for m in alice.signals.all("room_update")] == [2]
    rig.pass_time(6.0)
    assert len(alice.signals.all("room_update")) == 1


def test_one_who_fell_silent_is_told_to_resume_and_removed_later(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    dana.is_checking = False
    rig.pass_time(11.0)
    assert "leave" not in dana.signals.kinds()
    rig.pass_time(2.0)
    left = dana.signals.last("leave").leave
    assert left.action == LeaveRequest.Action.RESUME
    assert "dana" in rig.room().participants
    rig.pass_time(28.0)
    rig.pass_time(6.0)
    assert "dana" not in rig.room().participants
    (told,) = alice.signals.last("update").update.participants
    assert told.disconnect_reason == DisconnectReason.CONNECTION_TIMEOUT


def test_one_who_comes_back_in_time_stays(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    dana.is_checking = False
    rig.pass_time(20.0)
    dana.resume()
    dana.is_checking = True
    rig.pass_time(40.0, step=0.1)
    assert rig.room().participants["dana"] is dana.participant
    assert dana.participant.lost_at is None


def test_media_that_never_comes_up_ends_the_session(rig: Rig) -> None:
    dana = rig.client("dana").join()
    rig.pass_time(61.0, step=0.5)
    left = dana.signals.last("leave").leave
    assert (left.reason, left.action) == (DisconnectReason.CONNECTION_TIMEOUT, LeaveRequest.Action.RECONNECT)


def test_a_client_that_gives_no_offer_when_asked_joins_anew(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    dana.answers_requests = False
    alice.publish_audio()
    rig.pass_time(14.0)
    assert "leave" not in dana.signals.kinds()
    rig.pass_time(2.0)
    left = dana.signals.last("leave").leave
    assert (left.reason, left.action) == (DisconnectReason.STATE_MISMATCH, LeaveRequest.Action.RECONNECT)


def test_a_client_without_signalling_is_not_asked(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    dana.participant.sink = None
    alice.publish_audio()
    rig.pass_time(16.0)
    assert "dana" in rig.room().participants
    dana.resume()
    rig.pass_time(0.2)
    assert dana.signals.last("answer").answer.mid_to_track_id


def test_one_who_resumes_late_gets_time_to_restart_ice(rig: Rig) -> None:
    """Changed networks: media is lost for longer than signalling needs to come back, then the new offer must get in."""
    dana = rig.client("dana").connect()
    dana.is_checking = False
    rig.pass_time(18.0)
    signals = dana.resume()
    rig.pass_time(4.0)
    assert "leave" not in signals.kinds()
    assert signals.closed is None
    rig.pass_time(2.0)
    assert signals.last("leave").leave.action == LeaveRequest.Action.RESUME
