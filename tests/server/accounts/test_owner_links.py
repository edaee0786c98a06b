"""The link that makes the first account: single use, short-lived, and kept as a hash only."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts import actions
from interview_stream.server.accounts.models import Membership, Organisation, OwnerLink, Role, User
from interview_stream.server.accounts.schemas import OwnerIn
from interview_stream.server.lib.problems import Gone

ALICE = {"name": "Alice", "email": "Alice@Example.org", "password": "correct horse battery", "organisation": "Acme"}


def use(client: Client, token: str, **changes: str) -> Any:
    return client.post(f"/api/owner-links/{token}", ALICE | changes, content_type="application/json")


@pytest.fixture
def token(db: None) -> str:
    return actions.create_owner_link()


def test_only_the_hash_is_kept(token: str) -> None:
    link = OwnerLink.objects.get()
    kept = {field.name: str(getattr(link, field.name)) for field in OwnerLink._meta.fields}
    assert len(token) >= 43
    assert not any(token in value for value in kept.values())
    assert link.token_hash == OwnerLink.hash_of(token)


def test_looking_at_a_link_does_not_use_it(token: str, as_nobody: Client) -> None:
    for _ in range(2):
        answer = as_nobody.get(f"/api/owner-links/{token}")
        assert answer.status_code == 200
        assert set(answer.json()) == {"expires_at"}


def test_the_link_makes_an_owner_who_is_signed_in(token: str, as_nobody: Client) -> None:
    answer = use(as_nobody, token)

    assert answer.status_code == 201
    me = answer.json()
    who = {"name": "Alice", "email": "alice@example.org", "time_zone": ""}
    mails = {"interviews": True, "reminders": True, "scorecards": True}
    assert me["user"] == who | {"id": User.objects.get().pk, "mails": mails, "language": None, "theme": None}
    assert (me["organisation"]["name"], me["role"], me["has_owner"]) == ("Acme", "owner", True)
    assert as_nobody.get("/api/me").json() == me
    assert Membership.objects.get().role == Role.OWNER


def test_the_link_works_once(token: str, as_nobody: Client) -> None:
    use(as_nobody, token)
    again = use(Client(), token, email="mallory@example.org")

    assert again.status_code == 410
    assert again.json()["type"] == "/problems/link-used"
    assert as_nobody.get(f"/api/owner-links/{token}").status_code == 410
    assert User.objects.count() == 1


def test_a_link_that_was_used_meanwhile_makes_nothing(token: str) -> None:
    """Two people pressing the button at once: the second one's transaction is rolled back whole."""
    with pytest.raises(Gone), transaction.atomic():
        OwnerLink.objects.update(used_at=timezone.now())
        actions.create_owner(token, OwnerIn(**ALICE))
    assert not User.objects.exists()
    assert not Organisation.objects.exists()


def test_an_expired_link_says_so(token: str, as_nobody: Client) -> None:
    OwnerLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    for answer in (as_nobody.get(f"/api/owner-links/{token}"), use(as_nobody, token)):
        assert answer.status_code == 410
        assert answer.json()["type"] == "/problems/link-expired"


@pytest.mark.parametrize("altered", ["x", "", "../me", "a" * 500])
def test_an_unknown_link_is_unknown(token: str, as_nobody: Client, altered: str) -> None:
    answer = as_nobody.get(f"/api/owner-links/{token}{altered}y")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"password": "short"}, "password"),
        ({"password": "alice@example.org"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"email": "nonsense"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"organisation": "x" * 101}, "organisation"),
    ],
)
def test_bad_values_are_named_and_leave_the_link_usable(
    token: str, as_nobody: Client, changes: dict[str, str], place: str
) -> None:
    answer = use(as_nobody, token, **changes)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == place
    assert not User.objects.exists()
    assert use(as_nobody, token).status_code == 201


def test_an_address_that_has_an_account_is_refused(token: str, as_nobody: Client) -> None:
    use(Client(), token)
    answer = use(as_nobody, actions.create_owner_link(), email="ALICE@example.org")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/email-taken"


def test_another_site_cannot_use_a_link(token: str) -> None:
    answer = use(Client(enforce_csrf_checks=True), token)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/csrf"
