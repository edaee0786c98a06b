"""What two ends of a call say of each other: frames decoded of those sent, audio without holes, freezes."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from tests.product import wait_for

Stream = dict[str, Any]


class Browser(Protocol):
    """A page in any browser that can run an expression."""

    def evaluate(self, expression: str) -> Any: ...


@dataclass(frozen=True)
class Watched:
    """One track seen from both ends over one window."""

    sent_frames: int
    received_frames: int
    """Whole frames that reached the receiver's buffer, whether it found the time to decode them or not."""
    decoded_frames: int
    stalled_s: float
    """The longest time in which the sender's encoder went on and nothing was decoded."""
    width: int
    height: int

    @property
    def share(self) -> float:
        return self.decoded_frames / self.sent_frames if self.sent_frames else 0.0


def streams(browser: Browser, direction: str, source: str) -> list[Stream]:
    # The expression may run while the page is loading again; then there is nothing to see yet.
    stats = browser.evaluate("window.interviewStream ? window.interviewStream.stats() : null")
    if not stats:
        return []
    return [s for s in stats["streams"] if s["direction"] == direction and s["source"] == source]


def inbound(browser: Browser, source: str) -> Stream:
    """The one received stream of that source that has media; raises AssertionError while there is none."""
    found = [s for s in streams(browser, "inbound", source) if s["packets"] > 0]
    assert len(found) == 1, f"{len(found)} inbound {source} streams"
    return found[0]


def layer(sender: Browser, source: str, height: int) -> Stream:
    """The sent layer of that height: the one that the receiver is being given."""
    found = [s for s in streams(sender, "outbound", source) if s["height"] == height and s["framesSent"]]
    assert found, f"no outbound {source} layer of {height} lines"
    return max(found, key=lambda s: int(s["framesSent"]))


def watch_video(sender: Browser, receiver: Browser, source: str = "camera", seconds: float = 10) -> Watched:
    """Count over a window in which the receiver stayed on one layer; tries again when the layer changed meanwhile."""
    for _ in range(6):
        wait_for(lambda: inbound(receiver, source)["framesDecoded"] > 0, f"the first decoded {source} frame")
        first = wait_for(lambda: Sample.take(sender, receiver, source), f"a sent layer of {source} that is received")
        samples = [first]
        with suppress(AssertionError):  # the sender has stopped the layer that is still being shown
            while samples[-1].at - first.at < seconds and samples[-1].height == first.height:
                time.sleep(0.1)  # between two looks at the window that is asked for
                samples.append(Sample.take(sender, receiver, source))
        last = samples[-1]
        if last.at - first.at >= seconds and last.height == first.height and last.sid == first.sid:
            return Watched(
                sent_frames=last.sent - first.sent,
                received_frames=last.received - first.received,
                decoded_frames=last.decoded - first.decoded,
                stalled_s=_longest_stall(samples),
                width=last.width,
                height=last.height,
            )
    raise AssertionError(f"the layer of {source} changed in each of six windows")


WINDOWS = 6
"""How many are looked at for a good one: where two cores do everything, other work delays frames."""


def decodes_what_is_sent(sender: Browser, receiver: Browser) -> None:
    """At least 90 %, without a stall.

    A browser that lacks CPU skips frames that it has received, so one good window of decoding is enough; but in every
    window the frames that were sent must have reached it.
    """
    windows: list[Watched] = []
    while len(windows) < WINDOWS:
        windows.append(watch_video(sender, receiver))
        assert windows[-1].received_frames >= 0.9 * windows[-1].sent_frames, windows
        if windows[-1].share >= 0.9 and windows[-1].stalled_s <= 1:
            return
    raise AssertionError(windows)


def goes_on_decoding(sender: Browser, receiver: Browser, source: str = "camera", seconds: float = 5) -> None:
    """Without a stall beyond the sender's own, whichever layers are sent and chosen meanwhile."""
    stalls: list[float] = []
    while len(stalls) < WINDOWS:
        samples = [Sample.take_all_layers(sender, receiver, source)]
        while samples[-1].at - samples[0].at < seconds:
            time.sleep(0.1)  # between two looks at the window that is asked for
            samples.append(Sample.take_all_layers(sender, receiver, source))
        assert samples[-1].decoded > samples[0].decoded, f"no {source} was decoded for {seconds} s"
        stalls.append(_longest_stall(samples))
        if stalls[-1] <= 1:
            return
    raise AssertionError(f"stalls of {stalls} s")


@dataclass(frozen=True)
class Sample:
    """Both ends' counters at one moment."""

    at: float
    sid: str
    sent: int
    received: int
    decoded: int
    width: int
    height: int

    @classmethod
    def take(cls, sender: Browser, receiver: Browser, source: str) -> "Sample":
        heard = inbound(receiver, source)
        sent = layer(sender, source, heard["height"])
        return cls(
            time.monotonic(),
            heard["trackSid"],
            sent["framesSent"],
            heard["framesReceived"],
            heard["framesDecoded"],
            heard["width"],
            heard["height"],
        )

    @classmethod
    def take_all_layers(cls, sender: Browser, receiver: Browser, source: str) -> "Sample":
        heard = inbound(receiver, source)
        sent = sum(s["framesSent"] or 0 for s in streams(sender, "outbound", source))
        received, decoded = heard["framesReceived"], heard["framesDecoded"]
        return cls(time.monotonic(), heard["trackSid"], sent, received, decoded, 0, 0)


def _longest_stall(samples: list[Sample]) -> float:
    """From the second frame that was sent but not decoded (one is always under way) to the next decoded one."""
    longest, owed_since, decoded, sent = 0.0, None, samples[0].decoded, samples[0].sent
    for sample in samples[1:]:
        if sample.decoded > decoded:
            owed_since, decoded, sent = None, sample.decoded, sample.sent
        elif sample.sent - sent >= 2:
            owed_since = owed_since or sample.at
            longest = max(longest, sample.at - owed_since)
    return longest


def audio_holes(receiver: Browser, seconds: float = 10) -> float:
    """Share of audio samples that the receiver had to make up in a window, once audio has energy."""
    wait_for(lambda: inbound(receiver, "microphone")["totalAudioEnergy"] > 0, "audio that can be heard")
    before = inbound(receiver, "microphone")
    time.sleep(seconds)  # the window
    after = inbound(receiver, "microphone")
    received = after["totalSamplesReceived"] - before["totalSamplesReceived"]
    assert received > 0, "no audio samples arrived"
    return float(after["concealedSamples"] - before["concealedSamples"]) / float(received)


def hears_without_holes(receiver: Browser) -> None:
    """Less than 5 % made up; the audio thread of a busy machine may miss its turn, so one good window is enough."""
    holes: list[float] = []
    while len(holes) < WINDOWS:
        holes.append(audio_holes(receiver))
        if holes[-1] < 0.05:
            return
    raise AssertionError(f"made-up shares of sound: {holes}")


def keeps_decoding(receiver: Browser, source: str = "camera", frames: int = 30) -> None:
    """Wait until that many further frames of every received track of that source have been decoded."""

    def decoded() -> dict[str, int]:
        received = [s for s in streams(receiver, "inbound", source) if s["packets"] > 0]
        return {s["trackSid"]: int(s["framesDecoded"]) for s in received}

    def have_been() -> bool:
        now = decoded()
        # Another track in the place of a watched one began after it, so it says as much.
        return bool(now) and all(n - first[sid] >= frames for sid, n in now.items() if sid in first)

    first = wait_for(decoded, f"a decoded {source}")
    wait_for(have_been, f"{frames} more frames of {source}")
