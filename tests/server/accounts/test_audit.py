"""Who reads the audit log, page by page or as a file, and that nobody changes it."""

import csv
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from interview_stream.server.accounts import audit_queries, audit_triggers
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.audit import Act, forget_names, record
from interview_stream.server.accounts.models import AuditEvent, User
from tests.server.conftest import PASSWORD, prove

LOGIN = "/_allauth/browser/v1/auth/login"
EVENTS = "/api/audit-events"


def read(client: Client, **wanted: Any) -> Any:
    return client.get(EVENTS, wanted).json()


def actions_of(page: Any) -> list[str]:
    return [event["action"] for event in page["items"]]


def test_owners_read_what_happened_in_their_organisation_only(
    as_alice: Client, as_bob: Client, as_charlie: Client, as_nobody: Client, bob: Member
) -> None:
    body = {"email": "bob@example.org", "password": PASSWORD}
    as_nobody.post(LOGIN, body, content_type="application/json", headers={"User-Agent": "Firefox/140 Linux"})

    (event,) = read(as_alice)["items"]
    assert (event["user_name"], event["action"], event["detail"]) == (
        "Bob",
        "account.signed-in",
        "Firefox on Linux, by password",
    )
    assert event["address"] == "127.0.0.1"
    assert read(as_bob)["items"] == []
    assert read(as_charlie)["items"] == []


def test_pages_follow_each_other_without_gap_or_repeat(alice: Member, as_alice: Client) -> None:
    for number in range(2 * audit_queries.PAGE + 1):
        record(alice.organisation, alice.user, Act.INVITATION_SENT, subject=str(number))
    seen: list[str] = []
    page = read(as_alice)
    seen += [event["subject"] for event in page["items"]]
    while page["next"] is not None:
        record(alice.organisation, alice.user, Act.INVITATION_SENT, subject="meanwhile")
        page = read(as_alice, after=page["next"])
        seen += [event["subject"] for event in page["items"]]
    assert seen == [str(number) for number in reversed(range(2 * audit_queries.PAGE + 1))]


def test_filters_narrow_it_down_by_who_what_when_and_from_where(alice: Member, bob: Member, as_alice: Client) -> None:
    organisation = alice.organisation
    for user, act, subject, address, at in [
        (alice.user, Act.INVITATION_SENT, "nora@example.org", "192.0.2.1", "2026-01-01T12:00Z"),
        (bob.user, Act.KIT_CREATED, "Back end", "198.51.100.7", "2026-02-01T12:00Z"),
    ]:
        AuditEvent.objects.create(
            organisation=organisation, user=user, user_name=user.name, action=act, subject=subject, address=address,
            at=at,
        )  # fmt: skip
    sent, created = ["invitation.sent"], ["kit.created"]
    assert actions_of(read(as_alice, text="ALICE")) == sent
    assert actions_of(read(as_alice, text="bob back")) == created
    assert actions_of(read(as_alice, text="bob nora")) == []
    assert actions_of(read(as_alice, kind="kit")) == created
    assert actions_of(read(as_alice, kind="ki")) == []
    assert actions_of(read(as_alice, text="198.51")) == created
    assert actions_of(read(as_alice, since="2026-01-15T00:00Z")) == created
    assert actions_of(read(as_alice, until="2026-01-15T00:00Z")) == sent
    assert as_alice.get(EVENTS, {"since": "soon"}).status_code == 422


def export(client: Client, **wanted: Any) -> Any:
    return client.get(f"{EVENTS}/export", wanted)


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_the_log_is_exported_whole_and_a_name_is_no_formula(
    alice: Member, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_queries, "_CHUNK", 2)
    for number in range(5):
        record(alice.organisation, alice.user, Act.INVITATION_SENT, subject=f"=1+{number}")

    answer = export(as_alice)
    assert answer["Content-Disposition"] == 'attachment; filename="audit-log.csv"'
    rows = list(csv.DictReader(io.StringIO(text_of(answer))))
    assert [row["subject"] for row in rows] == [f"'=1+{number}" for number in reversed(range(5))]

    lines = [json.loads(line) for line in text_of(export(as_alice, form="jsonl", kind="audit")).splitlines()]
    assert [line["action"] for line in lines] == ["audit.exported"]
    assert actions_of(read(as_alice, kind="audit")) == ["audit.exported"] * 2


def test_an_export_is_for_owners_and_admins_who_have_just_signed_in(
    alice: Member, as_alice: Client, as_bob: Client, as_nobody: Client
) -> None:
    assert export(as_nobody).status_code == 401
    assert export(as_bob).status_code == 403
    prove(as_alice, alice.user, ago_s=601)
    assert export(as_alice).json()["type"] == "/problems/recent-sign-in-needed"


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditevent SET detail = 'x'", "DELETE FROM accounts_auditevent"]
)
def test_the_database_itself_refuses_to_change_the_log(alice: Member, statement: str) -> None:
    record(alice.organisation, alice.user, Act.INVITATION_SENT)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(detail="x")
    with pytest.raises(TypeError):
        AuditEvent.objects.get().save()


def test_a_person_is_forgotten_and_an_organisations_log_goes_with_it(alice: Member, bob: Member) -> None:
    record(alice.organisation, bob.user, Act.INVITATION_SENT)
    User.objects.get(pk=bob.user.pk).delete()
    assert AuditEvent.objects.get().user_name == "Bob"

    with audit_triggers.let_go():
        alice.organisation.delete()
    assert not AuditEvent.objects.exists()


def test_names_go_with_who_is_erased_and_the_log_is_closed_again(alice: Member) -> None:
    gone, stays = uuid4(), uuid4()
    for about in (gone, stays):
        record(alice.organisation, alice.user, Act.CANDIDATE_CREATED, subject="Sandra", detail="x", about=about)
    forget_names([gone])
    told = AuditEvent.objects.values_list("about", "subject", "detail", "user_name")
    assert set(told) == {(gone, "(erased)", "", "Alice"), (stays, "Sandra", "x", "Alice")}
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_auditevent SET subject = 'forged'")
    with (
        pytest.raises(IntegrityError, match="append-only"),
        audit_triggers.let_go(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_auditevent SET subject = 'forged'")
