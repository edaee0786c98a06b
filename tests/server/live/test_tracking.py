"""What is noted of reads and writes, and the promise behind it: a result that changes is never missed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview_stream.server.accounts.models import Membership, Organisation, OwnerLink, Role, User
from interview_stream.server.live import tracking

pytestmark = pytest.mark.django_db(transaction=True)

ORGANISATION, MEMBERSHIP, USER = "accounts_organisation", "accounts_membership", "accounts_user"


@pytest.fixture
def published() -> Iterator[list[frozenset[str]]]:
    messages: list[frozenset[str]] = []
    stop = tracking.on_write(messages.append)
    yield messages
    stop()


def test_a_read_set_names_every_table_of_the_query() -> None:
    with tracking.recorded_reads() as reads:
        list(Membership.objects.select_related("organisation").filter(user__name="Alice"))
    assert reads == {MEMBERSHIP, ORGANISATION, USER}


def test_nothing_is_noted_outside_the_block() -> None:
    with tracking.recorded_reads() as reads:
        pass
    User.objects.count()
    assert reads == set()


def test_blocks_inside_each_other_keep_apart() -> None:
    with tracking.recorded_reads() as outer:
        with tracking.recorded_reads() as inner:
            User.objects.count()
        Organisation.objects.count()
    assert (outer, inner) == ({ORGANISATION}, {USER})


def test_a_transaction_is_published_when_it_commits(published: list[frozenset[str]]) -> None:
    with transaction.atomic():
        for name in ("A", "B", "C"):
            Organisation.objects.create(name=name)
        User.objects.create_user("a@example.org", name="A")
        assert published == []
    assert published == [{ORGANISATION}, {USER}]


def test_a_write_without_a_transaction_is_published_once_others_can_see_it() -> None:
    """Django's inserts return the new key, and until that is read SQLite has not committed."""
    seen: list[int] = []

    def look(tables: frozenset[str]) -> None:
        with ThreadPoolExecutor(1) as other:
            seen.append(other.submit(OwnerLink.objects.count).result())
            other.submit(connection.close)

    stop = tracking.on_write(look)
    OwnerLink.objects.create(token_hash="x", expires_at=timezone.now())
    OwnerLink.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_group (name) VALUES ('x') RETURNING id")
        assert len(seen) == 2
        cursor.fetchone()
    stop()
    assert seen == [1, 0, 0]


def test_a_rolled_back_transaction_is_not_published(published: list[frozenset[str]]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        Organisation.objects.create(name="A")
        raise RuntimeError
    assert published == []


def test_a_savepoint_that_is_rolled_back_does_not_hide_a_later_write(published: list[frozenset[str]]) -> None:
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            Organisation.objects.create(name="A")
            raise RuntimeError
        Organisation.objects.create(name="B")
    assert published == [{ORGANISATION}]


def test_a_write_before_a_rolled_back_savepoint_is_published(published: list[frozenset[str]]) -> None:
    with transaction.atomic():
        Organisation.objects.create(name="A")
        with pytest.raises(RuntimeError), transaction.atomic():
            Organisation.objects.update(name="B")
            raise RuntimeError
    assert published == [{ORGANISATION}]


def test_the_same_write_in_the_next_transaction_is_published_again(published: list[frozenset[str]]) -> None:
    for _ in range(2):
        with transaction.atomic():
            Organisation.objects.create(name="A")
    assert published == [{ORGANISATION}, {ORGANISATION}]


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('INSERT INTO "accounts_user" ("name") VALUES (%s)', {USER}),
        ('insert or replace into accounts_user (name) select name from "accounts_organisation"', {USER}),
        ('UPDATE "accounts_user" SET "name" = %s', {USER}),
        ('  DELETE FROM "accounts_user" WHERE "id" IN (SELECT 1)', {USER}),
        ("WITH x AS (SELECT 1) UPDATE accounts_user SET name = '' WHERE id IN x", {USER}),
        ("SELECT * FROM accounts_user", set()),
        ("SAVEPOINT accounts_user", set()),
        ("PRAGMA table_info(accounts_user)", set()),
        ("CREATE TABLE something AS SELECT * FROM accounts_user", {USER}),
    ],
)
def test_written_tables_are_found_in_the_statement(sql: str, tables: set[str]) -> None:
    assert tracking.tables_written(sql) == tables


def _raw(sql: str) -> Callable[[], None]:
    def execute() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return execute


def _save_first(model: type[Any], **values: Any) -> None:
    found = model.objects.order_by("pk").first()
    if found is not None:
        for name, value in values.items():
            setattr(found, name, value)
        found.save()


def _bulk() -> None:
    found = list(Organisation.objects.all())
    for organisation in found:
        organisation.name += "!"
    Organisation.objects.bulk_update(found, ["name"])


def _join_group() -> None:
    group, _ = Group.objects.get_or_create(name="reviewers")
    group.permissions.add(*Permission.objects.all()[:2])
    for user in User.objects.all():
        user.groups.add(group)


def _leave_groups() -> None:
    for user in User.objects.all():
        user.groups.clear()


def _new_member() -> None:
    user = User.objects.create_user(f"{User.objects.count()}-{Organisation.objects.count()}@example.org", name="New")
    Membership.objects.create(user=user, organisation=Organisation.objects.create(name="New"), role=Role.ADMIN)


WRITES: dict[str, Callable[[], Any]] = {
    "create": _new_member,
    "bulk create": lambda: Organisation.objects.bulk_create([Organisation(name="One"), Organisation(name="Two")]),
    "save": lambda: _save_first(User, name="Renamed"),
    "update": lambda: User.objects.update(name=F("name")),
    "update by subquery": lambda: Organisation.objects.filter(memberships__role=Role.ADMIN).update(name="Admins'"),
    "bulk update": _bulk,
    "delete": lambda: Membership.objects.filter(role=Role.ADMIN).delete(),
    "cascade": lambda: Organisation.objects.all().delete(),
    "many to many": _join_group,
    "clear many to many": _leave_groups,
    "raw update": _raw("UPDATE accounts_user SET name = 'Raw'"),
    "raw insert": _raw("INSERT INTO auth_group (name) SELECT 'raw' || COUNT(*) FROM auth_group"),
    "raw delete": _raw("DELETE FROM accounts_membership"),
}


def _rows(query: QuerySet[Any]) -> Callable[[], Any]:
    return lambda: list(query.all())


QUERIES: dict[str, Callable[[], Any]] = {
    "rows": _rows(User.objects.order_by("pk").values()),
    "count": lambda: Organisation.objects.count(),
    "join": _rows(Membership.objects.order_by("pk").values("user__name", "organisation__name", "role")),
    "exists": lambda: Membership.objects.filter(role=Role.ADMIN).exists(),
    "aggregate": _rows(Organisation.objects.annotate(n=Count("memberships")).order_by("pk").values("name", "n")),
    "subquery": _rows(User.objects.filter(Exists(Membership.objects.filter(user=OuterRef("pk")))).values("pk")),
    "many to many": _rows(User.objects.filter(groups__name="reviewers").order_by("pk").values("pk", "groups__pk")),
    "prefetch": lambda: [[g.name for g in u.groups.all()] for u in User.objects.prefetch_related("groups")],
    "union": lambda: list(User.objects.values_list("name").union(Organisation.objects.values_list("name"))),
    "raw": lambda: [u.name for u in User.objects.raw("SELECT * FROM accounts_user ORDER BY id")],
    "unrelated": lambda: OwnerLink.objects.count(),
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=st.lists(st.sampled_from(sorted(WRITES)), min_size=1, max_size=4), is_atomic=st.booleans())
def test_whatever_changes_a_result_meets_its_read_set(
    published: list[frozenset[str]], writes: list[str], is_atomic: bool
) -> None:
    before = {}
    for name, query in QUERIES.items():
        with tracking.recorded_reads() as reads:
            before[name] = query(), reads
    published.clear()

    if is_atomic:
        with transaction.atomic():
            for write in writes:
                WRITES[write]()
    else:
        for write in writes:
            WRITES[write]()

    changed = frozenset().union(*published)
    for name, (result, reads) in before.items():
        if QUERIES[name]() != result:
            assert changed & reads, f"{writes} changed the query {name!r} unnoticed"
