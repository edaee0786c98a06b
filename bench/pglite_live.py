"""PGlite's live queries as a peer of bench.live: a PostgreSQL in one Node process with those who watch it.

It is in memory, without HTTP, rights or sessions, each query has one watcher, and each write runs all of them again.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.processes import SERVER_CPU

_PGLITE_JS = Path(__file__).parents[1] / "web" / "bench" / "pglite-live.js"
_EVERY_MS = 1000


@dataclass(frozen=True, slots=True)
class PGlite:
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Of one write, with all that it makes run."""
    runs: float
    """Per write."""
    wrong: int


def measure_pglite(queries: int, writes: int) -> PGlite:
    """One write a second, on the core that servers under test have."""
    sizes = map(str, (queries, writes, _EVERY_MS))
    command = ["taskset", "--cpu-list", str(SERVER_CPU), "node", str(_PGLITE_JS), *sizes]
    return PGlite(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
