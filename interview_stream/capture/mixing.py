"""Mixes several people's sound into one, in step; hides FFmpeg's filters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.filter import Graph
from av.filter.context import FilterContext

MIX_RATE = 48_000
MIX_LAYOUT = "stereo"
FRAME = 960
"""20 ms, what one packet of Opus holds."""


@dataclass(frozen=True)
class Voice:
    """A file with one track of sound, and where it begins, in samples of MIX_RATE."""

    path: Path
    at: int
    duration_s: float


def mixed(voices: Sequence[Voice]) -> Iterator[av.AudioFrame]:
    """The sum of all, from 0 to the end of the last, of 20 ms each; loud moments of several are held back, not cut."""
    graph = Graph()
    sources = [_source(graph, voice, number) for number, voice in enumerate(voices)]
    mix = graph.add("amix", f"inputs={len(voices)}:duration=longest:normalize=0")
    for number, (_, last) in enumerate(sources):
        last.link_to(mix, 0, number)
    limit = graph.add("alimiter", "level=disabled:limit=0.95:latency=1")
    shape = graph.add("aformat", f"sample_fmts=s16:channel_layouts={MIX_LAYOUT}:sample_rates={MIX_RATE}")
    cut = graph.add("asetnsamples", f"n={FRAME}:p=0")
    sink = graph.add("abuffersink")
    for before, after in ((mix, limit), (limit, shape), (shape, cut), (cut, sink)):
        before.link_to(after)
    graph.configure()
    counted = 0
    for frame in _pulled(sources, sink, voices):
        frame.pts, frame.time_base = counted, Fraction(1, MIX_RATE)
        counted += frame.samples
        yield frame


def _source(graph: Graph, voice: Voice, number: int) -> tuple[FilterContext, FilterContext]:
    """Where to push a voice's frames, and the end of what is done to it before the mix."""
    with av.open(str(voice.path)) as container:
        context = container.streams.audio[0].codec_context
        layout, rate, sample_format = context.layout.name, context.sample_rate, context.format.name
    source = graph.add_abuffer(
        sample_rate=rate, format=sample_format, layout=layout, time_base=Fraction(1, MIX_RATE), name=f"voice{number}"
    )
    last = graph.add("aformat", f"sample_fmts=fltp:channel_layouts={MIX_LAYOUT}:sample_rates={MIX_RATE}")
    source.link_to(last)
    if voice.at > 0:
        late = graph.add("adelay", f"delays={voice.at}S:all=1")
        last.link_to(late)
        last = late
    return source, last


def _pulled(
    sources: Sequence[tuple[FilterContext, FilterContext]], sink: FilterContext, voices: Sequence[Voice]
) -> Iterator[av.AudioFrame]:
    """Feed all voices in step, so that none has to be kept for the others."""
    decoding: dict[int, Iterator[av.AudioFrame]] = {number: _decoded(v.path) for number, v in enumerate(voices)}
    reached = {number: voice.at for number, voice in enumerate(voices)}
    counted = dict.fromkeys(decoding, 0)
    while decoding:
        number = min(decoding, key=reached.__getitem__)
        frame = next(decoding[number], None)
        if frame is None:
            del decoding[number]
            sources[number][0].push(None)
        else:
            frame.pts, frame.time_base = counted[number], Fraction(1, MIX_RATE)
            counted[number] += frame.samples
            reached[number] += frame.samples
            sources[number][0].push(frame)
        yield from _ready(sink)


def _ready(sink: FilterContext) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (BlockingIOError, EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def _decoded(path: Path) -> Iterator[av.AudioFrame]:
    with av.open(str(path)) as container:
        yield from container.decode(audio=0)
