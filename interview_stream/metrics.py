"""Figures for Prometheus, in its text format (version 0.0.4): hides escaping and where processes keep their own."""

import resource
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "interview_stream_"

Sample = tuple[Mapping[str, str], float]
"""Labels and value."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure, perhaps by labels. A counter only grows while its process lives; its name ends with _total."""

    name: str
    """Without `interview_stream_`."""
    kind: Literal["counter", "gauge"]
    text: str
    samples: Sequence[Sample]


def single(name: str, kind: Literal["counter", "gauge"], text: str, value: float) -> Metric:
    """A figure without labels."""
    return Metric(name, kind, text, [({}, value)])


def by(label: str, values: Mapping[str, float]) -> list[Sample]:
    """Samples that differ in one label."""
    return [({label: key}, value) for key, value in sorted(values.items())]


def exposition(metrics: Iterable[Metric], everywhere: Mapping[str, str] | None = None) -> str:
    """The text that a scraper reads; `everywhere` are labels of all samples."""
    lines = []
    for metric in metrics:
        name = PREFIX + metric.name
        lines += [f"# HELP {name} {metric.text}", f"# TYPE {name} {metric.kind}"]
        for own, value in metric.samples:
            labels = {**own, **(everywhere or {})}
            inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            lines.append(f"{name}{{{inside}}} {value:.12g}" if inside else f"{name} {value:.12g}")
    return "\n".join([*lines, ""])


def merged(*texts: str) -> str:
    """Several such texts as one: the format wants all samples of one name together, below one heading."""
    blocks: dict[str, list[str]] = {}
    for line in (line for text in texts for line in text.splitlines()):
        name = line.split()[2] if line.startswith("#") else line.partition("{")[0].partition(" ")[0]
        block = blocks.setdefault(name, [])
        if not (line.startswith("#") and line in block):
            block.append(line)
    return "".join(f"{line}\n" for block in blocks.values() for line in block)


def own_process(part: str) -> list[Metric]:
    """What this process costs; `part` is its name in the installation."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    labels = {"part": part}
    return [
        Metric("cpu_seconds_total", "counter", "CPU time.", [(labels, usage.ru_utime + usage.ru_stime)]),
        Metric("resident_bytes", "gauge", "Memory in use.", [(labels, _resident_bytes())]),
        Metric(
            "open_files", "gauge", "Open files and sockets.", [(labels, len(list(Path("/proc/self/fd").iterdir())))]
        ),
    ]


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
