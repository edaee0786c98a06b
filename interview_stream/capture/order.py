"""Puts a capture's packets back into sending order: hides wrap-around, late repairs, duplicates and restarts."""

from array import array
from dataclasses import dataclass

from interview_stream.capture.format import Capture
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.rtp import RtpPacket, extend, extend32

LATEST_REPAIR_PACKETS = 4096
"""A packet further behind than this is no late repair: the sender's numbering has started anew."""


@dataclass(frozen=True, kw_only=True)
class OrderedPackets:
    """The packets of one track in the order in which they were sent, each once; parallel columns keep hours small.

    Sequence numbers and timestamps no longer wrap. `offsets` and `lengths` are the payload's place in the file, without
    header and padding; a length of zero is a padding-only packet, which fills its number and carries no media.
    """

    sequences: "array[int]"
    timestamps: "array[int]"
    arrivals_ns: "array[int]"
    offsets: "array[int]"
    lengths: "array[int]"
    markers: "array[int]"
    unusable: int
    """Malformed packets and those of another payload type."""

    def __len__(self) -> int:
        return len(self.sequences)

    @property
    def lost(self) -> int:
        """Numbers between the first and the last that never arrived."""
        return self.sequences[-1] - self.sequences[0] + 1 - len(self) if self.sequences else 0


def order_packets(capture: Capture) -> OrderedPackets:
    """Read every packet's header once and sort; the whole file is there, so a repair may be as late as it likes."""
    arrived = _Arrivals(capture.header.payload_type, capture.header.clock_rate)
    for data, arrival_ns, offset in zip(capture.packets(), capture.arrivals_ns, capture.offsets, strict=True):
        arrived.accept(data, arrival_ns, offset)
    return arrived.sort()


class _Arrivals:
    """The columns while they are filled in the order of arrival."""

    def __init__(self, payload_type: int, clock_rate: int) -> None:
        self.payload_type = payload_type
        self.clock_rate = clock_rate
        self.sequences, self.timestamps, self.arrivals_ns = array("q"), array("q"), array("q")
        self.offsets, self.lengths, self.markers = array("q"), array("l"), array("b")
        self.unusable = 0
        self.highest: int | None = None
        self.highest_timestamp = 0
        self.shift = 0  # from the sender's own unwrapped numbers to ours, changed by a restart

    def accept(self, data: bytes, arrival_ns: int, offset: int) -> None:
        try:
            packet = RtpPacket.parse(data)
        except MalformedPacket:
            self.unusable += 1
            return
        if packet.payload_type != self.payload_type:
            self.unusable += 1
            return
        length = len(packet.payload)
        timestamp = extend32(packet.timestamp, self.highest_timestamp if self.highest is not None else packet.timestamp)
        self.sequences.append(self._unwrap(packet.sequence_number, timestamp))
        self.timestamps.append(timestamp)
        self.arrivals_ns.append(arrival_ns)
        self.offsets.append(offset + len(data) - packet.padding_size - length)
        self.lengths.append(length)
        self.markers.append(packet.marker)

    def _unwrap(self, sequence_number: int, timestamp: int) -> int:
        """The number on our own, never wrapping scale. Keeps the highest pair seen."""
        if self.highest is None:
            self.highest, self.highest_timestamp = sequence_number, timestamp
            return sequence_number
        sequence = extend(sequence_number, self.highest - self.shift) + self.shift
        behind = self.highest - sequence
        if behind > LATEST_REPAIR_PACKETS or (behind > 0 and timestamp > self.highest_timestamp + self.clock_rate):
            sequence = self.highest + 2  # one number left out, so that nobody joins the two parts into one picture
            self.shift = sequence - sequence_number
        if sequence > self.highest:
            self.highest, self.highest_timestamp = sequence, timestamp
        return sequence

    def sort(self) -> OrderedPackets:
        order = sorted(range(len(self.sequences)), key=self.sequences.__getitem__)
        order = [
            place
            for position, place in enumerate(order)
            if position == 0 or self.sequences[place] != self.sequences[order[position - 1]]
        ]
        return OrderedPackets(
            sequences=_pick(self.sequences, order),
            timestamps=_pick(self.timestamps, order),
            arrivals_ns=_pick(self.arrivals_ns, order),
            offsets=_pick(self.offsets, order),
            lengths=_pick(self.lengths, order),
            markers=_pick(self.markers, order),
            unusable=self.unusable,
        )


def _pick(column: "array[int]", order: list[int]) -> "array[int]":
    return array(column.typecode, map(column.__getitem__, order))
