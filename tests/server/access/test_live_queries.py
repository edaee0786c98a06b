"""Every live query, watched over the live socket by everybody at once."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from interview_stream.server.api import api
from interview_stream.server.live.registry import query_names
from tests.server.access.rules import ACTORS, LIVE_QUERIES, OUTSIDERS
from tests.server.access.world import SECRET, World
from tests.server.live.test_socket import LIMITS, Server

assert api, "every app's queries are registered by what it imports"
ROOMY = replace(LIMITS, connections=len(ACTORS), subscriptions=100, message_bytes=65_536, result_bytes=1_000_000)


def test_no_live_query_is_forgotten() -> None:
    assert set(query_names()) == set(LIVE_QUERIES)


@pytest.mark.django_db(transaction=True)
async def test_live_queries(world: World, tried: Counter[str]) -> None:
    server = Server(ROOMY)
    wrong = await found_wrong(server, world, tried)
    server.app.close()
    assert not wrong, "\n".join(wrong)


async def found_wrong(server: Server, world: World, tried: Counter[str]) -> list[str]:
    wrong = []
    for actor in ACTORS:
        for (name, (_, access)), result in zip(LIVE_QUERIES.items(), await answers(server, actor, world), strict=True):
            tried["a live query"] += 1
            status = result["problem"]["status"] if "problem" in result else 200
            if status != access.of(actor):
                wrong.append(f"{name} for {actor}: {status} instead of {access.of(actor)}: {result!s:.200}")
            elif actor in OUTSIDERS and SECRET in str(result):
                wrong.append(f"{name} for {actor} tells of what is not theirs: {result!s:.1000}")
    return wrong


async def answers(server: Server, actor: str, world: World) -> list[Any]:
    """To all live queries, in their order."""
    token = world.links.get(actor)
    wanted = [
        {"id": number, "query": name, "args": {f"{each}_id": world.ids[each] for each in arguments}}
        for number, (name, (arguments, _)) in enumerate(LIVE_QUERIES.items())
    ]
    found: dict[int, Any] = {}
    async with server.page(world.browsers[actor] if token is None else None) as page:
        await page.say(type="hello", guest=token)
        await page.say(type="watch", queries=wanted)
        while len(found) < len(wanted):
            found |= await page.hear_results()
    return [found[number] for number in range(len(wanted))]
