"""Querysets that are answered by a kept text give what Django's own give, and are recorded as theirs are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Count, F, Model, Q, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Organisation, User
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn
from interview_stream.server.lib.prepared import kept_on
from interview_stream.server.live.tracking import recorded_reads

pytestmark = pytest.mark.django_db

Asked = Callable[[QuerySet[Any], Member], Any]

PLAIN: dict[str, Asked] = {
    "all": lambda rows, who: rows.all(),
    "ordered": lambda rows, who: rows.order_by("-title"),
    "ordered the other way": lambda rows, who: rows.order_by("title"),
    "in no order": lambda rows, who: rows.order_by(),
    "by a text": lambda rows, who: rows.filter(title="B").order_by("pk"),
    "by another": lambda rows, who: rows.filter(title="A").order_by("pk"),
    "by a text of none": lambda rows, who: rows.filter(title="C' OR 1=1 --").order_by("pk"),
    "by a row": lambda rows, who: rows.filter(organisation=who.organisation).order_by("pk"),
    "by its key": lambda rows, who: rows.filter(organisation_id=who.organisation.pk, title="A").order_by("pk"),
    "by both": lambda rows, who: rows.filter(title="A").filter(organisation=who.organisation).order_by("pk"),
    "the first two": lambda rows, who: rows.order_by("pk")[:2],
    "all but the first": lambda rows, who: rows.order_by("pk")[1:],
    "the second": lambda rows, who: rows.order_by("pk")[1:2],
    "locked": lambda rows, who: rows.select_for_update().filter(title="B").order_by("pk"),
}
OTHERS: dict[str, Asked] = {
    "all but one": lambda rows, who: rows.exclude(title="A").order_by("pk"),
    "either": lambda rows, who: rows.filter(Q(title="A") | Q(title="B")).order_by("pk"),
    "by case": lambda rows, who: rows.filter(title__iexact="a").order_by("pk"),
    "by none": lambda rows, who: rows.filter(kit_version=None).order_by("pk"),
    "by another column": lambda rows, who: rows.filter(title=F("search_text")).order_by("pk"),
    "by what is reached": lambda rows, who: rows.filter(organisation__name="Acme").order_by("pk"),
    "ordered by what is reached": lambda rows, who: rows.order_by("organisation__name", "-title", "pk"),
    "with what is reached": lambda rows, who: rows.select_related("organisation").order_by("pk"),
    "counted": lambda rows, who: rows.annotate(many=Count("assignments")).order_by("pk"),
    "with a value": lambda rows, who: rows.annotate(one=Value(1)).filter(title="A").order_by("pk"),
    "some columns": lambda rows, who: rows.only("title").order_by("pk"),
    "other columns": lambda rows, who: rows.defer("title").order_by("pk"),
    "as values": lambda rows, who: rows.filter(title="A").values("title").order_by("pk"),
    "in pairs": lambda rows, who: rows.values_list("title", "kind").order_by("pk"),
    "distinct": lambda rows, who: rows.filter(title="A").distinct().order_by("pk"),
    "none": lambda rows, who: rows.filter(title="A").none(),
    "both together": lambda rows, who: (
        rows.order_by().filter(title="A").union(rows.order_by().filter(title="B")).order_by("pk")
    ),
    "in a choice": lambda rows, who: rows.filter(pk__in=rows.filter(title="A").values("pk")).order_by("pk"),
}


@pytest.fixture(autouse=True)
def interviews(alice: Member) -> list[Interview]:
    return [create_interview(alice, wanted=InterviewIn(title=title)) for title in ("B", "A", "A", "b")]


def seen(rows: Any) -> Any:
    return [vars(row) | {"_state": row._state.db} if isinstance(row, Model) else row for row in rows]


def recorded(rows: Callable[[], Any]) -> tuple[Any, Any]:
    with recorded_reads() as reads:
        found = seen(rows())
    return found, reads


@pytest.mark.parametrize("name", [*PLAIN, *OTHERS])
def test_what_is_found_and_noted_is_what_django_finds(alice: Member, name: str) -> None:
    ask = (PLAIN | OTHERS)[name]
    for _ in range(2):  # When the text is made, and when it is kept.
        ours = recorded(lambda: ask(Interview.objects.all(), alice))
        theirs = recorded(lambda: ask(QuerySet(Interview), alice))
        assert ours == theirs


def test_a_kept_text_is_not_taken_for_another() -> None:
    """All forms one after the other, so that each finds the texts of the others."""
    everybody = User.objects.all()
    for ask in (*PLAIN.values(), *OTHERS.values(), *PLAIN.values()):
        who = Member(user=everybody[0], organisation=Organisation.objects.all()[0], role="owner")  # type: ignore[arg-type]
        assert seen(ask(Interview.objects.all(), who)) == seen(ask(QuerySet(Interview), who))


def _texts() -> int:
    return len(kept_on(connections["default"]))


def test_only_plain_ones_are_kept(alice: Member) -> None:
    kept_on(connections["default"]).clear()
    for ask in OTHERS.values():
        list(ask(Interview.objects.all(), alice))
    assert _texts() == 0
    list(Interview.objects.filter(title="A").order_by("pk"))
    list(Interview.objects.filter(title="B").order_by("pk"))
    assert _texts() == 1


def test_whoever_counts_statements_sees_it(alice: Member) -> None:
    User.objects.get(pk=alice.user.pk)
    with CaptureQueriesContext(connection) as asked:
        assert User.objects.get(pk=alice.user.pk) == alice.user
    assert len(asked) == 1


def test_a_number_that_no_column_holds_is_found_nowhere() -> None:
    assert User.objects.filter(pk=2**80).first() is None
    assert User.objects.filter(pk=-1).first() is None


def test_a_transaction_that_broke_is_not_read_from(alice: Member) -> None:
    User.objects.get(pk=alice.user.pk)
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic(savepoint=False):
            User.objects.create(email=alice.user.email)
        User.objects.get(pk=alice.user.pk)
