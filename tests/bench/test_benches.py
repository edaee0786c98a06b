"""Every bench runs to its last line at a tiny size, so that none rots."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHES = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if "def main" in path.read_text())
NEED_ROOT = ("impaired_calls", "join")
"""They make networks."""


@pytest.mark.integration
@pytest.mark.parametrize("name", BENCHES)
def test_bench_runs(name: str) -> None:
    if name in NEED_ROOT and os.geteuid() != 0:
        pytest.skip("making a network needs root")
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", "--tiny"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"ratio \d", done.stdout.strip().splitlines()[-1])
