"""Queries that can be watched: their names, their arguments, their results as JSON."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from interview_stream.server.lib.problems import Invalid, NotFound
from interview_stream.server.live.registry import WatchedQuery, query_named, query_names


class ThingOut(BaseModel):
    id: UUID
    owner: str


def _thing(actor: Any, *, thing_id: UUID, verbose: bool = False) -> ThingOut:
    return ThingOut(id=thing_id, owner=f"{actor} {verbose}")


QUERY = WatchedQuery("test.thing", _thing)
ID = "7d5c0b0e-8a3e-4df0-9f0b-9a3f6a6d2c11"


def test_arguments_are_parsed_as_the_function_declares_them() -> None:
    assert QUERY.parse({"thing_id": ID}) == {"thing_id": UUID(ID), "verbose": False}


@pytest.mark.parametrize("args", [{}, {"thing_id": "x"}, {"thing_id": ID, "other": 1}])
def test_wrong_arguments_are_refused(args: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        QUERY.parse(args)
    assert caught.value.extra["errors"]


def test_the_result_is_json() -> None:
    assert QUERY.run("alice", QUERY.parse({"thing_id": ID})) == f'{{"id":"{ID}","owner":"alice False"}}'.encode()


def test_an_unknown_query_is_not_found() -> None:
    with pytest.raises(NotFound):
        query_named("no.such")


def test_the_product_registers_its_queries() -> None:
    """Some take no arguments, the others name those that they miss."""
    missing = {}
    for name in query_names():
        try:
            query_named(name).parse({})
        except Invalid as problem:
            missing[name] = problem.extra["errors"]
    assert "interviews.list" in set(query_names()) - set(missing)
    assert "interviews.get" in missing
    assert all(missing.values())
