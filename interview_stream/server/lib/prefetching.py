"""Related rows, by statements whose text is made once: `prefetch_related` for querysets that are asked all the time.

The text is that of Django's own queryset, made with keys that nobody has; later ones are put in their places. It is
kept with its connection (prepared.py), for 1, 2, 4 … keys, and the last key is repeated to fill one up. What is reached
through the relations, and how it is ordered, is as with Django's; what is not a plain relation by primary key is left
to Django altogether.
"""

# ruff: noqa: SLF001 - what Django's own prefetch_related works on, and a test compares the two

import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

from interview_stream.server.lib.prepared import PreparedQuerySet, PreparedSelect, kept_on

MOST_KEYS = 64
Row = TypeVar("Row", bound=models.Model)
Key = Any
Tree = dict[str, "Tree"]


class PrefetchingQuerySet(PreparedQuerySet[Row]):
    """`prefetch_related` of names takes prepared statements; of anything else, Django's way."""

    def _prefetch_related_objects(self) -> None:
        queryset: Any = self
        tree = _tree(queryset.model, tuple(queryset._prefetch_related_lookups))
        rows = queryset._result_cache
        if tree is None or not rows or not isinstance(rows[0], models.Model):
            super()._prefetch_related_objects()  # type: ignore[misc]
            return
        _Prefetch(queryset.db).related(rows, tree)
        queryset._prefetch_done = True


@lru_cache(maxsize=256)
def _tree(model: type[models.Model], lookups: tuple[object, ...]) -> Tree | None:
    """The names, longer ones under shorter; None where one of them is not for us."""
    tree: Tree = {}
    for lookup in lookups:
        if not isinstance(lookup, str):
            return None
        here, at = tree, model
        for name in lookup.split("__"):
            field = _relation(at, name)
            if field is None:
                return None
            here, at = here.setdefault(name, {}), field.related_model
    return tree


@lru_cache(maxsize=1024)
def _relation(model: type[models.Model], name: str) -> Any:
    """A foreign key, or what points here by one; named as it is reached from an object."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and field.name == name:
            return field if field.target_field.primary_key else None
        if isinstance(field, models.ManyToOneRel) and field.get_accessor_name() == name:
            return field if field.field.target_field.primary_key else None
    return None


class _Prefetch:
    """What is fetched for one result; the same row reached twice is one object."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._by_key: dict[tuple[type[models.Model], Key], Any] = {}

    def related(self, owners: Sequence[Any], tree: Tree) -> None:
        for name, below in tree.items():
            model: type[models.Model] = type(owners[0])
            field = _relation(model, name)
            if isinstance(field, models.ForeignKey):
                found = self._forward(owners, field)
            else:
                found = self._reverse(owners, field)
            if found and below:
                self.related(found, below)

    def _forward(self, owners: Sequence[Any], field: Any) -> list[Any]:
        model, pending = field.related_model, [one for one in owners if not field.is_cached(one)]
        keys = {getattr(one, field.attname): None for one in pending}
        wanted = [key for key in keys if key is not None and (model, key) not in self._by_key]
        for row in _rows(self._alias, model, model._meta.pk, wanted):
            self._by_key[model, row.pk] = row
        for one in pending:
            key = getattr(one, field.attname)
            if key is None or (model, key) in self._by_key:
                field.set_cached_value(one, self._by_key.get((model, key)))
        return list({id(row): row for one in owners if (row := getattr(one, field.name)) is not None}.values())

    def _reverse(self, owners: Sequence[Any], relation: Any) -> list[Any]:
        field = relation.field
        by_owner: dict[Key, list[Any]] = {one.pk: [] for one in owners}
        rows = _rows(self._alias, relation.related_model, field, list(by_owner))
        for row in rows:
            by_owner[getattr(row, field.attname)].append(row)
        for one in owners:
            theirs = by_owner[one.pk]
            for row in theirs:
                field.set_cached_value(row, one)
            if relation.one_to_one:
                relation.set_cached_value(one, theirs[0] if theirs else None)
            else:
                _keep_many(one, relation, theirs)
        return rows


def _keep_many(owner: Any, relation: Any, rows: list[Any]) -> None:
    """As Django's own: what is asked of it further is asked of this owner's rows."""
    field, queryset = relation.field, relation.related_model._default_manager.get_queryset()
    queryset._add_hints(instance=owner)
    queryset._deferred_filter = False, (), {field.name: owner}
    queryset._known_related_objects = {field: {owner.pk: owner}}
    queryset._result_cache, queryset._prefetch_done = rows, True
    if not hasattr(owner, "_prefetched_objects_cache"):
        owner._prefetched_objects_cache = {}
    owner._prefetched_objects_cache[relation.cache_name] = queryset


def rows_by(model: type[Row], name: str, keys: Sequence[Key]) -> list[Row]:
    """Those whose foreign key `name`, or primary key (`pk`), is among the keys."""
    options = model._meta
    return _rows(DEFAULT_DB_ALIAS, model, options.pk if name == "pk" else options.get_field(name), keys)


def prefetch(rows: Sequence[models.Model], *names: str) -> None:
    """As Django's `prefetch_related_objects`, for rows of one model and plain relations."""
    if rows:
        tree = _tree(type(rows[0]), names)
        assert tree is not None, "not only plain relations by primary key"
        _Prefetch(DEFAULT_DB_ALIAS).related(rows, tree)


def _rows(alias: str, model: type[models.Model], field: Any, keys: Sequence[Key]) -> list[Any]:
    """In the order of their model, where `field` is not their own key."""
    connection: Any = connections[alias]
    texts = kept_on(connection)
    if not keys:
        return []
    if len(keys) > MOST_KEYS:
        return list(_queryset(model, field, keys).using(alias))
    size = 1 << (len(keys) - 1).bit_length()
    text = texts.get((model, field, size))
    if text is None:
        text = texts[model, field, size] = _Text(connection, model, field, size)
    found: list[Any] = text.rows([*keys, *[keys[-1]] * (size - len(keys))])
    return found


def _queryset(model: Any, field: Any, keys: Iterable[Key]) -> Any:
    if field.primary_key:
        return model._base_manager.filter(pk__in=keys)
    manager = model._base_manager if field.one_to_one else model._default_manager
    return manager.filter(**{f"{field.name}__in": keys})


class _Text:
    """The SELECT of so many keys on one connection."""

    def __init__(self, connection: Any, model: Any, field: Any, size: int) -> None:
        self._connection = connection
        self._target = field.target_field if field.remote_field else field
        examples = _examples(self._target, size)
        self._select = PreparedSelect(connection, _queryset(model, field, examples))
        self._places = [self._select.params.index(self._prepared(example)) for example in examples]

    def rows(self, keys: Sequence[Key]) -> list[Any]:
        params = list(self._select.params)
        for place, key in zip(self._places, keys, strict=True):
            params[place] = self._prepared(key)
        return self._select.rows(params)

    def _prepared(self, key: Key) -> Any:
        return self._target.get_db_prep_value(key, self._connection, prepared=False)


def _examples(field: Any, count: int) -> list[Key]:
    """Keys that stand nowhere else in a statement."""
    if isinstance(field, models.UUIDField):
        return [uuid.uuid4() for _ in range(count)]
    if isinstance(field, models.IntegerField):
        return [2**31 - 1 - number for number in range(count)]
    return [uuid.uuid4().hex for _ in range(count)]
