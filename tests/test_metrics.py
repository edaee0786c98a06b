"""The text that Prometheus reads."""

from interview_stream.metrics import Metric, by, exposition, merged, own_process, single


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


def test_samples_of_one_name_stand_together_below_one_heading() -> None:
    heading = "# HELP x_cpu CPU.\n# TYPE x_cpu counter\n"
    ours, engines = f'{heading}x_cpu{{part="web"}} 1\n# TYPE x_up gauge\nx_up 1\n', f'{heading}x_cpu{{part="sfu"}} 2\n'
    assert merged(ours, engines).splitlines() == [
        "# HELP x_cpu CPU.",
        "# TYPE x_cpu counter",
        'x_cpu{part="web"} 1',
        'x_cpu{part="sfu"} 2',
        "# TYPE x_up gauge",
        "x_up 1",
    ]
