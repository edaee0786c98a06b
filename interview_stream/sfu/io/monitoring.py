"""What the media engine tells of itself: for /healthz as JSON, for /metrics as Prometheus reads it. Names no people."""

from collections import Counter
from dataclasses import dataclass

from livekit.protocol.models import ConnectionQuality

from interview_stream.metrics import Metric, by, exposition, own_process, single
from interview_stream.sfu import compiled
from interview_stream.sfu.core.engine import Engine
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.peer import PeerTable
from interview_stream.sfu.core.remote_candidates import is_tcp
from interview_stream.sfu.io.signaling import Signaling
from interview_stream.sfu.io.streams import StreamPort
from interview_stream.sfu.io.udp import MediaPort
from interview_stream.sfu.io.webhooks import Webhooks


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """Looks at the parts of a running engine."""

    engine: Engine
    peers: PeerTable
    udp: MediaPort
    tcp: StreamPort
    signaling: Signaling
    webhooks: Webhooks
    process: str
    """Its name among the installation's processes."""

    def health(self) -> dict[str, object]:
        """For people."""
        rooms = self.engine.rooms.values()
        return {
            "compiled": compiled.is_in_use(),
            "rooms": len(rooms),
            "participants": sum(len(room.participants) for room in rooms),
            "recordings": sum(len(room.recordings) for room in rooms),
            "datagrams": {"received": self.udp.received, "sent": self.udp.sent},
            "streams": {"open": len(self.tcp), "received": self.tcp.received},
            "drops": dict(self._drops()),
            "ignored_messages": dict(self.signaling.ignored),
            "dropped_webhooks": self.webhooks.dropped,
        }

    def metrics(self) -> str:
        """For Prometheus."""
        rooms = list(self.engine.rooms.values())
        people = [participant for room in rooms for participant in room.participants.values()]
        tracks = [track for person in people for track in person.tracks.values()]
        received = {"udp": self.udp.received, "tcp": self.tcp.received}
        return exposition(
            [
                single("rooms", "gauge", "Open rooms.", len(rooms)),
                single("participants", "gauge", "People in rooms.", len(people)),
                single("participants_active", "gauge", "Those with connected media.", sum(p.is_active for p in people)),
                Metric("tracks", "gauge", "Published tracks.", by("kind", Counter(track.kind for track in tracks))),
                single(
                    "subscriptions", "gauge", "Tracks that somebody gets.", sum(len(list(p.downlink)) for p in people)
                ),
                single("recordings", "gauge", "Tracks being recorded.", sum(len(room.recordings) for room in rooms)),
                Metric("packets_received_total", "counter", "Packets that arrived.", by("protocol", received)),
                single("packets_sent_total", "counter", "Packets that were sent.", self.udp.sent),
                Metric("packets_dropped_total", "counter", "Packets thrown away.", by("reason", self._drops())),
                Metric(
                    "connections",
                    "gauge",
                    "How the people in rooms are connected.",
                    by("transport", Counter(_transport(person) for person in people)),
                ),
                Metric(
                    "connection_quality",
                    "gauge",
                    "People in rooms by how good their connection is.",
                    by("quality", Counter(_quality(person) for person in people if person.is_active)),
                ),
                single(
                    "round_trip_seconds_max",
                    "gauge",
                    "The longest round trip to anybody in a room.",
                    max((person.downlink.measured_rtt_s or 0.0 for person in people), default=0.0),
                ),
                Metric(
                    "connection_events_total",
                    "counter",
                    "What connections went through, in packets or in times; up to date at each sample.",
                    by("kind", self.engine.services.totals),
                ),
                single("tcp_connections", "gauge", "Connections that carry media.", len(self.tcp)),
                Metric(
                    "signals_ignored_total",
                    "counter",
                    "Messages of clients that were not understood.",
                    by("kind", self.signaling.ignored),
                ),
                single("webhooks_dropped_total", "counter", "Events that nobody took.", self.webhooks.dropped),
                single("engine_compiled", "gauge", "1 when the inner loop is compiled.", compiled.is_in_use()),
                *own_process("sfu"),
            ],
            # One that is alone needs no name beside those of the figures.
            {} if self.process == "sfu" else {"process": self.process},
        )

    def _drops(self) -> Counter[str]:
        """By reason, of all since the start; those of people who left are with the table of peers."""
        counts = self.udp.drops + self.tcp.drops + self.peers.drops
        for room in self.engine.rooms.values():
            for participant in room.participants.values():
                counts.update(participant.peer.drops)
                counts.update(participant.data.drops)
        return counts


def _transport(person: Participant) -> str:
    selected = person.peer.selected
    if selected is None or not person.peer.is_connected:
        return "none"
    return "tcp" if is_tcp(selected) else "udp"


def _quality(person: Participant) -> str:
    quality = person.quality.quality
    return "unknown" if quality is None else ConnectionQuality.Name(quality).lower()
