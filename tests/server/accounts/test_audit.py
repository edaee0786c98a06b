"""Who reads the audit log, and that it tells of signing in."""

from django.test import Client

from interview_stream.server.accounts.actor import Member
from tests.server.conftest import PASSWORD

LOGIN = "/_allauth/browser/v1/auth/login"


def test_owners_read_what_happened_in_their_organisation_only(
    as_alice: Client, as_bob: Client, as_charlie: Client, as_nobody: Client, bob: Member
) -> None:
    body = {"email": "bob@example.org", "password": PASSWORD}
    as_nobody.post(LOGIN, body, content_type="application/json", headers={"User-Agent": "Firefox/140 Linux"})

    (event,) = as_alice.get("/api/audit-events").json()
    assert (event["user_name"], event["action"], event["detail"]) == ("Bob", "account.signed-in", "Firefox on Linux")
    assert event["address"] == "127.0.0.1"
    assert as_bob.get("/api/audit-events").json() == []
    assert as_charlie.get("/api/audit-events").json() == []
