"""What is noted of reads and of writes, and when it is published."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from interview_stream.server.accounts.models import Membership, Organisation, OwnerLink, Role, User
from interview_stream.server.live import tracking
from interview_stream.server.live.keys import known_tables
from interview_stream.server.live.sets import ANY_ROW, Image, WriteSet

pytestmark = pytest.mark.django_db(transaction=True)

ORGANISATION, MEMBERSHIP, USER = "accounts_organisation", "accounts_membership", "accounts_user"


@pytest.fixture
def published() -> Iterator[list[WriteSet]]:
    messages: list[WriteSet] = []
    stop = tracking.on_write(messages.append)
    yield messages
    stop()


def tables(published: list[WriteSet]) -> list[set[str]]:
    return [set(writes.tables or {"everything"}) for writes in published]


def rows(writes: WriteSet, table: str) -> list[dict[str, object]]:
    """The images of rows of one table, by column."""
    assert writes.tables is not None
    images: frozenset[Image] | None = writes.tables[table]
    assert images is not None
    return [dict(zip(known_tables()[table].columns, image, strict=True)) for image in sorted(images, key=str)]


def test_a_read_set_names_every_table_of_the_query() -> None:
    with tracking.recorded_reads() as reads:
        list(Membership.objects.select_related("organisation").filter(user__name="Alice"))
    assert reads == {(MEMBERSHIP, ANY_ROW), (ORGANISATION, ANY_ROW), (USER, ANY_ROW)}


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
    assert (outer, inner) == ({(ORGANISATION, ANY_ROW)}, {(USER, ANY_ROW)})


def test_a_transaction_is_published_once_when_it_commits(published: list[WriteSet]) -> None:
    with transaction.atomic():
        for name in ("A", "B", "C"):
            Organisation.objects.create(name=name)
        User.objects.create_user("a@example.org", name="A")
        assert published == []
    assert tables(published) == [{ORGANISATION, USER}]
    assert len(rows(published[0], ORGANISATION)) == 3


def test_old_and_new_keys_of_each_row_are_published(published: list[WriteSet]) -> None:
    one, other = (Organisation.objects.create(name=name) for name in "AB")
    user = User.objects.create_user("a@example.org", name="A")
    member = Membership.objects.create(user=user, organisation=one, role=Role.ADMIN)
    published.clear()
    Membership.objects.filter(pk=member.pk).update(organisation=other)
    User.objects.filter(memberships__role=Role.ADMIN).update(name=F("email"))
    assert rows(published[0], MEMBERSHIP) == [
        {"id": member.pk, "user_id": user.pk, "organisation_id": organisation.id.hex}
        for organisation in sorted((one, other), key=lambda organisation: organisation.id.hex)
    ]
    assert rows(published[1], USER) == [{"id": user.pk, "email": "a@example.org", "picture_id": None}]


def test_what_a_delete_takes_along_is_published(published: list[WriteSet], alice: object) -> None:
    published.clear()
    Organisation.objects.all().delete()
    (writes,) = published
    assert [len(rows(writes, table)) for table in (ORGANISATION, MEMBERSHIP)] == [1, 1]


def test_raw_statements_are_understood_by_the_database(published: list[WriteSet]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO auth_group (id, name) VALUES (%s, %s)", [(1, "x"), (2, "y")])
        if connection.vendor == "sqlite":
            cursor.execute("REPLACE INTO auth_group (id, name) VALUES (3, 'x')")
        else:
            cursor.execute("UPDATE auth_group SET id = 3 WHERE name = 'x'")
        cursor.execute("WITH old AS (SELECT 2 AS id) DELETE FROM auth_group WHERE id IN (SELECT id FROM old)")
    assert [[row["id"] for row in rows(writes, "auth_group")] for writes in published] == [[1, 2], [1, 3], [2]]


def test_many_rows_count_as_the_whole_table(published: list[WriteSet]) -> None:
    Organisation.objects.bulk_create([Organisation(name=str(number)) for number in range(3000)])
    assert [writes.tables for writes in published] == [{ORGANISATION: None}]


def test_transactions_are_numbered_in_the_order_of_their_commits(published: list[WriteSet]) -> None:
    Organisation.objects.create(name="A")
    with transaction.atomic():
        Organisation.objects.create(name="B")
        with pytest.raises(RuntimeError), transaction.atomic():
            Organisation.objects.create(name="C")
            raise RuntimeError
        Organisation.objects.create(name="D")
    Organisation.objects.all().delete()
    expected = published[0].first
    for writes in published:
        assert writes.first == expected
        assert writes.last is not None
        expected = writes.last + 1


def test_a_transaction_opened_by_hand_is_published_when_it_ends(published: list[WriteSet]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO auth_group (name) VALUES ('x')")
        assert published == []
        cursor.execute("COMMIT")
        assert tables(published) == [{"auth_group"}]
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO auth_group (name) VALUES ('y')")
        cursor.execute("ROLLBACK")
    assert tables(published) == [{"auth_group"}]


def test_without_autocommit_a_commit_publishes(published: list[WriteSet]) -> None:
    transaction.set_autocommit(False)
    try:
        Organisation.objects.create(name="A")
        transaction.rollback()
        Organisation.objects.create(name="B")
        assert published == []
        transaction.commit()
        assert tables(published) == [{ORGANISATION}]
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)


def test_a_statement_that_fails_leaves_later_ones_tracked(published: list[WriteSet]) -> None:
    organisation = Organisation.objects.create(name="A")
    published.clear()
    with pytest.raises(RuntimeError), transaction.atomic():
        OwnerLink.objects.create(token_hash="x", expires_at=timezone.now())
        raise RuntimeError
    OwnerLink.objects.create(token_hash="y", expires_at=timezone.now())
    with pytest.raises(Exception, match=r"(?i)unique"):
        Organisation.objects.bulk_create([Organisation(id=organisation.id, name="B")])
    Organisation.objects.update(name="C")
    assert [len(rows(published[0], "accounts_ownerlink")), len(rows(published[-1], ORGANISATION))] == [1, 1]


def test_a_write_without_a_transaction_is_published_once_others_can_see_it() -> None:
    """Django's inserts return the new key, and until that is read SQLite has not committed."""
    seen: list[int] = []

    def look(writes: WriteSet) -> None:
        with ThreadPoolExecutor(1) as other:
            seen.append(other.submit(OwnerLink.objects.count).result())
            other.submit(lambda: connection.close())

    stop = tracking.on_write(look)
    try:
        OwnerLink.objects.create(token_hash="x", expires_at=timezone.now())
        OwnerLink.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO auth_group (name) VALUES ('x') RETURNING id")
            assert len(seen) == (2 if connection.vendor == "sqlite" else 3)
            cursor.fetchone()
    finally:
        stop()
    assert seen == [1, 0, 0]


def test_a_rolled_back_transaction_is_not_published(published: list[WriteSet]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        Organisation.objects.create(name="A")
        raise RuntimeError
    assert published == []


def test_a_savepoint_that_is_rolled_back_does_not_hide_a_later_write(published: list[WriteSet]) -> None:
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            Organisation.objects.create(name="A")
            raise RuntimeError
        Organisation.objects.create(name="B")
    assert tables(published) == [{ORGANISATION}]


def test_a_write_before_a_rolled_back_savepoint_is_published(published: list[WriteSet]) -> None:
    with transaction.atomic():
        Organisation.objects.create(name="A")
        with pytest.raises(RuntimeError), transaction.atomic():
            Organisation.objects.update(name="B")
            raise RuntimeError
    assert tables(published) == [{ORGANISATION}]


def test_the_same_write_in_the_next_transaction_is_published_again(published: list[WriteSet]) -> None:
    for _ in range(2):
        with transaction.atomic():
            Organisation.objects.create(name="A")
    assert tables(published) == [{ORGANISATION}, {ORGANISATION}]


@pytest.mark.parametrize(
    ("sql", "expected"),
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
def test_written_tables_are_found_in_the_statement(sql: str, expected: set[str]) -> None:
    assert tracking.tables_written(sql) == expected
