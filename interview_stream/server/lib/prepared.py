"""SELECTs whose text is made once for each connection, and plain querysets that are answered by them.

Making the text of a SELECT anew costs Django far more (measured: 1.1 ms) than carrying it out (0.03 ms). A queryset is
plain if it asks for whole rows of one table by `column = value`, and perhaps in an order and up to a limit. What makes
up its text is read from the queryset itself each time that it is asked, after every rule in it was applied; so a kept
text is never taken for another query than its own. Anything else in a queryset leaves it to Django.
"""

# ruff: noqa: SLF001 - a queryset tells what it asks for by what is private to Django; tests compare the two

import uuid
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connections, models
from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedExact
from django.db.models.lookups import Exact, IntegerFieldExact
from django.db.models.query import ModelIterable
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.query import Query
from django.db.models.sql.where import WhereNode

Row = TypeVar("Row", bound=models.Model)

# What a plain query may have of its own; all else has to be as in a new one.
_LOCK = ("select_for_update", "select_for_update_nowait", "select_for_update_skip_locked", "select_for_update_of")
_SHAPE = ("order_by", "default_ordering", "standard_ordering", "low_mark", "high_mark", "select_for_no_key_update")
_READ = frozenset(("where", "alias_map", "alias_refcount", "table_map", "used_aliases", "base_table", *_LOCK, *_SHAPE))
_IGNORED = frozenset(("filter_is_sticky", "_lookup_joins", "_annotation_select_cache", "_extra_select_cache"))
_CONSTANTS = (int, str, tuple, type(None))
_VALUES = frozenset((int, str, uuid.UUID))
# Django looks whether a number fits into its column; these fit into any of those.
_WIDE = frozenset(("AutoField", "BigAutoField", "IntegerField", "BigIntegerField"))
_SMALLER_THAN = 2**31


class PreparedSelect:
    """One text on one connection, and what makes objects of its rows."""

    def __init__(self, connection: Any, queryset: models.QuerySet[Any]) -> None:
        self._connection, self._model = connection, queryset.model
        self._compiler = queryset.query.get_compiler(connection=connection)
        self._sql, params = self._compiler.as_sql()
        self.params: list[Any] = list(params)
        """Those of the queryset that it was made of."""
        columns = [column for column, _, _ in self._compiler.select]
        self._names = [column.target.attname for column in columns]
        self._converters = self._compiler.get_converters(columns)
        self._native = self._sql.replace("%s", "?").replace("%%", "%") if connection.vendor == "sqlite" else None

    def rows(self, params: Sequence[Any]) -> list[Any]:
        found: Any = self._fetch(params)
        if found and self._converters:
            found = self._compiler.apply_converters(found, self._converters)
        alias, names, make = self._connection.alias, self._names, self._model.from_db
        return [make(alias, names, row) for row in found]

    def _fetch(self, params: Sequence[Any]) -> Any:
        """On SQLite without Django's layers around a cursor (0.03 ms), where they have nothing to do."""
        connection = self._connection
        raw = connection.connection
        recorders = connection.execute_wrappers
        if (
            self._native is None
            or raw is None
            or connection.needs_rollback
            or connection.queries_logged
            or not all(hasattr(recorder, "note_read") for recorder in recorders)
        ):
            with connection.cursor() as cursor:
                cursor.execute(self._sql, params)
                return cursor.fetchall()
        for recorder in recorders:
            recorder.note_read(self._sql, params)
        with connection.wrap_database_errors:
            return raw.execute(self._native, params).fetchall()


def kept_on(connection: Any) -> dict[object, Any]:
    """The texts of one connection, by what they ask for."""
    texts: dict[object, Any] = vars(connection).setdefault("_interview_stream_texts", {})
    return texts


class _Rows(ModelIterable):  # type: ignore[type-arg]
    """The rows of a queryset, as objects."""

    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        if self.chunked_fetch or queryset._known_related_objects:
            return super().__iter__()
        connection: Any = connections[queryset.db]
        asked = _plainly_asked(queryset.query, connection)
        if asked is None:
            return super().__iter__()
        key, params = asked
        texts = kept_on(connection)
        select = texts.get(key)
        if select is None:
            select = PreparedSelect(connection, queryset)
            if select.params != params:  # It takes something else as well, such as a value of its model's ordering.
                return super().__iter__()
            texts[key] = select
        return iter(select.rows(params))


class PreparedQuerySet(models.QuerySet[Row]):
    """As Django's own; faster where it is plain."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._iterable_class: Any = _Rows


def _plainly_asked(query: Any, connection: Any) -> tuple[object, list[Any]] | None:
    """What tells its text from all others, and the values in their places; None where it is not plain."""
    model, where = query.model, query.where
    children: Any = where.children
    if type(query) is not Query or type(where) is not WhereNode or where.connector != "AND" or where.negated:
        return None
    fresh = _of_new_query(model)
    for name, value in vars(query).items():
        if name not in _READ and name not in _IGNORED and (name not in fresh or value != fresh[name]):
            return None
    if not _is_of_one_table(query) or not _is_ordered_by_columns(model, query):
        return None
    if query.select_for_update and connection.features.has_select_for_update:
        return None  # It is also looked whether a transaction is open.
    conditions, params = [], []
    for lookup in children:
        if not _is_plain(lookup, model):
            return None
        conditions.append((type(lookup), lookup.lhs.target, lookup.lhs.output_field))
        params += lookup.get_db_prep_lookup(lookup.rhs, connection)[1]
    shape = tuple(getattr(query, name) for name in (*_SHAPE, *_LOCK))
    return (model, tuple(conditions), shape), params


@lru_cache(maxsize=256)
def _of_new_query(model: type[models.Model]) -> dict[str, Any]:
    """Each attribute that a query may come to have of its own, with what it is in the beginning."""
    of_class = {name: value for each in reversed(Query.__mro__) for name, value in vars(each).items()}
    return {name: value for name, value in of_class.items() if isinstance(value, _CONSTANTS)} | vars(Query(model))


def _is_of_one_table(query: Any) -> bool:
    """Joins that a filter began and did not need stay in the query, unused."""
    table = query.model._meta.db_table
    for alias, uses in query.alias_refcount.items():
        if uses and (alias != table or type(query.alias_map[alias]) is not BaseTable):
            return False
    return True


def _is_ordered_by_columns(model: type[models.Model], query: Any) -> bool:
    names: Any = query.order_by or (model._meta.ordering if query.default_ordering else ())
    return all(isinstance(name, str) for name in names) and _are_columns(model, tuple(names))


@lru_cache(maxsize=256)
def _are_columns(model: type[models.Model], names: tuple[str, ...]) -> bool:
    columns = {field.name for field in model._meta.concrete_fields if not field.remote_field} | {"pk"}
    return columns.issuperset(name.removeprefix("-") for name in names)


def _is_plain(lookup: Any, model: type[models.Model]) -> bool:
    kind, column, value = type(lookup), getattr(lookup, "lhs", None), getattr(lookup, "rhs", None)
    if kind not in (Exact, RelatedExact, IntegerFieldExact) or type(column) is not Col or type(value) not in _VALUES:
        return False
    if column.alias != model._meta.db_table or lookup.bilateral_transforms:
        return False
    if kind is not IntegerFieldExact:
        return True
    is_small = isinstance(value, int) and abs(value) < _SMALLER_THAN
    return is_small and column.output_field.get_internal_type() in _WIDE
