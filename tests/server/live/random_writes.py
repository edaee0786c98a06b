"""Random writes on the product's models, by every way that Django and SQL offer."""

import contextlib
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Model, ProtectedError
from django.db.models.functions import Concat
from django.utils import timezone
from hypothesis import strategies as st

from interview_stream.server.accounts.models import Membership, Organisation, User
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.recordings.models import RecordedTrack, Recording
from tests.server.live.random_queries import (
    EMAILS,
    GROUPS,
    INTERVIEWS,
    ORGANISATIONS,
    RECORDINGS,
    USERS,
    WORDS,
    Rows,
    selections,
)

Write = Callable[[], Any]

LATER = timezone.now()

COLUMNS: dict[type[Model], dict[str, list[Any]]] = {
    Organisation: {"id": ORGANISATIONS, "name": WORDS},
    User: {"id": USERS, "email": EMAILS, "name": WORDS},
    Group: {"id": GROUPS, "name": WORDS},
    Membership: {"user_id": USERS, "organisation_id": ORGANISATIONS, "role": WORDS},
    Interview: {"id": INTERVIEWS, "organisation_id": ORGANISATIONS, "created_by_id": USERS, "title": WORDS},
    Invitation: {"id": INTERVIEWS, "interview_id": INTERVIEWS, "name": WORDS, "link_expires_at": [LATER]},
    Recording: {
        "id": RECORDINGS,
        "interview_id": INTERVIEWS,
        "started_by_id": [*USERS, None],
        "state": WORDS,
        "stopped_at": [LATER],
        "detail": WORDS,
    },
    RecordedTrack: {"id": RECORDINGS, "recording_id": RECORDINGS, "kind": WORDS, "capture": WORDS, "segment": [1, 2]},
}
_MODELS = sorted(COLUMNS, key=lambda model: model.__name__)
_PARENTS: list[type[Model]] = [Organisation, User, Group, Interview, Invitation, Recording, RecordedTrack, Membership]
"""Those that others point to come first."""

_LINKS = [(model, name) for model in _MODELS for name in COLUMNS[model] if name.endswith("_id")]
"""A row that leaves one parent for another is missed there unless its old keys count."""


def values(model: type[Model]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(pool) for name, pool in COLUMNS[model].items()})


def some_values(model: type[Model]) -> st.SearchStrategy[dict[str, Any]]:
    names = sorted(set(COLUMNS[model]) - {"id"})
    changes = {name: st.sampled_from(COLUMNS[model][name]) for name in names}
    weighted = [*names, *(name for name in names if name.endswith("_id"))]
    return st.lists(st.sampled_from(weighted), min_size=1, max_size=2, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: changes[name] for name in chosen})
    )


@st.composite
def worlds(draw: st.DrawFn) -> list[Model]:
    """Rows to begin with; those that fit no constraint are left out when they are written."""
    return [model(**draw(values(model))) for model in _PARENTS for _ in range(draw(st.integers(3, 8)))]


def begin(world: list[Model]) -> None:
    with transaction.atomic():
        for model in reversed(_PARENTS):
            if model is User:
                User.groups.through.objects.all().delete()
            model._default_manager.all()._raw_delete("default")
        for row in world:
            attempt(row.save)


def attempt(write: Write) -> None:
    """What the database refuses leaves no trace."""
    with contextlib.suppress(DatabaseError, ProtectedError), transaction.atomic():
        write()
        connection.check_constraints()


def _first(rows: Rows, change: Callable[[Any], Any]) -> None:
    found = rows.first()
    if found is not None:
        change(found)


def _save(rows: Rows, changes: dict[str, Any]) -> None:
    def change(row: Model) -> None:
        for name, value in changes.items():
            setattr(row, name, value)
        row.save()

    _first(rows, change)


def _update(rows: Rows, changes: dict[str, Any]) -> None:
    rows.order_by().update(**changes)


def _bulk_update(rows: Rows, changes: dict[str, Any]) -> None:
    found = list(rows.distinct())
    for row in found:
        for name, value in changes.items():
            setattr(row, name, value)
    rows.model.objects.bulk_update(found, list(changes))


def _upsert(model: type[Model], given: dict[str, Any]) -> None:
    names = [name.removesuffix("_id") for name in given]
    unique = ["id"] if "id" in given else ["user", "organisation"]
    fields = [name for name in names if name not in unique]
    model._default_manager.bulk_create(
        [model(**given)], update_conflicts=True, unique_fields=unique, update_fields=fields
    )


def _raw_update(model: type[Model], name: str, value: Any, where: str, among: Any) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    given = [fields[name].get_db_prep_save(value, connection), fields[where].get_db_prep_save(among, connection)]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {name} = %s WHERE {where} = %s", given)  # noqa: S608


def _raw_replace(model: type[Model], given: dict[str, Any]) -> None:
    """Takes the rows away that are in its way; PostgreSQL has nothing like it."""
    if connection.vendor != "sqlite":
        _upsert(model, given)
        return
    row = model(**given)
    # What the database makes itself cannot be given.
    given_by_us = [field for field in model._meta.concrete_fields if not field.generated]
    fields = [field for field in given_by_us if not (field.primary_key and row.pk is None)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f'REPLACE INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})',  # noqa: S608
            [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields],
        )


def _undone(write: Write) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError


@st.composite
def writes(draw: st.DrawFn) -> tuple[str, Write]:
    """A write with its name for messages."""
    model: type[Model] = draw(st.sampled_from(_MODELS))
    kinds = [
        "create",
        "save",
        "update",
        "append",
        "bulk",
        "delete",
        "upsert",
        "raw",
        "replace",
        "groups",
        "move",
        "move",
    ]
    kind = "undone" if draw(st.integers(0, 15)) == 0 else draw(st.sampled_from(kinds))
    name = f"{kind} {model.__name__}"
    match kind:
        case "create":
            rows = draw(st.lists(values(model), min_size=1, max_size=2))
            return name, lambda: model._default_manager.bulk_create([model(**row) for row in rows])
        case "save" | "bulk" | "update":
            selected, changes = draw(selections(model, 1)), draw(some_values(model))
            does = {"save": _save, "bulk": _bulk_update, "update": _update}[kind]
            return name, lambda: does(selected.all(), changes)
        case "append":
            texts = {Interview: "title", Recording: "detail", Membership: "role", RecordedTrack: "kind"}
            text = texts.get(model, "name")
            selected = draw(selections(model, 1))
            return name, lambda: _update(selected.all(), {text: Concat(F(text), F(text))})
        case "move":
            model, column = draw(st.sampled_from(_LINKS))
            old, new = (draw(st.sampled_from(COLUMNS[model][column])) for _ in range(2))
            name = f"move {model.__name__} by {column}"
            return name, lambda: _update(model._default_manager.filter(**{column: old}), {column: new})
        case "delete":
            selected = draw(selections(model, 1))
            return name, lambda: _delete(selected.all())
        case "upsert":
            given = draw(values(model))
            return name, lambda: _upsert(model, given)
        case "raw":
            column, where = draw(st.tuples(*[st.sampled_from(sorted(COLUMNS[model]))] * 2))
            value, among = (draw(st.sampled_from(COLUMNS[model][one])) for one in (column, where))
            return name, lambda: _raw_update(model, column, value, where, among)
        case "replace":
            given = draw(values(model))
            return name, lambda: _raw_replace(model, given)
        case "groups":
            user, groups = draw(st.sampled_from(USERS)), draw(st.lists(st.sampled_from(GROUPS)))
            does_to = draw(st.sampled_from(["add", "remove", "set", "clear"]))
            return name, lambda: _change_groups(user, does_to, groups)
    inner = draw(writes())
    return f"undone {inner[0]}", lambda: _undone(inner[1])


def _delete(rows: Rows) -> None:
    rows.model._default_manager.filter(pk__in=[row.pk for row in rows.order_by()]).delete()


def _change_groups(user_id: int, how: str, groups: list[int]) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        change = getattr(user.groups, how)
        change() if how == "clear" else change(groups) if how == "set" else change(*groups)
