"""The text that Prometheus reads."""

from interview_stream.metrics import Metric, by, exposition, own_process, single


def test_each_figure_has_a_heading_and_labels_are_escaped() -> None:
    reasons = by("reason", {"b": 2, 'a "quoted" \\ and\nbroken': 1.5})
    text = exposition([single("rooms", "gauge", "Open rooms.", 3), Metric("drops_total", "counter", "Drops.", reasons)])
    assert text.splitlines() == [
        "# HELP interview_stream_rooms Open rooms.",
        "# TYPE interview_stream_rooms gauge",
        "interview_stream_rooms 3",
        "# HELP interview_stream_drops_total Drops.",
        "# TYPE interview_stream_drops_total counter",
        'interview_stream_drops_total{reason="a \\"quoted\\" \\\\ and\\nbroken"} 1.5',
        'interview_stream_drops_total{reason="b"} 2',
    ]
    assert text.endswith("\n")


def test_a_process_knows_what_it_costs() -> None:
    cpu, memory, files = own_process("test")
    assert cpu.samples[0][0] == {"part": "test"}
    assert cpu.samples[0][1] > 0
    assert memory.samples[0][1] > 10_000_000
    assert files.samples[0][1] >= 3
