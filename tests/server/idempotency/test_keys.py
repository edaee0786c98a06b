"""Requests that are sent again by a client that lost the answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Membership
from interview_stream.server.evaluations.models import Note
from interview_stream.server.idempotency import tasks
from interview_stream.server.idempotency.models import KeptAnswer
from interview_stream.server.interviews.models import Interview
from tests.server.conftest import signed_in
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db


def send(client: Client, path: str, body: Any, key: str | None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(f"/api{path}", body, content_type="application/json", headers=headers)


def test_the_same_request_is_done_once_and_answered_twice(as_alice: Client, interview: Interview) -> None:
    path = f"/interviews/{interview.id}/notes"
    first = send(as_alice, path, {"text": "Asked about caching"}, "k1")
    again = send(as_alice, path, {"text": "Asked about caching"}, "k1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Note.objects.count() == 1
    send(as_alice, path, {"text": "Asked about caching"}, "k2")
    send(as_alice, path, {"text": "Asked about caching"}, None)
    assert Note.objects.count() == 3


def test_an_answer_without_a_body_is_repeated_too(as_alice: Client, interview: Interview) -> None:
    (note,) = send(as_alice, f"/interviews/{interview.id}/notes", {"text": "One"}, None).json()
    for _ in range(2):
        response = as_alice.delete(f"/api/notes/{note['id']}", headers={"Idempotency-Key": "gone"})
        assert (response.status_code, response.content) == (204, b"")
    assert as_alice.delete(f"/api/notes/{note['id']}").status_code == 404


def test_a_key_is_for_one_request(as_alice: Client, interview: Interview) -> None:
    path = f"/interviews/{interview.id}/notes"
    send(as_alice, path, {"text": "One"}, "k")
    assert problem(send(as_alice, path, {"text": "Two"}, "k")) == (422, "idempotency-key-reused")
    assert problem(send(as_alice, path, {"text": "One"}, "k" * 129)) == (400, "idempotency-key")
    assert [note.text for note in Note.objects.all()] == ["One"]


def test_a_key_is_its_owners(as_alice: Client, as_bob: Client, as_charlie: Client, interview: Interview) -> None:
    path = f"/interviews/{interview.id}/notes"
    send(as_alice, path, {"text": "One"}, "k")
    assert len(send(as_bob, path, {"text": "One"}, "k").json()) == 1
    assert Note.objects.count() == 2
    assert send(as_charlie, path, {"text": "One"}, "k").status_code == 404
    assert send(Client(), path, {"text": "One"}, "k").status_code == 401


def test_with_other_rights_nothing_is_repeated(as_bob: Client, bob: Member, interview: Interview) -> None:
    path = f"/interviews/{interview.id}/notes"
    assert send(as_bob, path, {"text": "One"}, "k").status_code == 200
    Membership.objects.filter(user=bob.user).delete()
    assert send(signed_in(bob.user), path, {"text": "One"}, "k").status_code == 401


def test_other_sites_get_no_answer_twice(alice: Member, interview: Interview) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice.user)
    send(signed_in(alice.user), f"/interviews/{interview.id}/notes", {"text": "One"}, "k")
    assert problem(send(browser, f"/interviews/{interview.id}/notes", {"text": "One"}, "k")) == (403, "csrf")


def test_a_refusal_is_not_kept(as_alice: Client, interview: Interview) -> None:
    path = f"/interviews/{interview.id}/notes"
    assert send(as_alice, path, {"text": ""}, "k").status_code == 422
    assert not KeptAnswer.objects.exists()
    assert send(as_alice, path, {"text": "One"}, "k").status_code == 200


def test_what_is_of_the_moment_or_a_secret_is_not_kept(as_alice: Client, interview: Interview) -> None:
    assert send(as_alice, f"/interviews/{interview.id}/join", {}, "k").status_code == 200
    assert send(as_alice, "/calendar-feed/renew", {}, "k").status_code == 200
    assert not KeptAnswer.objects.exists()


def test_answers_are_forgotten_after_a_day(as_alice: Client, interview: Interview) -> None:
    for key in ("old", "new"):
        send(as_alice, f"/interviews/{interview.id}/notes", {"text": "One"}, key)
    KeptAnswer.objects.filter(key="old").update(kept_at=timezone.now() - timedelta(hours=25))
    tasks.forget_kept_answers.func()
    assert [each.key for each in KeptAnswer.objects.all()] == ["new"]


REFUSE = {
    "sqlite": [
        "CREATE TEMP TRIGGER no_answers BEFORE UPDATE ON idempotency_keptanswer BEGIN SELECT RAISE(ABORT, 'no'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION pg_temp.refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER no_answers BEFORE UPDATE ON idempotency_keptanswer FOR EACH ROW"
        " EXECUTE FUNCTION pg_temp.refuse()",
    ],
}
LET = {"sqlite": "DROP TRIGGER no_answers", "postgresql": "DROP TRIGGER no_answers ON idempotency_keptanswer"}


@contextmanager
def no_answer_can_be_kept() -> Iterator[None]:
    with connection.cursor() as cursor:
        for statement in REFUSE[connection.vendor]:
            cursor.execute(statement)
        yield
        cursor.execute(LET[connection.vendor])


def test_when_the_answer_cannot_be_kept_nothing_is_done(alice: Member, interview: Interview) -> None:
    """As when the process dies between the two: the note and its answer are of one transaction."""
    browser = Client(raise_request_exception=False)
    browser.force_login(alice.user)
    with no_answer_can_be_kept():
        assert send(browser, f"/interviews/{interview.id}/notes", {"text": "One"}, "k").status_code == 500
    assert not Note.objects.exists()
    assert send(browser, f"/interviews/{interview.id}/notes", {"text": "One"}, "k").status_code == 200
    assert Note.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_waits_for_the_other(alice: Member, interview: Interview) -> None:
    barrier, answers = threading.Barrier(4), []

    def ask() -> None:
        browser = signed_in(alice.user)
        barrier.wait()
        answers.append(send(browser, f"/interviews/{interview.id}/notes", {"text": "One"}, "k"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 3
    with transaction.atomic():
        assert Note.objects.count() == 1
