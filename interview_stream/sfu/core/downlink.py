"""What one participant receives: its subscriptions, the reports that go with them, and the feedback that comes back."""

import math
from collections.abc import Callable, Iterator

from interview_stream.sfu.core.bandwidth import (
    HEAVY_LOSS,
    HEAVY_LOSS_PACKETS,
    LONG_QUEUE_S,
    QUEUE_S,
    Demand,
    Estimate,
    share,
)
from interview_stream.sfu.core.path import Path
from interview_stream.sfu.core.probing import CARRIED, RUNNING, Probe
from interview_stream.sfu.core.probing import QUEUE_S as PROBE_QUEUE_S
from interview_stream.sfu.core.subscription import Subscription
from interview_stream.sfu.wire.rtcp import (
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    TransportFeedback,
    ntp_middle,
    serialize_compound,
    source_description,
)

REPORT_S = 1.0
CHOOSE_S = 0.3
JUDGE_S = 1.5
"""Clients report on each picture about once a second, each on its own."""
FEWEST_JUDGED = 50
"""Packets; of a few, many may be lost by chance."""
REPORT_VALID_S = 6.0
"""Clients report on sound every five seconds, and on what is paused no more."""
REPORTS_PER_DATAGRAM = 12
UNKNOWN_RTT_S = 0.07
MAX_RTT_S = 5.0
RTT_SHARE = 0.25
"""How much of a new measurement goes into the round-trip time at once."""
REPORTS_KEPT = 4
"""Sender reports whose echoes are still expected: those of the last seconds."""
MARGIN = 1.1
"""What is tried over what is needed."""
SMALLEST_SHARE = 0.8
"""A picture is paused only for losses, or where its queue is long; below this share of what it needs."""
CLIMB = 2.0
"""What is tried over the limit once a trial was carried: with many people, one picture at a time takes minutes."""
REPAIR_SHARE = 0.3
"""Of the limit, in repairs: more would only keep the queue full that they were lost in."""
REPAIR_BURST_S = 1.0


class Downlink:
    """All subscriptions of one participant, by track sid. Its owner calls `tick` every few hundredths of a second."""

    def __init__(self, send_rtcp: Callable[[bytes], None], now: float) -> None:
        self.estimate = Estimate(now)
        self.path = Path()
        self.may_pause = True
        """The client can live without a picture for a while."""
        self._probe: Probe | None = None
        self._next_bps = 0.0
        """What a better picture would need; 0 when there is none to have."""
        self._most_bps = 0.0
        """What the best of everything would need."""
        self._smallest_bps = 0.0
        """What the smallest of everything needs."""
        self._granted_bps = 0.0
        """What is shown costs at present."""
        self._repairs = 0.0
        """Octets that may be sent again now, as of the time beside."""
        self._repairs_at = now
        self._send_rtcp = send_rtcp
        self._subscriptions: dict[str, Subscription] = {}
        self._by_ssrc: dict[int, Subscription] = {}
        self._report_at = now
        self._choose_at = now
        self._judge_at = now
        self._octets_before = 0
        self.sent_bps = 0.0
        self.measured_rtt_s: float | None = None
        """Round trip to the participant, smoothed."""
        self.fraction_lost = 0.0
        """Of the worst track, in the newest reports."""

    @property
    def rtt_s(self) -> float:
        """Round trip to the participant, or a usual one."""
        return UNKNOWN_RTT_S if self.measured_rtt_s is None else self.measured_rtt_s

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self._subscriptions.values())

    def get(self, track_sid: str) -> Subscription | None:
        return self._subscriptions.get(track_sid)

    def add(self, subscription: Subscription) -> None:
        self._subscriptions[subscription.track.sid] = subscription
        self._by_ssrc[subscription.forwarder.stream.ssrc] = subscription
        self._by_ssrc[subscription.forwarder.stream.rtx_ssrc] = subscription

    def remove(self, track_sid: str) -> Subscription | None:
        """End a subscription; None if there was none."""
        subscription = self._subscriptions.pop(track_sid, None)
        if subscription is not None:
            subscription.close()
            self._by_ssrc.pop(subscription.forwarder.stream.ssrc, None)
            self._by_ssrc.pop(subscription.forwarder.stream.rtx_ssrc, None)
            self._octets_before -= subscription.forwarder.stream.octets
        return subscription

    def is_video(self, ssrc: int) -> bool:
        """Whether this SSRC of ours carries video."""
        subscription = self._by_ssrc.get(ssrc)
        return subscription is not None and subscription.track.is_video

    def unbound(self, kind: str) -> list[Subscription]:
        """Subscriptions of a kind that still need a media section."""
        return [s for s in self if not s.is_bound and not s.is_failed and s.track.kind == kind]

    def rtcp_received(self, packet: RtcpPacket, now: float) -> None:
        """Feedback of the subscriber; what is for no known SSRC is ignored."""
        match packet:
            case Nack():
                subscription = self._by_ssrc.get(packet.media_ssrc)
                if subscription is not None:
                    subscription.nacks += len(packet.lost)
                    self._repair(subscription, packet.lost, now)
            case Pli():
                self._request_keyframe(packet.media_ssrc, now)
            case Fir():
                for ssrc, _ in packet.entries:
                    self._request_keyframe(ssrc, now)
            case ReceiverReport() | SenderReport():
                self._reported(packet.reports, now)
            case TransportFeedback():
                self.path.receive(packet, now)
                self._watch_path(now)
            case _:
                pass

    def request_keyframes(self) -> None:
        """Whatever was lost meanwhile (a changed network), every picture starts afresh."""
        for subscription in self:
            subscription.forwarder.request_keyframe()

    def is_urgent(self) -> bool:
        """Whether the next tick cannot wait."""
        return self._probe is not None

    def show_latest(self, now: float) -> None:
        """The participant is connected: what was sent before is lost, so let pictures begin with what is at hand."""
        for subscription in self:
            if subscription.track.is_video:
                subscription.forwarder.show_latest(now)

    def tick(self, now: float) -> None:
        """Send reports and choose layers when it is time."""
        self._go_on_probing(now)
        if now - self._report_at >= REPORT_S:
            self._measure(now - self._report_at)
            self.estimate.flows(self.sent_bps, now)
            self._report_at = now
            self._send_reports(now)
            self._note_loss(now)
            self._share(now)
        if now - self._judge_at >= JUDGE_S:
            self._judge(now)
        if now - self._choose_at >= CHOOSE_S:
            self._choose(now)
            for subscription in self:
                if subscription.track.is_video:
                    subscription.hold(now)
            self._try_more(now)

    def _choose(self, now: float) -> None:
        self._choose_at = now
        for subscription in self:
            subscription.choose(now)

    def _repair(self, subscription: Subscription, lost: tuple[int, ...], now: float) -> None:
        """Send again what was lost; on a path that is known to be narrow, not more than it has room for."""
        limit_bps = self.estimate.limit_bps
        if math.isinf(limit_bps):
            subscription.forwarder.resend(lost, now, self.rtt_s)
            return
        rate = limit_bps * REPAIR_SHARE / 8
        self._repairs = min(self._repairs + (now - self._repairs_at) * rate, rate * REPAIR_BURST_S)
        self._repairs_at = now
        self._repairs -= subscription.forwarder.resend(lost, now, self.rtt_s, self._repairs)

    def _request_keyframe(self, ssrc: int, now: float) -> None:
        """One that never reported on this picture has seen none of it."""
        subscription = self._by_ssrc.get(ssrc)
        if subscription is not None:
            subscription.plis += 1
            if math.isinf(subscription.reported_at) and subscription.take_first_request():
                subscription.forwarder.show_latest(now)
            else:
                subscription.forwarder.request_keyframe()

    def _reported(self, blocks: tuple[ReportBlock, ...], now: float) -> None:
        known = [block for block in blocks if block.ssrc in self._by_ssrc]
        for block in known:
            subscription = self._by_ssrc[block.ssrc]
            if block.ssrc == subscription.forwarder.stream.ssrc:
                subscription.reported(block, now)
                self._measure_rtt(subscription, block, now)
        if known:
            self._note_loss(now)

    def _measure_rtt(self, subscription: Subscription, block: ReportBlock, now: float) -> None:
        """RFC 3550 section 6.4.1; by when we sent the report, whose NTP time is the publisher's."""
        sent_at = subscription.reports_sent.get(block.last_sender_report)
        if sent_at is None:
            return
        rtt_s = now - sent_at - block.delay_since_sender_report / 65536
        if 0 <= rtt_s < MAX_RTT_S:
            before = rtt_s if self.measured_rtt_s is None else self.measured_rtt_s
            self.measured_rtt_s = before + (rtt_s - before) * RTT_SHARE

    def _note_loss(self, now: float) -> None:
        fresh = (s.fraction_lost for s in self if now - s.reported_at < REPORT_VALID_S)
        self.fraction_lost = max(fresh, default=0.0)

    def _judge(self, now: float) -> None:
        """Tell the estimate of what was reported since the last time; sound has too few packets to say anything."""
        self._judge_at = now
        video = [subscription for subscription in self if subscription.track.is_video]
        packets = sum(subscription.unjudged for subscription in video)
        if packets < FEWEST_JUDGED:
            return
        lost = sum(subscription.unjudged_lost for subscription in video)
        for subscription in video:
            subscription.unjudged = subscription.unjudged_lost = 0
        if self.estimate.lost(lost / packets, self.sent_bps, now):
            self._make_room(now)

    def _measure(self, elapsed_s: float) -> None:
        octets = sum(subscription.forwarder.stream.octets for subscription in self)
        self.sent_bps = (octets - self._octets_before) * 8 / elapsed_s
        self._octets_before = octets

    def _send_reports(self, now: float) -> None:
        """A report and a CNAME for each SSRC (RFC 3550 section 6.1), a few in a datagram."""
        batch: list[RtcpPacket] = []
        for subscription in self:
            report = subscription.forwarder.sender_report(now)
            if report is None:
                continue
            subscription.report_sent(ntp_middle(report.ntp_time), now, REPORTS_KEPT)
            batch += [report, source_description(report.ssrc, subscription.track.publisher_sid)]
            if len(batch) >= 2 * REPORTS_PER_DATAGRAM:
                self._send_rtcp(serialize_compound(batch))
                batch = []
        if batch:
            self._send_rtcp(serialize_compound(batch))

    def _share(self, now: float, *, is_congested: bool = False) -> None:
        """Share out what the path carries among the video tracks."""
        video = [s for s in self if s.is_bound and s.track.is_video and not s.wish.is_disabled and s.track.layers]
        demands = []
        rates = []
        for subscription in video:
            most = subscription.track.wished_quality(subscription.wish)
            layers = [layer for layer in subscription.track.layers if layer.is_alive(now) and layer.quality <= most]
            rates.append([layer.bitrate for layer in layers or subscription.track.layers[:1]])
            choices = [(layer.quality, layer.usual_bps) for layer in layers or subscription.track.layers[:1]]
            demands.append(Demand(choices, subscription.track.is_screen, subscription.granted))
        shares = share(self.estimate.limit_bps, demands, is_congested=is_congested)
        self._next_bps = shares.next_bps
        self._most_bps = sum(demand.choices[-1][1] for demand in demands)
        self._smallest_bps = sum(demand.choices[0][1] for demand in demands)
        self._granted_bps = sum(rate[count - 1] for rate, count in zip(rates, shares.granted, strict=True) if count)
        for subscription, demand, granted in zip(video, demands, shares.granted, strict=True):
            subscription.grant(granted if self.may_pause else max(1, granted), demand.choices)

    def _make_room(self, now: float) -> None:
        """The limit fell: at once send less."""
        self._probe = None
        self._share(now, is_congested=True)
        self._choose(now)

    def _watch_path(self, now: float) -> None:
        """A queue that grows while more is tried is no fault of what flowed before."""
        if self._probe is not None:
            self._go_on_probing(now)
            return
        path = self.path
        if path.lost(HEAVY_LOSS_PACKETS) > HEAVY_LOSS or path.standing_s > LONG_QUEUE_S:
            has_fallen = self.estimate.overwhelmed(path.arriving_bps, now)
        elif path.standing_s > QUEUE_S:
            has_fallen = self.estimate.congested(
                path.carried_bps,
                self.sent_bps,
                now,
                is_outrun=path.is_outrun,
                smallest_bps=self._smallest_bps * SMALLEST_SHARE,
            )
        else:
            return
        if has_fallen:
            self._make_room(now)

    def _try_more(self, now: float) -> None:
        """Find out whether a better picture goes through, where there is one."""
        if not self._next_bps:
            self.estimate.satisfied(now)
        elif self._probe is None and self.estimate.may_try(now) and not self._is_busy(now):
            if self.path.is_answered and any(s.forwarder.can_pad for s in self):
                flowing_bps = max(self.sent_bps, self._granted_bps)
                self._probe = Probe(flowing_bps, self._target_bps(), self.path, now)
            else:
                self.estimate.raise_blindly(self.sent_bps, now)

    def _is_busy(self, now: float) -> bool:
        """Whether a queue (of the key frame of a better picture) is still there: it would be taken for the trial's."""
        self.path.forget_old(now)
        return self.path.waiting_s > PROBE_QUEUE_S

    def _target_bps(self) -> float:
        target_bps = self._next_bps
        if self.estimate.is_climbing:
            target_bps = max(target_bps, min(self._most_bps, self.estimate.limit_bps * CLIMB))
        return target_bps * MARGIN

    def _go_on_probing(self, now: float) -> None:
        probe = self._probe
        if probe is None:
            return
        verdict = probe.judge(self.rtt_s, now)
        if verdict == RUNNING:
            due = probe.due(now)
            for subscription in self:
                if due > 0 and subscription.forwarder.can_pad:
                    sent = subscription.forwarder.pad(due, now)
                    probe.sent(sent)
                    due -= sent
            return
        self._probe = None
        if verdict == CARRIED:
            self.estimate.carried(probe.target_bps, now)
            self._share(now)
            self._choose(now)
        else:
            self.estimate.failed(now)
