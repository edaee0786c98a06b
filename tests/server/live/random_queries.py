"""Random queries on the product's models, as the ORM lets one write them: filters, joins, counts, slices, sub-queries.

Rows come from small pools of keys, so that queries and writes often meet, and often narrowly miss each other.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import EmptyResultSet
from django.db.models import Count, Exists, F, Max, Model, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from hypothesis import strategies as st

from interview_stream.server.accounts.models import Membership, Organisation, User
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.recordings.models import RecordedTrack, Recording

ORGANISATIONS = [UUID(int=number) for number in (1, 2, 3)]
USERS = [1, 2, 3]
INTERVIEWS = [UUID(int=number) for number in (11, 12, 13, 14)]
RECORDINGS = [UUID(int=number) for number in (21, 22, 23)]
GROUPS = [1, 2]
WORDS = ["a", "b", "C", "1"]
EMAILS = ["a@example.org", "b@example.org", "c@example.org"]

_KEYS = [ORGANISATIONS, USERS, INTERVIEWS, RECORDINGS]

Query = Callable[[], Any]
Rows = QuerySet[Any]

# What to filter by: path, values, whether to compare only for being (in) these.
_OF_ORGANISATION: list[tuple[str, list[Any]]] = [
    ("pk", ORGANISATIONS),
    ("name", WORDS),
    ("memberships__user", USERS),
    ("interviews", INTERVIEWS),
    ("interviews__recordings__state", WORDS),
]
_OF_USER: list[tuple[str, list[Any]]] = [
    ("pk", USERS),
    ("email", EMAILS),
    ("name", WORDS),
    ("groups", GROUPS),
    ("groups__name", WORDS),
    ("memberships__organisation", ORGANISATIONS),
    ("memberships__organisation__name", WORDS),
]
_OF_MEMBERSHIP: list[tuple[str, list[Any]]] = [
    ("user", USERS),
    ("organisation", ORGANISATIONS),
    ("user__email", EMAILS),
    ("user__groups", GROUPS),
    ("organisation__name", WORDS),
    ("organisation__interviews", INTERVIEWS),
    ("role", WORDS),
]
_OF_INTERVIEW: list[tuple[str, list[Any]]] = [
    ("pk", INTERVIEWS),
    ("organisation", ORGANISATIONS),
    ("organisation__name", WORDS),
    ("organisation__memberships__user", USERS),
    ("created_by", USERS),
    ("created_by__email", EMAILS),
    ("title", WORDS),
    ("invitation__name", WORDS),
    ("recordings", RECORDINGS),
    ("recordings__started_by", USERS),
    ("recordings__tracks__kind", WORDS),
]
_OF_INVITATION: list[tuple[str, list[Any]]] = [
    ("interview", INTERVIEWS),
    ("interview__organisation", ORGANISATIONS),
    ("interview__created_by__name", WORDS),
    ("name", WORDS),
]
_OF_RECORDING: list[tuple[str, list[Any]]] = [
    ("pk", RECORDINGS),
    ("interview", INTERVIEWS),
    ("interview__organisation", ORGANISATIONS),
    ("interview__invitation__name", WORDS),
    ("started_by", USERS),
    ("started_by__groups__name", WORDS),
    ("tracks__kind", WORDS),
    ("detail", WORDS),
]
_OF_TRACK: list[tuple[str, list[Any]]] = [
    ("recording", RECORDINGS),
    ("recording__interview", INTERVIEWS),
    ("recording__interview__organisation", ORGANISATIONS),
    ("capture", WORDS),
    ("kind", WORDS),
]
_OF_GROUP: list[tuple[str, list[Any]]] = [("pk", GROUPS), ("name", WORDS), ("user", USERS), ("user__email", EMAILS)]

PATHS: dict[type[Model], list[tuple[str, list[Any]]]] = {
    Organisation: _OF_ORGANISATION,
    User: _OF_USER,
    Membership: _OF_MEMBERSHIP,
    Interview: _OF_INTERVIEW,
    Invitation: _OF_INVITATION,
    Recording: _OF_RECORDING,
    RecordedTrack: _OF_TRACK,
    Group: _OF_GROUP,
}
# A column of one model that may be looked for among the keys of another.
_RELATIONS: list[tuple[type[Model], str, type[Model], str]] = [
    (Interview, "organisation", Organisation, "pk"),
    (Interview, "created_by", User, "pk"),
    (Interview, "organisation", Membership, "organisation"),
    (Recording, "interview", Interview, "pk"),
    (RecordedTrack, "recording", Recording, "pk"),
    (Membership, "user", User, "pk"),
    (Organisation, "pk", Interview, "organisation"),
    (User, "pk", Recording, "started_by"),
    (Invitation, "interview", Recording, "interview"),
]


@st.composite
def conditions(draw: st.DrawFn, model: type[Model]) -> Q:
    keys = [(path, values) for path, values in PATHS[model] if values is not WORDS and "__" not in path]
    path, values = draw(st.sampled_from([*keys, *keys, *PATHS[model]]))
    match draw(st.sampled_from(["is", "is", "is", "in", "in", "null", "above", "either", "not", "field"])):
        case "in":
            return Q(**{f"{path}__in": draw(st.lists(st.sampled_from(values), max_size=3))})
        case "null":
            return Q(**{f"{path}__isnull": draw(st.booleans())})
        case "above":
            return Q(**{f"{path}__gt": draw(st.sampled_from(values))})
        case "either":
            return Q(**{path: draw(st.sampled_from(values))}) | draw(conditions(model))
        case "not":
            return ~Q(**{path: draw(st.sampled_from(values))})
        case "field":
            return Q(**{path: F(path)})
    return Q(**{path: draw(st.sampled_from(values))})


@st.composite
def selections(draw: st.DrawFn, model: type[Model], most: int = 2) -> Rows:
    """Rows of a model under a few conditions; the more there are, the fewer rows change anything."""
    rows: Rows = model._default_manager.order_by("pk")
    for _ in range(draw(st.integers(0, most))):
        condition = draw(conditions(model))
        rows = rows.exclude(condition) if draw(st.integers(0, 5)) == 0 else rows.filter(condition)
    if most > 1 and draw(st.integers(0, 3)) == 0:
        rows = draw(_related(model, rows))
    return rows


@st.composite
def _related(draw: st.DrawFn, model: type[Model], rows: Rows) -> Rows:
    """With a sub-query on another model."""
    relations = [relation for relation in _RELATIONS if relation[0] is model]
    if not relations:
        return rows
    _, column, other, key = draw(st.sampled_from(relations))
    others: Rows = other._default_manager.order_by("pk").filter(draw(conditions(other)))
    its_own = others.filter(**{key: OuterRef(column)})
    match draw(st.sampled_from(["in", "exists", "not exists", "value", "slice"])):
        case "in":
            rows = rows.filter(**{f"{column}__in": others.values(key)})
        case "exists":
            rows = rows.filter(Exists(its_own))
        case "not exists":
            rows = rows.exclude(Exists(its_own))
        case "slice":
            rows = rows.filter(**{f"{column}__in": others.values(key)[:2]})
        case _:
            rows = rows.annotate(found=Subquery(its_own.values("pk")[:1]))
    return rows


def _sql(rows: Rows) -> str:
    try:
        return str(rows.query)
    except EmptyResultSet:
        return f"no {rows.model.__name__}"


def _plain(rows: Rows) -> list[dict[str, Any]]:
    """All columns of each row; joins may repeat rows, in any order."""
    return sorted(rows.values(), key=repr)


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, Query]:
    """A query with its name for messages."""
    model: type[Model] = draw(st.sampled_from(sorted(PATHS, key=lambda model: model.__name__)))
    links = [(path, values) for path, values in PATHS[model] if path != "pk" and values in _KEYS]
    rows: Rows
    if links and draw(st.integers(0, 2)) == 0:
        # As the product's pages ask: what belongs to one parent.
        path, values = draw(st.sampled_from(links))
        rows = model._default_manager.order_by("pk").filter(**{path: draw(st.sampled_from(values))})
    else:
        rows = draw(selections(model))
    shape = draw(st.sampled_from(sorted(_SHAPES)))
    return f"{shape} of {_sql(rows)}", lambda: _SHAPES[shape](rows.all())


def _most(path: str) -> Max:
    """Of texts: PostgreSQL knows no largest UUID."""
    return Max(Cast(path, TextField()))


def _counted(rows: Rows) -> list[Any]:
    path = PATHS[rows.model][-1][0]
    return list(rows.annotate(n=Count(path), most=_most(path)).values_list("pk", "n", "most").distinct())


def _grouped(rows: Rows) -> list[Any]:
    path = PATHS[rows.model][1][0]
    return list(rows.order_by(path).values_list(path).annotate(n=Count("pk")))


def _with_related(rows: Rows) -> list[Any]:
    """As the product's queries load what belongs to a row."""
    relation = {
        Organisation: "interviews__recordings",
        User: "groups",
        Membership: "user__groups",
        Interview: "recordings__tracks",
        Invitation: "interview__recordings",
        Recording: "tracks",
        RecordedTrack: "recording__interview",
        Group: "user_set",
    }[rows.model]
    level: list[Any] = list(rows.prefetch_related(relation))
    found = list(level)
    for name in relation.split("__"):
        attributes = [getattr(row, name) for row in level]
        level = [one for a in attributes for one in (a.all() if hasattr(a, "all") else [a])]
        found += level
    return sorted((type(row).__name__, repr(_columns(row))) for row in found)


def _from_managers(rows: Rows) -> list[Any]:
    """Through each row's related manager, one query after the other."""
    name = {Organisation: "memberships", User: "groups", Interview: "recordings", Recording: "tracks"}.get(rows.model)
    return [] if name is None else [sorted(map(repr, getattr(row, name).values())) for row in rows]


def _united(rows: Rows) -> list[Any]:
    others = rows.model._default_manager.order_by().filter(Q(pk=rows[0].pk) if rows.exists() else Q())
    return sorted(rows.order_by().values_list("pk").union(others.values_list("pk")), key=repr)


def _joined(rows: Rows) -> list[Any]:
    paths = [path for path, _ in PATHS[rows.model] if "__" in path][:3]
    return sorted(map(repr, rows.values_list("pk", *paths)))


def _selected(rows: Rows) -> list[Any]:
    relation = {Membership: "organisation", Interview: "invitation", Recording: "interview", Invitation: "interview"}
    name = relation.get(rows.model)
    if name is None:
        return _plain(rows)
    return sorted(repr((_columns(row), _columns(getattr(row, name, None)))) for row in rows.select_related(name))


def _columns(row: Model | None) -> list[Any]:
    return [] if row is None else [getattr(row, field.attname) for field in row._meta.concrete_fields]


_SHAPES: dict[str, Callable[[Rows], Any]] = {
    "rows": _plain,
    "count": lambda rows: rows.count(),
    "distinct count": lambda rows: rows.distinct().count(),
    "exists": lambda rows: rows.exists(),
    "slice": lambda rows: list(rows.values_list("pk")[1:3]),
    "last": lambda rows: list(rows.reverse().values_list()[:1]),
    "counted slice": lambda rows: rows[:2].count(),
    "counted": _counted,
    "grouped": _grouped,
    "aggregate": lambda rows: rows.aggregate(n=Count("pk", distinct=True), most=_most(PATHS[rows.model][1][0])),
    "union": _united,
    "with related": _with_related,
    "from managers": _from_managers,
    "joined": _joined,
    "selected": _selected,
}
