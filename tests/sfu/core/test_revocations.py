"""Tokens that were taken back: which ones, for how long, and what their holder is told."""

from dataclasses import replace

import pytest
from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import JoinRequest, LeaveRequest

from interview_stream.sfu.core.grants import Grants, Identity
from interview_stream.sfu.core.revocations import KEPT_S, Revocation, Revocations
from tests.sfu.rig import Rig, Signals

NOW = 1_700_000_000.0


def who(issued_at: float, room: str = "room", identity: str = "dana") -> Identity:
    return Identity(identity=identity, grants=Grants(room=room, room_join=True), issued_at=issued_at)


def test_only_older_tokens_of_this_person_and_room_are_refused() -> None:
    revocations = Revocations()
    revocations.revoke("room", "dana", NOW, NOW)
    assert revocations.refuses(who(NOW - 1))
    assert revocations.refuses(who(0.0))
    assert not revocations.refuses(who(NOW))
    assert not revocations.refuses(who(NOW - 1, room="another"))
    assert not revocations.refuses(who(NOW - 1, identity="alice"))


def test_a_later_revocation_takes_nothing_back() -> None:
    revocations = Revocations()
    revocations.revoke("room", "dana", NOW + 5, NOW)
    revocations.revoke("room", "dana", NOW, NOW + 1)
    assert revocations.refuses(who(NOW + 4))


def test_each_is_given_away_to_be_kept_and_can_be_taken_up_again() -> None:
    kept: list[Revocation] = []
    Revocations(keep=kept.append).revoke("room", "dana", NOW, NOW)
    assert Revocations(lambda: kept).refuses(who(NOW - 1))


def test_what_no_token_outlives_is_forgotten() -> None:
    revocations = Revocations()
    revocations.revoke("room", "dana", NOW, NOW)
    revocations.revoke("room", "alice", NOW + KEPT_S, NOW + KEPT_S - 1)
    assert revocations.refuses(who(NOW - 1))
    revocations.revoke("room", "alice", NOW + KEPT_S, NOW + KEPT_S)
    assert not revocations.refuses(who(NOW - 1))


@pytest.mark.parametrize("is_resume", [False, True])
def test_whoever_comes_with_such_a_token_is_sent_away_for_good(is_resume: bool) -> None:
    rig = Rig()
    dana = rig.client("dana").connect()
    rig.engine.revocations.revoke("room", "dana", NOW, NOW)
    signals = Signals()
    request = JoinRequest(reconnect=is_resume, participant_sid=dana.participant.sid if is_resume else "")

    assert rig.engine.enter(replace(dana.who, issued_at=NOW - 1), request, signals, rig.now) is None

    left = signals.messages[0].leave
    assert (left.reason, left.action) == (DisconnectReason.PARTICIPANT_REMOVED, LeaveRequest.Action.DISCONNECT)
    assert signals.closed is not None
    assert rig.room().participants["dana"] is dana.participant
