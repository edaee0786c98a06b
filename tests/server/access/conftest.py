"""The world of the walk, and how many pairs of an operation and an actor were tried in it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from interview_stream.server.accounts.actor import Member
from interview_stream.server.interviews.models import Interview
from tests.dns_server import serving
from tests.server.access.world import World, build_world
from tests.server.stand_in_engine import StandInEngine


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Iterator[Counter[str]]:
    """Count what was asked here, by its kind; the sum is printed at the end (tests/conftest.py)."""
    counted: Counter[str] = Counter()
    yield counted
    record_property("tried", dict(counted))


@pytest.fixture
def world(
    alice: Member, bob: Member, charlie: Member, interview: Interview, media: StandInEngine, settings: Any
) -> Iterator[World]:
    with serving({}) as port:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, dns_servers=(("127.0.0.1", port),))
        yield build_world(alice, bob, charlie, interview, media)
