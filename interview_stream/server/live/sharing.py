"""Runs a query once for all clients of one snapshot that must get the same.

While a query runs, it is noted which fields of its actor it looks at. For another actor of the same kind with the same
values there it would give the same: same text, same database, same arguments. So what an organisation's members all see
alike is worked out once, and what depends on the person is not shared; no query has to say which it is.
"""

from collections import defaultdict
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db.models import Model

Value = TypeVar("Value")
Facts = dict[str, Any]


@lru_cache(maxsize=32)
def _observed(kind: type) -> type:
    """A class of the same behaviour, whose objects note which fields are looked at."""
    names = frozenset(field.name for field in fields(kind))

    def look(actor: Any, name: str) -> Any:
        value = object.__getattribute__(actor, name)
        if name in names:
            object.__getattribute__(actor, "_noted")[name] = value
        elif name == "__dict__":
            object.__getattribute__(actor, "_noted").update({name: value[name] for name in names})
        return value

    # Classes are compared when actors are.
    return type(kind.__name__, (kind,), {"__getattribute__": look, "__class__": property(lambda _: kind)})


def observed(actor: Any) -> tuple[Any, Facts | None]:
    """The same actor, and the fields that have been looked at so far; None where this cannot be noted."""
    if not is_dataclass(actor) or isinstance(actor, type) or not hasattr(actor, "__dict__"):
        return actor, None
    copy: Any = object.__new__(_observed(type(actor)))
    noted: Facts = {}
    object.__getattribute__(copy, "__dict__").update(vars(actor), _noted=noted)
    return copy, noted


def _comparable(value: Any) -> Any:
    """Rows are equal when all their columns are: one may have been loaded before the other was changed."""
    if isinstance(value, Model):
        return type(value), {name: column for name, column in vars(value).items() if not name.startswith("_")}
    return value


class Asker:
    """An actor, and what its fields are compared by, which is worked out once: actors do not change."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self.kind = type(actor)
        self._facts: Facts = {}

    def fact(self, name: str) -> Any:
        if name not in self._facts:
            self._facts[name] = _comparable(getattr(self.actor, name))
        return self._facts[name]

    def has(self, facts: Facts) -> bool:
        for name, fact in facts.items():  # noqa: SIM110 - asked for each page that is told, and faster than all()
            if self.fact(name) != fact:
                return False
        return True


@dataclass(frozen=True)
class _Kept(Generic[Value]):
    kind: type
    facts: Facts
    value: Value


class Shared(Generic[Value]):
    """What was worked out on one snapshot, by query and arguments."""

    def __init__(self) -> None:
        self._kept: defaultdict[object, list[_Kept[Value]]] = defaultdict(list)

    def find(self, key: object, asker: Asker) -> Value | None:
        for kept in self._kept.get(key, ()):
            if kept.kind is asker.kind and asker.has(kept.facts):
                return kept.value
        return None

    def keep(self, key: object, asker: Asker, noted: Facts | None, value: Value) -> None:
        if noted is not None:
            facts = {name: asker.fact(name) for name in noted}
            self._kept[key].append(_Kept(asker.kind, facts, value))
