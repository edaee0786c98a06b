"""Several e-mail addresses of one account, and accounts without a password."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, User
from interview_stream.server.accounts.tasks import send_code, send_security_notice
from tests.server.conftest import PASSWORD, prove

OTHER = "alice@home.example"
AUTH = "/_allauth/browser/v1/auth"


def post(client: Client, path: str, **body: object) -> Any:
    return client.post(path, body, content_type="application/json")


def code_sent_to(address: str) -> str:
    waiting = DBTaskResult.objects.filter(task_path__endswith="send_code").latest("enqueued_at")
    send_code.call(*waiting.args_kwargs["args"])
    assert mail.outbox[-1].to == [address]
    return mail.outbox[-1].body.splitlines()[2]


def told() -> list[tuple[str, str]]:
    """Whom the waiting notices go to, and what they say."""
    mail.outbox.clear()
    for job in DBTaskResult.objects.filter(task_path__endswith="send_security_notice").order_by("enqueued_at"):
        send_security_notice.call(*job.args_kwargs["args"])
    return [(sent.to[0], str(sent.subject)) for sent in mail.outbox]


def add(client: Client, address: str = OTHER) -> Any:
    assert post(client, "/api/me/addresses", email=address).status_code == 204
    return post(client, "/api/me/addresses/confirmation", code=code_sent_to(address))


def addresses(client: Client) -> list[tuple[str, bool]]:
    return [(each["email"], each["is_primary"]) for each in client.get("/api/me/addresses").json()]


def id_of(client: Client, address: str) -> int:
    (found,) = [each["id"] for each in client.get("/api/me/addresses").json() if each["email"] == address]
    return int(found)


def test_an_address_is_kept_once_its_code_came_back(alice: Member, as_alice: Client) -> None:
    post(as_alice, "/api/me/addresses", email=OTHER)
    assert post(as_alice, "/api/me/addresses/confirmation", code="WRONG").status_code == 422
    assert addresses(as_alice) == [("alice@example.org", True)]
    done = post(as_alice, "/api/me/addresses/confirmation", code=code_sent_to(OTHER))
    assert done.status_code == 201
    assert addresses(as_alice) == [("alice@example.org", True), (OTHER, False)]
    assert told() == [("alice@example.org", f"The address {OTHER} was added")]
    assert AuditEvent.objects.get().action == "account.address-added"


def test_each_address_signs_in_by_password_and_by_code(alice: Member, as_alice: Client) -> None:
    add(as_alice)
    by_password, by_code = Client(), Client()
    assert post(by_password, f"{AUTH}/login", email=OTHER, password=PASSWORD).status_code == 200
    post(by_code, f"{AUTH}/code/request", email=OTHER)
    assert post(by_code, f"{AUTH}/code/confirm", code=code_sent_to(OTHER)).status_code == 200
    assert by_code.get("/api/me").json()["user"]["email"] == "alice@example.org"


def test_another_one_becomes_primary_and_the_old_one_can_go(alice: Member, as_alice: Client) -> None:
    add(as_alice)
    old = id_of(as_alice, "alice@example.org")
    assert as_alice.delete(f"/api/me/addresses/{old}").json()["type"] == "/problems/primary-address"
    assert as_alice.put(f"/api/me/addresses/{id_of(as_alice, OTHER)}/primary").status_code == 200
    assert as_alice.get("/api/me").json()["user"]["email"] == OTHER
    assert as_alice.delete(f"/api/me/addresses/{old}").status_code == 200
    assert addresses(as_alice) == [(OTHER, True)]
    assert ("alice@example.org", f"{OTHER} is the address of your account now") in told()
    assert post(Client(), f"{AUTH}/login", email="alice@example.org", password=PASSWORD).status_code == 400
    assert post(Client(), f"{AUTH}/login", email=OTHER, password=PASSWORD).status_code == 200


def test_whose_address_it_is_is_told_to_its_reader_only(alice: Member, as_alice: Client, bob: Member) -> None:
    assert post(as_alice, "/api/me/addresses", email="bob@example.org").status_code == 204
    taken = post(as_alice, "/api/me/addresses/confirmation", code=code_sent_to("bob@example.org"))
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/address-taken")


def test_it_needs_a_recent_sign_in(alice: Member, as_alice: Client) -> None:
    add(as_alice)
    prove(as_alice, alice.user, ago_s=601)
    other = id_of(as_alice, OTHER)
    for refused in (
        post(as_alice, "/api/me/addresses", email="third@example.org"),
        as_alice.put(f"/api/me/addresses/{other}/primary"),
        as_alice.delete(f"/api/me/addresses/{other}"),
    ):
        assert refused.json()["type"] == "/problems/recent-sign-in-needed"


def test_those_of_others_are_not_there(as_alice: Client, as_bob: Client) -> None:
    add(as_alice)
    other = id_of(as_alice, OTHER)
    assert as_bob.put(f"/api/me/addresses/{other}/primary").status_code == 404
    assert as_bob.delete(f"/api/me/addresses/{other}").status_code == 404


def test_there_is_a_most(alice: Member, as_alice: Client) -> None:
    for number in range(4):
        assert add(as_alice, f"alice{number}@example.org").status_code == 201
    refused = post(as_alice, "/api/me/addresses", email="alice9@example.org")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-addresses")


def test_an_account_may_have_no_password(as_alice: Client, as_nobody: Client) -> None:
    post(as_alice, "/api/member-invitations", emails=["nora@example.org"], role="interviewer")
    link = as_alice.get("/api/member-invitations").json()[0]["link_url"]
    path = f"/api/invitation-links/{link.rsplit('/', 1)[1]}"
    assert post(as_nobody, path, name="Nora").status_code == 422
    assert post(as_nobody, path, name="Nora", without_password=True).status_code == 201
    assert as_nobody.get("/api/me").json()["user"]["name"] == "Nora"
    assert not User.objects.get(email="nora@example.org").has_usable_password()
    assert as_nobody.get("/api/me/factors").json()["has_password"] is False
    # Just signed in, so the passkey can be added at once.
    assert as_nobody.get("/_allauth/browser/v1/account/authenticators/webauthn?passwordless").status_code == 200


def test_a_password_is_still_checked(as_alice: Client, as_nobody: Client) -> None:
    post(as_alice, "/api/member-invitations", emails=["nora@example.org"], role="interviewer")
    link = as_alice.get("/api/member-invitations").json()[0]["link_url"]
    short = post(as_nobody, f"/api/invitation-links/{link.rsplit('/', 1)[1]}", name="Nora", password="short")
    assert short.status_code == 422


@pytest.mark.parametrize("address", ["alice@example.org", "no address"])
def test_what_cannot_be_added_is_said(as_alice: Client, address: str) -> None:
    assert post(as_alice, "/api/me/addresses", email=address).status_code == 422
