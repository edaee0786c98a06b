"""Whom a token speaks for and what it allows: hides the defaults of absent grants."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from livekit.protocol.models import ParticipantPermission, TrackSource

SOURCE_NAMES = {
    "camera": TrackSource.CAMERA,
    "microphone": TrackSource.MICROPHONE,
    "screen_share": TrackSource.SCREEN_SHARE,
    "screen_share_audio": TrackSource.SCREEN_SHARE_AUDIO,
}
_NAMES_OF_SOURCES = {source: name for name, source in SOURCE_NAMES.items()}


@dataclass(frozen=True, kw_only=True)
class Grants:
    """The `video` claim of a token, with every default applied."""

    room: str = ""
    destination_room: str = ""
    """Where participants of `room` may be moved to by whoever administers it."""
    room_join: bool = False
    room_create: bool = False
    room_list: bool = False
    room_record: bool = False
    room_admin: bool = False
    can_publish: bool = True
    can_subscribe: bool = True
    can_publish_data: bool = True
    publish_sources: frozenset[TrackSource] = frozenset()
    """Sources that may be published; empty for all of them."""
    can_update_own_metadata: bool = False
    can_subscribe_metrics: bool = False
    hidden: bool = False
    recorder: bool = False

    @classmethod
    def from_claim(cls, claim: Mapping[str, Any]) -> Self:
        """Read a claim; unknown names are ignored, wrongly typed ones count as absent."""

        def flag(name: str, default: bool) -> bool:
            value = claim.get(name)
            return value if isinstance(value, bool) else default

        sources = claim.get("canPublishSources")
        room, destination = claim.get("room"), claim.get("destinationRoom")
        can_publish = flag("canPublish", True)
        return cls(
            room=room if isinstance(room, str) else "",
            destination_room=destination if isinstance(destination, str) else "",
            room_join=flag("roomJoin", False),
            room_create=flag("roomCreate", False),
            room_list=flag("roomList", False),
            room_record=flag("roomRecord", False),
            room_admin=flag("roomAdmin", False),
            can_publish=can_publish,
            can_subscribe=flag("canSubscribe", True),
            can_publish_data=flag("canPublishData", can_publish),
            publish_sources=frozenset(SOURCE_NAMES[name] for name in sources if name in SOURCE_NAMES)
            if isinstance(sources, list)
            else frozenset(),
            can_update_own_metadata=flag("canUpdateOwnMetadata", False),
            can_subscribe_metrics=flag("canSubscribeMetrics", False),
            hidden=flag("hidden", False),
            recorder=flag("recorder", False),
        )

    def to_claim(self) -> dict[str, Any]:
        """The claim again, for refreshed tokens."""
        claim: dict[str, Any] = {
            "room": self.room,
            "roomJoin": self.room_join,
            "roomCreate": self.room_create,
            "roomList": self.room_list,
            "roomRecord": self.room_record,
            "roomAdmin": self.room_admin,
            "canPublish": self.can_publish,
            "canSubscribe": self.can_subscribe,
            "canPublishData": self.can_publish_data,
            "canUpdateOwnMetadata": self.can_update_own_metadata,
            "canSubscribeMetrics": self.can_subscribe_metrics,
            "hidden": self.hidden,
            "recorder": self.recorder,
        }
        if self.destination_room:
            claim["destinationRoom"] = self.destination_room
        if self.publish_sources:
            claim["canPublishSources"] = sorted(_NAMES_OF_SOURCES[source] for source in self.publish_sources)
        return claim

    def permission(self) -> ParticipantPermission:
        """What everyone in the room is told about these grants; clients refuse to publish without it."""
        return ParticipantPermission(
            can_subscribe=self.can_subscribe,
            can_publish=self.can_publish,
            can_publish_data=self.can_publish_data,
            can_publish_sources=sorted(self.publish_sources),
            hidden=self.hidden,
            recorder=self.recorder,
            can_update_metadata=self.can_update_own_metadata,
            can_subscribe_metrics=self.can_subscribe_metrics,
        )

    def with_permission(self, permission: ParticipantPermission) -> "Grants":
        """These grants as the server API changed them."""
        return replace(
            self,
            can_subscribe=permission.can_subscribe,
            can_publish=permission.can_publish,
            can_publish_data=permission.can_publish_data,
            publish_sources=frozenset(permission.can_publish_sources) & frozenset(_NAMES_OF_SOURCES),
            can_update_own_metadata=permission.can_update_metadata,
            can_subscribe_metrics=permission.can_subscribe_metrics,
            hidden=permission.hidden,
            recorder=permission.recorder,
        )

    def may_publish(self, source: TrackSource) -> bool:
        """Whether a track of this source is allowed; an unnamed source only when sources are not limited."""
        return self.can_publish and (not self.publish_sources or source in self.publish_sources)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a token speaks for and what it allows."""

    identity: str = ""
    name: str = ""
    metadata: str = ""
    kind: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    grants: Grants = field(default_factory=Grants)
    issued_at: float = field(default=0.0, compare=False)
    """When the token was made, in Unix time; 0 where it does not say."""
