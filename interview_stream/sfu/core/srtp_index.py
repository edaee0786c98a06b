"""Which packet of its stream an SRTP packet is (RFC 3711 section 3.3.1): hides roll-over and what was used already."""

from struct import Struct
from typing import Final

from interview_stream.sfu.errors import SrtpError
from interview_stream.sfu.wire.rtp import HEADER, extend, header_size

WINDOW: Final = 1024
MAX_STREAMS: Final = 256
_SEQUENCE_AND_SSRC: Final = Struct("!xxHxxxxI")


class UsedNumbers:
    """All numbers up to `highest`, but for those of the newest 1024 before it that were skipped."""

    __slots__ = ("_skipped", "highest")

    def __init__(self, highest: int) -> None:
        self.highest = highest
        self._skipped: set[int] = set()

    def use(self, index: int) -> bool:
        """Whether this number is used for the first time."""
        if index > self.highest:
            oldest = index - WINDOW
            self._skipped.update(range(max(self.highest + 1, oldest), index))
            self.highest = index
            if len(self._skipped) > WINDOW:
                self._skipped = {number for number in self._skipped if number >= oldest}
            return True
        if index in self._skipped and index >= self.highest - WINDOW:
            self._skipped.remove(index)
            return True
        return False


def next_index(streams: dict[int, UsedNumbers], header: bytes) -> tuple[int, int]:
    """The SSRC and the index of a packet that is to be protected.

    A number protects one packet only: SrtpError for a second, and for one before the first of its stream.
    """
    if len(header) < HEADER.size:
        raise ValueError("An RTP header has 12 bytes at least.")
    sequence, ssrc = _SEQUENCE_AND_SSRC.unpack_from(header)
    used = streams.get(ssrc)
    if used is None:
        used = streams[ssrc] = UsedNumbers(sequence - 1)
    index = extend(sequence, used.highest)
    if not used.use(index):
        raise SrtpError("An RTP sequence number would be used twice.")
    return ssrc, index


def guess_index(streams: dict[int, int], header: bytes) -> tuple[int, int]:
    """The SSRC and the most likely index of a packet that came; `streams` has the highest of each stream so far."""
    sequence, ssrc = _SEQUENCE_AND_SSRC.unpack_from(header)
    highest = streams.get(ssrc, -1)
    # The roll-over counter begins at 0, and there is none below.
    index = sequence if highest < 0 else extend(sequence, highest)
    return ssrc, index if index >= 0 else sequence


def note_index(streams: dict[int, int], ssrc: int, index: int) -> None:
    """The packet was authentic. Only such make a stream; still one client must not fill our memory with them."""
    highest = streams.get(ssrc, -1)
    if highest < 0 and len(streams) >= MAX_STREAMS:
        del streams[next(iter(streams))]
    if index > highest:
        streams[ssrc] = index


def split(data: bytes) -> tuple[bytes, bytes]:
    """A packet cut after its header extension, up to which it is not encrypted; raises SrtpError."""
    start = header_size(data)
    if len(data) < start:
        raise SrtpError("An SRTP packet is shorter than its header.")
    return data[:start], data[start:]
