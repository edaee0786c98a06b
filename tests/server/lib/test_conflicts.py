"""A write that gets in another's way in the database is carried out all the same."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import User
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.conflicts import PAUSES_S
from tests.product import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


class Conflict(Exception):
    """As the driver reports it."""

    sqlstate = "40001"


@pytest.fixture
def fail_often() -> Iterator[Callable[[int], None]]:
    """Let the next interviews that are locked for a change find a conflict."""

    left = [0]

    def fail(times: int) -> None:
        left[0] = times

    def guard(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if left[0] and sql.startswith("UPDATE") and "interviews_interview" in sql:
            left[0] -= 1
            raise OperationalError("could not serialize access") from Conflict()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield fail


def rename(client: Client, interview: Interview, key: str = "a") -> int:
    path, headers = f"/api/interviews/{interview.id}", {"Idempotency-Key": key} if key else {}
    answer = client.patch(path, {"title": "Renamed"}, content_type="application/json", headers=headers)
    return answer.status_code


def title(interview: Interview) -> str:
    return Interview.objects.get(id=interview.id).title


def test_it_is_tried_again_until_it_goes_through(
    as_alice: Client, interview: Interview, fail_often: Callable[[int], None]
) -> None:
    fail_often(len(PAUSES_S))
    assert rename(as_alice, interview) == 200
    assert title(interview) == "Renamed"


@pytest.mark.parametrize(("times", "key"), [(len(PAUSES_S) + 1, "a"), (1, "")])
def test_in_the_end_the_client_is_asked_to_try_again(
    as_alice: Client, interview: Interview, fail_often: Callable[[int], None], times: int, key: str
) -> None:
    """Without a key the request may be more than one transaction, of which some went through."""
    fail_often(times)
    assert rename(as_alice, interview, key) == 503
    assert title(interview) != "Renamed"
    assert rename(as_alice, interview, key) == 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no deadlocks")
def test_of_two_that_wait_for_each_other_one_begins_anew(as_alice: Client, alice: Member, interview: Interview) -> None:
    """The request holds the interview and waits for its author; we hold the author and wait for the interview."""
    answered: list[int] = []

    def ask() -> None:
        answered.append(rename(as_alice, interview))
        connection.close()

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            return bool(cursor.fetchone()[0])

    thread = threading.Thread(target=ask)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '60s'")
        User.objects.select_for_update().get(pk=alice.user.pk)
        thread.start()
        wait_for(waits, "the request to wait")
        Interview.objects.select_for_update().get(id=interview.id)
    thread.join()
    assert answered == [200]
    assert title(interview) == "Renamed"
