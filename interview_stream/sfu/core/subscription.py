"""One participant's claim on one track: the wish, what the network allows, and the forwarder that serves both."""

import math
from collections.abc import Sequence

from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core.forwarder import Forwarder, Randomness
from interview_stream.sfu.core.holding import Holding
from interview_stream.sfu.core.outgoing import SentLog
from interview_stream.sfu.core.sinks import MediaSink
from interview_stream.sfu.core.track import QUALITIES, Track, Wish
from interview_stream.sfu.wire.rtcp import ReportBlock


class Subscription:
    """A subscriber's side of a track. `is_bound` once a media section carries it."""

    __slots__ = (
        "_highest",
        "forwarder",
        "fraction_lost",
        "granted",
        "holding",
        "is_bound",
        "is_failed",
        "is_paused",
        "jitter",
        "lost",
        "lost_before",
        "most",
        "nacks",
        "pauses",
        "plis",
        "reported_at",
        "reports_sent",
        "told_paused",
        "track",
        "unjudged",
        "unjudged_lost",
        "was_requested",
        "wish",
    )

    def __init__(
        self, track: Track, sink: MediaSink, random: Randomness, wish: Wish, log: SentLog | None = None
    ) -> None:
        clock_rate = track.layers[0].clock_rate
        self.track = track
        self.forwarder = Forwarder(sink, clock_rate, random, log)
        self.wish = wish
        self.most = VideoQuality.HIGH
        """What the network is believed to carry."""
        self.granted = len(QUALITIES)
        """How many of the layers at hand that is."""
        self.is_paused = False
        """Not even the smallest fits beside what matters more."""
        self.told_paused = False
        """What the client was told of that."""
        self.was_requested = False
        """The client asked for a key frame before."""
        self.is_bound = False
        self.is_failed = False
        """The subscriber has no codec for the track."""
        self.fraction_lost = 0.0
        """In the last report, which came at `reported_at`."""
        self.reported_at = -math.inf
        self.lost = 0
        """Packets that the subscriber never got at the first try, by its reports."""
        self.lost_before = 0
        """What the last report said: it may say less than the one before it (RFC 3550 section 6.4.1)."""
        self.unjudged = 0
        """Packets of which reports told since somebody last judged by them, and how many of those were lost."""
        self.unjudged_lost = 0
        self._highest = 0
        self.jitter = 0
        """In the last report, in units of the track's clock."""
        self.nacks = 0
        """Packets that the subscriber asked for again, each time counted."""
        self.plis = 0
        """Key frames that it asked for."""
        self.pauses = 0
        self.holding = Holding()
        """What the subscriber's own line costs in time."""
        self.reports_sent: dict[int, float] = {}
        """When our newest sender reports went out, by what their echoes name them."""

    def choose(self, now: float) -> None:
        """Aim at the layer that wish and network come to."""
        if self.is_bound:
            self.forwarder.aim(None if self.is_paused else self.track.best_layer(self.wish, now, self.most))

    def prepare(self, now: float) -> None:
        """Nothing can be sent yet, but a key frame should be there when it can."""
        layer = self.track.best_layer(self.wish, now)
        if layer is not None:
            layer.request_keyframe()

    def take_first_request(self) -> bool:
        """Whether this request for a key frame is the first."""
        is_first = not self.was_requested
        self.was_requested = True
        return is_first

    def hold(self, now: float) -> None:
        """Have pictures held back for as long as repairs take, the publisher's or ours; call a few times a second."""
        late_s = self.holding.measure(self.forwarder.lateness, now)
        self.forwarder.lateness.clear()
        layer = self.forwarder.current
        self.forwarder.hold(max(late_s, layer.hold_s if layer is not None else 0.0))

    def grant(self, granted: int, choices: Sequence[tuple[VideoQuality, float]]) -> None:
        """The network carries so many of these layers, lowest first; what comes after all of them is welcome too."""
        self.granted = granted
        if granted == 0 and not self.is_paused:
            self.pauses += 1
        self.is_paused = granted == 0
        self.most = VideoQuality.HIGH if granted == len(choices) else choices[max(0, granted - 1)][0]

    @property
    def is_limited(self) -> bool:
        """Whether the network keeps a better picture back."""
        if not self.track.is_video or self.wish.is_disabled:
            return False
        return self.is_paused or self.most < self.track.wished_quality(self.wish)

    def reported(self, block: ReportBlock, now: float) -> None:
        """The subscriber told how this track arrives."""
        self.fraction_lost = block.fraction_lost / 256
        self.jitter = block.jitter
        lost = max(0, block.packets_lost - self.lost_before)
        self.lost += lost
        if self._highest:
            self.unjudged += max(0, block.highest_sequence - self._highest)
            self.unjudged_lost += lost
        self._highest = block.highest_sequence
        self.lost_before = block.packets_lost
        self.reported_at = now

    def report_sent(self, name: int, now: float, kept: int) -> None:
        """A sender report goes out; the oldest beyond `kept` is forgotten."""
        self.reports_sent[name] = now
        if len(self.reports_sent) > kept:
            del self.reports_sent[next(iter(self.reports_sent))]

    def close(self) -> None:
        """Send nothing any more."""
        self.is_bound = False
        self.forwarder.stop()
