"""Messages for everyone and among the interviewers."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.calls.door import send_away
from interview_stream.server.chat.models import Message
from interview_stream.server.interviews.models import Interview
from tests.server.conftest import let_in
from tests.server.interviews.test_observers import add, browser_of
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db


def write(client: Client, interview: Interview, text: str, channel: str = "everyone", id: str = "") -> Any:
    body = {"id": id or str(uuid4()), "channel": channel, "text": text}
    return client.post(f"/api/interviews/{interview.id}/messages", body, content_type="application/json")


def read(client: Client, interview: Interview) -> list[str]:
    return [message["text"] for message in client.get(f"/api/interviews/{interview.id}/messages").json()]


def test_the_candidate_reads_what_is_for_everyone_and_nothing_else(
    as_alice: Client, as_bob: Client, as_dana: Client, interview: Interview
) -> None:
    let_in(interview)
    write(as_alice, interview, "Welcome")
    write(as_bob, interview, "Ask about caching next", "team")
    write(as_dana, interview, "Hello")

    assert read(as_dana, interview) == ["Welcome", "Hello"]
    assert read(as_bob, interview) == ["Welcome", "Ask about caching next", "Hello"]
    seen = as_dana.get(f"/api/interviews/{interview.id}/messages").json()
    assert [(m["author"], m["is_mine"], m["is_candidate"]) for m in seen] == [
        ("Alice", False, False),
        ("Dana", True, True),
    ]


def test_observers_read_what_is_for_everyone_and_write_nothing(
    as_alice: Client, as_bob: Client, bob: Member, interview: Interview
) -> None:
    write(as_alice, interview, "Welcome")
    write(as_alice, interview, "Ask about caching next", "team")
    add(as_alice, interview, name="Olga")
    added = add(as_alice, interview, user_id=bob.user.pk).json()["observers"]
    olga = browser_of(next(each for each in added if each["link_url"]))

    for observer in (as_bob, olga):
        assert read(observer, interview) == ["Welcome"]
        assert problem(write(observer, interview, "Hello")) == (403, "observers-only-watch")


def test_the_candidate_cannot_write_to_the_team(as_dana: Client, interview: Interview) -> None:
    let_in(interview)

    assert problem(write(as_dana, interview, "Hello?", "team")) == (403, "forbidden")


def test_who_was_not_let_in_neither_reads_nor_writes(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    write(as_alice, interview, "Are we ready?")
    assert read(as_dana, interview) == []
    assert problem(write(as_dana, interview, "Hello?")) == (409, "not-admitted")

    let_in(interview)
    assert read(as_dana, interview) == ["Are we ready?"]
    send_away(interview.invitation.id)
    assert read(as_dana, interview) == []


def test_a_message_sent_again_is_written_once(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    let_in(interview)
    mine = str(uuid4())
    write(as_alice, interview, "Welcome", id=mine)

    assert write(as_alice, interview, "Welcome", id=mine).status_code == 201
    assert Message.objects.count() == 1


def test_the_id_of_a_hidden_message_tells_nothing(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    let_in(interview)
    hidden = str(uuid4())
    write(as_alice, interview, "A secret", "team", id=hidden)

    answer = write(as_dana, interview, "Hello", id=hidden)
    assert problem(answer) == (409, "message-id-taken")
    assert b"secret" not in answer.content


def test_pasted_code_keeps_its_form(as_alice: Client, interview: Interview) -> None:
    code = "\n\n  def area(r):\n\treturn 3 * r\n\n  # ok\n\n"

    assert write(as_alice, interview, code).json()["text"] == "  def area(r):\n\treturn 3 * r\n\n  # ok"
    assert write(as_alice, interview, " \n ").status_code == 422
    assert write(as_alice, interview, "x" * 10_001).status_code == 422


def test_it_is_kept_after_the_call_for_members(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    let_in(interview)
    write(as_dana, interview, "Hello")
    as_alice.post(f"/api/interviews/{interview.id}/end")

    assert read(as_alice, interview) == ["Hello"]
    assert read(as_dana, interview) == []
