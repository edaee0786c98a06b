"""The web process with a count of the runs of watched queries, for bench.live; writes it to a file when it ends."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import django

django.setup(set_prefix=False)

from interview_stream.server.live.registry import WatchedQuery  # noqa: E402
from interview_stream.server.web import serve  # noqa: E402

runs = 0
_run = WatchedQuery.run


def _counted(query: WatchedQuery, actor: Any, args: dict[str, Any]) -> bytes:
    global runs
    runs += 1
    return _run(query, actor, args)


if __name__ == "__main__":
    WatchedQuery.run = _counted  # type: ignore[method-assign, assignment]
    # The server passes the signal on once it has shut down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        serve()
    finally:
        Path(os.environ["BENCH_LIVE_RUNS"]).write_text(str(runs))
