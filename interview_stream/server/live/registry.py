"""Which queries can be watched, and how to find the actor behind a connection; apps fill it, live itself knows none."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from interview_stream.server.lib.problems import Invalid, NotFound

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a connection showed when it was opened: a session cookie, or a guest's link."""

    session_key: str | None
    guest_token: str | None


class WatchedQuery:
    """A query function `fn(actor, **args) -> value` with its arguments checked and its value serialised."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self.function = function

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.signature(self.function, eval_str=True)

    @cached_property
    def _arguments(self) -> type[BaseModel]:
        fields: dict[str, Any] = {
            name: (parameter.annotation, ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in list(self._signature.parameters.items())[1:]
        }
        return create_model(f"{self.name} arguments", __config__=ConfigDict(extra="forbid"), **fields)

    @cached_property
    def _result(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._signature.return_annotation)

    def parse(self, args: dict[str, Any]) -> dict[str, Any]:
        """Check the arguments a client sent; raises Invalid."""
        try:
            given = self._arguments.model_validate(args)
        except ValidationError as error:
            raise Invalid(
                f"The arguments of {self.name} are not right.",
                errors=error.errors(include_url=False, include_context=False, include_input=False),
            ) from None
        return {name: getattr(given, name) for name in self._arguments.model_fields}

    def key(self, args: dict[str, Any]) -> str:
        """The same text for the same arguments."""
        return self._arguments.model_construct(**args).model_dump_json()

    def run(self, actor: Any, args: dict[str, Any]) -> bytes:
        """The result as JSON text; what the query raises passes through."""
        return self._result.dump_json(self.function(actor, **args))


_queries: dict[str, WatchedQuery] = {}
_actor_resolvers: list[tuple[Callable[[Credentials], Any], Callable[[Any], str]]] = []


def query(name: str) -> Callable[[Function], Function]:
    """Let clients watch this function under `name`, e.g. "interviews.list"."""

    def register(function: Function) -> Function:
        assert name not in _queries, f"two live queries are called {name}"
        _queries[name] = WatchedQuery(name, function)
        return function

    return register


def query_named(name: str) -> WatchedQuery:
    found = _queries.get(name)
    if found is None:
        raise NotFound(f"There is no live query called {name!r}.")
    return found


def query_names() -> list[str]:
    return sorted(_queries)


def register_actor_resolver(resolver: Callable[[Credentials], Any], name: Callable[[Any], str] = repr) -> None:
    """`name` tells actors apart that may see different things: whoever gets another name is somebody else."""
    _actor_resolvers[:] = [(resolver, name)]


def who_asks() -> WatchedQuery:
    """Watched for every connection, by the connection itself: it ends when it would speak for somebody else."""

    def name_actor(actor: Any) -> str:
        return _actor_resolvers[0][1](actor)

    return WatchedQuery("who asks", name_actor)


def resolve_actor(credentials: Credentials) -> Any:
    """Who is behind the credentials now; raises a Problem for a link that is no longer good."""
    return _actor_resolvers[0][0](credentials)
