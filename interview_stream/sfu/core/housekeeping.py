"""What time does to a room: reports, speakers, quality, tokens, requests for offers, and those who are gone."""

from livekit.protocol.egress import EgressStatus
from livekit.protocol.models import DisconnectReason, SpeakerInfo
from livekit.protocol.rtc import (
    ConnectionQualityInfo,
    ConnectionQualityUpdate,
    LeaveRequest,
    SignalResponse,
    SpeakersChanged,
)

from interview_stream.sfu.core.offers import ask_for_offer
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.publishing import tell_need, tell_streams
from interview_stream.sfu.core.quality import INTERVAL_S as QUALITY_S
from interview_stream.sfu.core.room import RECONNECT, Room

THOROUGH_S = 0.35
"""How often everything is looked at, beside after a change; between, only what cannot wait so long."""
COUNT_S = 5.0


class Housekeeper:
    """Drives one room; `tick` wants to be called every THOROUGH_S, and soon after `services.wake` was."""

    def __init__(self, room: Room, now: float) -> None:
        self._room = room
        self._speakers_at = now
        self._quality_at = now
        self._thorough_at = -THOROUGH_S
        self._count_at = now

    def tick(self, now: float) -> None:
        """Do what is due."""
        room = self._room
        if now - self._thorough_at < THOROUGH_S and not room.is_stirred:
            for participant in room.participants.values():
                if participant.uplink.is_urgent(now):
                    participant.uplink.tick(now, participant.downlink.rtt_s)
                if participant.downlink.is_urgent():
                    participant.downlink.tick(now)
                if participant.data.is_urgent():
                    participant.data.tick(now)
            return
        self._thorough_at = now
        room.is_stirred = False
        for participant in list(room.failed):
            room.remove(participant, DisconnectReason.MEDIA_FAILURE, now, action=RECONNECT)
        for participant in list(room.participants.values()):
            participant.peer.tick(now)
            participant.data.tick(now)
            if not self._end_if_gone(participant, now):
                participant.uplink.tick(now, participant.downlink.rtt_s)
                participant.downlink.tick(now)
                tell_streams(participant)
                ask_for_offer(participant, now)
                if now >= participant.refresh_at:
                    participant.send_token(now)
        for recording in list(room.recordings.values()):
            if recording.failure:
                room.finish_recording(recording, EgressStatus.EGRESS_FAILED, recording.failure, now)
            elif recording.tick(now):
                room.egress_happened("egress_updated", recording)
        for publisher, track in room.tracks():
            if track.is_video:
                tell_need(publisher, track, room.wishes_for(track), now)
        if now - self._speakers_at >= THOROUGH_S:
            self._speakers_at = now
            self._tell_speakers()
        if now - self._quality_at >= QUALITY_S:
            self._quality_at = now
            self._tell_quality()
        if room.reporter.is_due(now, room.services.sample_s):
            room.report(now)
        if room.is_count_changed and now - self._count_at >= COUNT_S:
            self._count_at = now
            room.broadcast_room()

    def _end_if_gone(self, participant: Participant, now: float) -> bool:
        """Remove, or send back, a participant that did not do in time what it had to."""
        room, timeouts = self._room, self._room.services.timeouts
        if participant.lost_at is not None:
            lost_for = now - participant.lost_at
            if lost_for >= timeouts.lost:
                room.remove(participant, DisconnectReason.CONNECTION_TIMEOUT, now, action=RECONNECT)
                return True
            # One who just came back needs its signalling to restart ICE.
            has_had_time = now - participant.attached_at >= timeouts.restart
            if lost_for >= timeouts.lost_signal and has_had_time:
                participant.send_leave(DisconnectReason.UNKNOWN_REASON, LeaveRequest.Action.RESUME)
        elif not participant.is_active and now - participant.joined_at >= timeouts.join:
            room.remove(participant, DisconnectReason.CONNECTION_TIMEOUT, now, action=RECONNECT)
            return True
        elif (
            participant.sink is not None
            and participant.asked_at is not None
            and now - participant.asked_at >= timeouts.offer
        ):
            room.remove(participant, DisconnectReason.STATE_MISMATCH, now, action=RECONNECT)
            return True
        return False

    def _tell_speakers(self) -> None:
        changed = []
        for participant in self._room.participants.values():
            meter = participant.uplink.meter
            if meter.evaluate() and not participant.who.grants.hidden:
                changed.append(SpeakerInfo(sid=participant.sid, level=meter.level, active=meter.is_active))
        if changed:
            self._room.send_all(SignalResponse(speakers_changed=SpeakersChanged(speakers=changed)))

    def _tell_quality(self) -> None:
        updates = []
        for participant in self._room.participants.values():
            lost = max(participant.uplink.fraction_lost, participant.downlink.fraction_lost)
            meter = participant.quality
            if participant.is_active and meter.evaluate(lost):
                updates.append(
                    ConnectionQualityInfo(participant_sid=participant.sid, quality=meter.quality, score=meter.score)
                )
        if updates:
            self._room.send_all(SignalResponse(connection_quality=ConnectionQualityUpdate(updates=updates)))
