"""Which columns conditions are kept for, and when two values of such a column are certainly different."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model

Value = int | str | None | tuple[()]

UNKNOWN: tuple[()] = ()
"""A value that may equal any other: of another type than its column, say, which the database compares its way."""


class Kind(Enum):
    """Types of columns whose values are equal in the database exactly when they are equal here."""

    NUMBER = "number"
    TEXT = "text"
    UUID = "uuid"

    def canonical(self, value: object) -> Value:
        """One form for what a statement is given, what the database stores and what the bus carries."""
        if value is None:
            return None
        match self:
            case Kind.NUMBER if isinstance(value, int):
                return int(value)
            case Kind.TEXT if isinstance(value, str):
                return str.__str__(value)  # An enumeration's own text is another one.
            case Kind.UUID if isinstance(value, UUID):
                return value.hex
            case Kind.UUID if isinstance(value, str) and len(value) == 32 and set(value) <= _HEX:
                return str.__str__(value)
        return UNKNOWN


_HEX = frozenset("0123456789abcdef")
_KINDS = {
    **dict.fromkeys(("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"), Kind.NUMBER),
    **dict.fromkeys(("SmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField"), Kind.NUMBER),
    **dict.fromkeys(("PositiveSmallIntegerField", "BooleanField"), Kind.NUMBER),
    **dict.fromkeys(("CharField", "TextField", "SlugField", "EmailField"), Kind.TEXT),
    "UUIDField": Kind.UUID,
}


@dataclass(frozen=True)
class Keys:
    """The columns of one table that rows are looked up by, in a fixed order."""

    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]

    def image(self, values: Iterable[object]) -> tuple[Value, ...]:
        """One state of a row, as far as conditions can ask for it."""
        return tuple(kind.canonical(value) for kind, value in zip(self.kinds, values, strict=True))


@lru_cache(maxsize=1)
def _tables() -> dict[str, Keys]:
    """Models never change while the process runs, so this is worked out once."""
    found: dict[str, Keys] = {}
    for model in apps.get_models(include_auto_created=True):
        if not _meta(model).proxy:
            found.setdefault(_meta(model).db_table, _keys(model))
    return found


def known_tables() -> dict[str, Keys]:
    return _tables() if apps.models_ready else {}


def _keys(model: type[Model]) -> Keys:
    wanted = [(field.column, _kind(field)) for field in _meta(model).local_concrete_fields if _is_key(field)]
    known = [(column, kind) for column, kind in wanted if kind is not None]
    return Keys(tuple(column for column, _ in known), tuple(kind for _, kind in known))


def _is_key(field: Any) -> bool:
    return bool(field.primary_key or field.unique or field.remote_field or field.db_index)


def _kind(field: Any) -> Kind | None:
    while field.remote_field:
        field = field.target_field
    # A collation may take different texts for equal.
    return None if getattr(field, "db_collation", None) else _KINDS.get(field.get_internal_type())


def _meta(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001 - documented by Django
