"""What every test shares: a developer's own variables, .env and data do not reach it."""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgresql import Cluster

# Before anything reads the settings.
for _name in [
    name for name in os.environ if name.startswith(("INTERVIEW_STREAM_", "LIVEKIT_", "DATABASE_URL", "REDIS_URL"))
]:
    del os.environ[_name]
# A disk takes milliseconds for each of thousands of commits; what a crash leaves is tested with files of its own.
_MEMORY = Path("/dev/shm")  # noqa: S108
_HAS_ROOM = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 2**30
DATA = Path(tempfile.mkdtemp(prefix="interview-stream-tests-", dir=_MEMORY if _HAS_ROOM else None))
os.environ["INTERVIEW_STREAM_DATA"] = str(DATA)
os.environ["INTERVIEW_STREAM_ENV_FILE"] = os.devnull
os.environ["DJANGO_SETTINGS_MODULE"] = "interview_stream.server.settings"
# The same tests on the other database.
CLUSTER = (
    Cluster("fsync=off", "lock_timeout=20s", "deadlock_timeout=3s") if os.environ.get("TEST_ON_POSTGRESQL") else None
)
if CLUSTER:
    os.environ["DATABASE_URL"] = CLUSTER.create("stream")

# No stopwatch: a busy machine makes slow examples, not wrong ones.
settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


SLOW_LAST = ("integration", "bench", "e2e")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers inherit our variables. Named there, the settings would be read before a worker has a folder of its own,
    and all would share one database.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ and session.config.getoption("numprocesses", None):
        del os.environ["DJANGO_SETTINGS_MODULE"]
    # The cluster goes as a whole; to drop its database first would mean to wait for whoever still closes a connection.
    session.config.option.reuse_db = session.config.option.reuse_db or CLUSTER is not None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What finds a mistake soonest runs first; browsers last, since their driver keeps an event loop running."""

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        return SLOW_LAST.index(folder) + 1 if folder in SLOW_LAST else 0

    items.sort(key=place)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(DATA, ignore_errors=True)
    if CLUSTER:
        CLUSTER.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many pairs of an operation and an actor the access walk tried (tests/server/access)."""
    tried: Counter[str] = Counter()
    for report in terminalreporter.getreports(""):
        for name, counted in report.user_properties if report.when == "teardown" else ():
            tried.update(counted if name == "tried" else {})
    if tried:
        counts = ", ".join(f"{count} of {kind}" for kind, count in sorted(tried.items()))
        terminalreporter.write_line(f"Access walk: {tried.total()} pairs with an actor tried: {counts}.")
