"""The web process with a count of the runs of watched queries, for bench.live; it stands in a file at any time."""

import os
from typing import Any

import django

django.setup(set_prefix=False)

from interview_stream.server.live.registry import WatchedQuery  # noqa: E402
from interview_stream.server.web import serve  # noqa: E402

runs = 0
_run = WatchedQuery.run
_file = os.open(os.environ["BENCH_LIVE_RUNS"], os.O_WRONLY | os.O_CREAT)


def _counted(query: WatchedQuery, actor: Any, args: dict[str, Any]) -> bytes:
    global runs
    runs += 1
    os.pwrite(_file, str(runs).encode(), 0)
    return _run(query, actor, args)


if __name__ == "__main__":
    WatchedQuery.run = _counted  # type: ignore[method-assign, assignment]
    serve()
