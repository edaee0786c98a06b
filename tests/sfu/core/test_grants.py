"""What a token allows: defaults, limits and the way back into a claim."""

import pytest
from livekit.protocol.models import ParticipantPermission, TrackSource

from interview_stream.sfu.core.grants import Grants


def test_absent_grants_have_the_protocols_defaults() -> None:
    grants = Grants.from_claim({})
    assert grants == Grants()
    assert grants.can_publish and grants.can_subscribe and grants.can_publish_data
    assert not (grants.room_join or grants.room_admin or grants.can_update_own_metadata or grants.hidden)


def test_data_follows_media_unless_told_otherwise() -> None:
    assert not Grants.from_claim({"canPublish": False}).can_publish_data
    assert Grants.from_claim({"canPublish": False, "canPublishData": True}).can_publish_data


@pytest.mark.parametrize(
    "wrong", [{"roomJoin": "yes"}, {"room": 5}, {"canPublishSources": "camera"}, {"canPublish": 0}]
)
def test_wrongly_typed_grants_count_as_absent(wrong: dict[str, object]) -> None:
    assert Grants.from_claim(wrong) == Grants()


def test_a_claim_survives_the_way_back() -> None:
    claim = {"room": "r", "roomJoin": True, "canPublishSources": ["camera", "microphone", "unknown"], "hidden": True}
    grants = Grants.from_claim(claim)
    assert Grants.from_claim(grants.to_claim()) == grants
    assert "canPublishSources" not in Grants().to_claim()


def test_sources_limit_what_may_be_published() -> None:
    grants = Grants.from_claim({"canPublishSources": ["camera"]})
    assert grants.may_publish(TrackSource.CAMERA)
    assert not grants.may_publish(TrackSource.SCREEN_SHARE)
    assert not grants.may_publish(TrackSource.UNKNOWN)
    assert Grants().may_publish(TrackSource.UNKNOWN)
    assert not Grants(can_publish=False).may_publish(TrackSource.CAMERA)


def test_the_server_api_changes_them() -> None:
    permission = ParticipantPermission(can_subscribe=True, can_publish_sources=[TrackSource.CAMERA], recorder=True)
    changed = Grants(room="r", room_join=True).with_permission(permission)
    assert changed.permission() == permission
    assert changed.room == "r" and changed.room_join
