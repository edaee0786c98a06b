"""What is understood of a statement: the conditions that let most changes pass by."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.db.models import Exists, F, OuterRef, Q

from interview_stream.server.accounts.models import Membership, Organisation, OwnerLink, User
from interview_stream.server.interviews.models import Interview
from interview_stream.server.live import tracking
from interview_stream.server.live.conditions import reads_of, tables_named
from interview_stream.server.live.keys import known_tables
from interview_stream.server.live.sets import ANY_ROW

pytestmark = pytest.mark.django_db

ONE, TWO = UUID(int=1), UUID(int=2)
ORG, MEM, USR = "accounts_organisation", "accounts_membership", "accounts_user"
INT, INV, GRP, REC = "interviews_interview", "interviews_invitation", "auth_group", "recordings_recording"

IN_ITS_ORGANISATION = Membership.objects.filter(organisation_id=OuterRef("organisation_id"))

Reads = dict[str, list[dict[str, set[Any]]]]


def understood(query: Callable[[], Any]) -> Reads:
    """By table, the conditions by column."""
    with tracking.recorded_reads() as reads:
        query()
    found: Reads = {}
    for table, condition in reads:
        columns = known_tables()[table].columns
        found.setdefault(table, []).append({columns[position]: set(values) for position, values in condition})
    return found


QUERIES: dict[str, tuple[Callable[[], Any], Reads]] = {
    "equality": (lambda: list(User.objects.filter(pk=7, name="x")), {USR: [{"id": {7}}]}),
    "a text": (lambda: User.objects.filter(email="a@b.c").exists(), {USR: [{"email": {"a@b.c"}}]}),
    "a UUID": (lambda: Interview.objects.filter(pk=ONE).first(), {INT: [{"id": {ONE.hex}}]}),
    "several values": (lambda: User.objects.filter(pk__in=[1, 2]).count(), {USR: [{"id": {1, 2}}]}),
    "through a join": (
        lambda: list(Membership.objects.filter(user__id=3, organisation=ONE).select_related("user", "organisation")),
        {MEM: [{"user_id": {3}, "organisation_id": {ONE.hex}}], USR: [{"id": {3}}], ORG: [{"id": {ONE.hex}}]},
    ),
    "to the many": (
        lambda: list(Interview.objects.filter(pk=ONE).values("recordings__state")),
        {INT: [{"id": {ONE.hex}}], REC: [{"interview_id": {ONE.hex}}]},
    ),
    "many to many": (
        lambda: list(User(pk=5).groups.all()),
        {GRP: [{}], "accounts_user_groups": [{"user_id": {5}}]},
    ),
    "exists": (
        lambda: list(Interview.objects.filter(Exists(IN_ITS_ORGANISATION), organisation=ONE)),
        {INT: [{"organisation_id": {ONE.hex}}], MEM: [{"organisation_id": {ONE.hex}}]},
    ),
    "in a subquery": (
        lambda: list(Membership.objects.filter(organisation__in=Organisation.objects.filter(pk=TWO).values("pk"))),
        {MEM: [{}], ORG: [{"id": {TWO.hex}}]},
    ),
    "both of a union": (
        lambda: list(
            User.objects.filter(pk=1).values_list("name").union(Group.objects.filter(pk=2).values_list("name"))
        ),
        {USR: [{"id": {1}}], GRP: [{"id": {2}}]},
    ),
    "a counted slice": (lambda: User.objects.filter(pk=1)[:3].count(), {USR: [{"id": {1}}]}),
    "either": (lambda: list(User.objects.filter(Q(pk=1) | Q(email="a"))), {USR: [{}]}),
    "exclusion": (lambda: list(User.objects.exclude(pk=1)), {USR: [{}]}),
    "exclusion of the many": (
        lambda: list(Interview.objects.filter(organisation=ONE).exclude(recordings__state="ready")),
        {INT: [{"organisation_id": {ONE.hex}}], REC: [{}]},
    ),
    "comparison": (lambda: list(User.objects.filter(pk__gt=1, pk__lt=F("id") + 1)), {USR: [{}]}),
    "another type": (lambda: list(User.objects.extra(where=['"accounts_user"."id" = %s'], params=["1"])), {USR: [{}]}),
    "raw": (lambda: list(User.objects.raw("SELECT * FROM accounts_user WHERE id = %s", [1])), {USR: [{}]}),
    "a prefetch": (
        lambda: list(Organisation.objects.filter(pk=ONE).prefetch_related("memberships")),
        {ORG: [{"id": {ONE.hex}}]},
    ),
    "no row at all": (lambda: list(OwnerLink.objects.none()), {}),
}


@pytest.mark.parametrize("name", QUERIES)
def test_conditions_are_found(name: str) -> None:
    query, expected = QUERIES[name]
    assert understood(query) == expected


def test_a_candidates_page_reads_its_interview_only(interview: Interview) -> None:
    one = Interview.objects.filter(pk=interview.pk).select_related("invitation").prefetch_related("recordings")
    found = understood(lambda: list(one))
    key = interview.pk.hex
    assert found == {INT: [{"id": {key}}], INV: [{"interview_id": {key}}], REC: [{"interview_id": {key}}]}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM accounts_user -- WHERE",
        'WITH x AS (SELECT 1) SELECT * FROM x, "accounts_user" WHERE "accounts_user"."id" = %s',
        'SELECT 1 FROM "accounts_user" WHERE "accounts_user"."id" = %s AND 1 IN accounts_user',
        'SELECT 1 FROM "accounts_user" NATURAL JOIN x WHERE "accounts_user"."id" = %s',
        'SELECT 1 FROM x RIGHT JOIN "accounts_user" ON x.y = 1 WHERE x.y = %s',
        'SELECT 1 FROM "accounts_user" WHERE CASE WHEN 1 AND "accounts_user"."id" = %s AND 1 THEN 0 ELSE 1 END',
        'SELECT 1 FROM "accounts_user" WHERE 1 BETWEEN 0 AND "accounts_user"."id" = %s',
        'SELECT 1 FROM "accounts_user" WHERE NOT "accounts_user"."id" = %s',
        'SELECT 1 FROM "accounts_user" WHERE "accounts_user"."id" = %s COLLATE NOCASE',
        'SELECT 1 FROM ACCOUNTS_USER WHERE (1 OR "accounts_user"."id" = %s)',
        'SELECT 1 FROM x LEFT JOIN "accounts_user" ON (x.y = %s)',
        'SELECT (SELECT 1 FROM "accounts_user" LIMIT 1) FROM x WHERE "accounts_user"."id" = %s',
        'DELETE FROM "accounts_user" WHERE "accounts_user"."id" = %s RETURNING id',
        'SELECT (((1 FROM "accounts_user" WHERE "accounts_user"."id" = %s',
    ],
)
def test_what_is_not_understood_reads_the_whole_table(sql: str) -> None:
    assert (USR, ANY_ROW) in reads_of(sql, [1])


@pytest.mark.parametrize("params", [None, [], {"id": 1}, [1, 2]])
def test_parameters_that_do_not_fit_set_no_condition(params: object) -> None:
    assert reads_of('SELECT 1 FROM "accounts_user" u WHERE u."id" = %s', params) == {(USR, ANY_ROW)}


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ('SELECT 1 FROM "accounts_user" a WHERE a."id" = %s', (1, 1.0)),
        ('SELECT 1 FROM "accounts_user" b WHERE b."id" = %s', (1.0, 1)),
    ],
)
def test_equal_parameters_of_another_type_are_another_question(sql: str, values: tuple[float, float]) -> None:
    """What was found for the one is kept, and the database may compare the other its own way."""
    for value in values:
        (read,) = reads_of(sql, [value])
        assert (read == (USR, ANY_ROW)) is isinstance(value, float)


def test_tables_are_named_whatever_their_case() -> None:
    assert tables_named("select * from Accounts_User join ACCOUNTS_MEMBERSHIP") == {USR, MEM}
