"""An account that an invitation's copied link made, and what its address's first proof does to it."""

from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from interview_stream.server.accounts import federation
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.inviting import invitation_url
from interview_stream.server.accounts.models import MemberInvitation, User
from tests.server.accounts.test_addresses import AUTH, add, addresses, code_sent_to, post
from tests.server.accounts.test_providers import OIDC, read
from tests.server.conftest import PASSWORD, run_worker

pytestmark = pytest.mark.django_db(transaction=True)
CEO, BACKUP = "ceo@acme.example", "backup@evil.example"


def join_by(link: str) -> Client:
    browser = Client()
    made = post(browser, f"/api/invitation-links/{link.rsplit('/', 1)[1]}", name="Carla", password=PASSWORD)
    assert made.status_code == 201
    return browser


@pytest.fixture
def squatter(as_charlie: Client) -> Client:
    """charlie, an owner elsewhere, makes the account by the link that they copied, with ways in for later."""
    post(as_charlie, "/api/member-invitations", emails=[CEO], role="interviewer")
    browser = join_by(as_charlie.get("/api/member-invitations").json()[0]["link_url"])
    assert addresses(browser) == [(CEO, True)]
    assert browser.get(f"{AUTH.removesuffix('/auth')}/account/authenticators/webauthn?passwordless").status_code == 200
    add(browser, BACKUP)
    ceo = User.objects.get(email=CEO)
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN):
        Authenticator.objects.create(user=ceo, type=kind, data={"name": "mine", "secret": ""})
    SocialAccount.objects.create(user=ceo, provider="company", uid="charlie's")
    return browser


def nothing_is_left(squatter: Client) -> None:
    ceo = User.objects.get(email=CEO)
    assert list(EmailAddress.objects.filter(user=ceo).values_list("email", "verified", "primary")) == [
        (CEO, True, True)
    ]
    assert not Authenticator.objects.filter(user=ceo).exists()
    assert not ceo.check_password(PASSWORD)
    assert squatter.get("/api/me").json()["user"] is None
    assert post(Client(), f"{AUTH}/login", email=CEO, password=PASSWORD).status_code == 400
    run_worker()
    mail.outbox.clear()
    post(Client(), f"{AUTH}/code/request", email=BACKUP)
    run_worker()
    assert not [sent for sent in mail.outbox if BACKUP in sent.to]


def test_a_code_to_sign_in_leaves_no_other_way_in(squatter: Client) -> None:
    browser = Client()
    post(browser, f"{AUTH}/code/request", email=CEO)
    assert post(browser, f"{AUTH}/code/confirm", code=code_sent_to(CEO)).status_code == 200
    assert addresses(browser) == [(CEO, True)]
    assert not SocialAccount.objects.exists()
    nothing_is_left(squatter)
    assert browser.get("/api/me").json()["organisation"]["name"] == "Elsewhere"


def test_a_new_password_by_code_leaves_no_other_way_in(squatter: Client) -> None:
    browser = Client()
    # Which address is called the primary one changes nothing.
    other = next(each for each in squatter.get("/api/me/addresses").json() if each["email"] == BACKUP)
    User.objects.filter(email=CEO).update(email=BACKUP)
    EmailAddress.objects.filter(email=CEO).update(primary=False)
    EmailAddress.objects.filter(pk=other["id"]).update(primary=True)
    post(browser, f"{AUTH}/password/request", email=CEO)
    new = "a whole new sentence"
    answer = post(browser, f"{AUTH}/password/reset", key=code_sent_to(CEO), password=new)
    assert answer.status_code in (200, 401)
    nothing_is_left(squatter)
    assert post(Client(), f"{AUTH}/login", email=CEO, password=new).status_code == 200
    assert not SocialAccount.objects.exists()


def test_a_provider_that_vouches_leaves_no_other_way_in(squatter: Client, tmp_path: Path) -> None:
    (provider,) = read(tmp_path, f"[company]\n{OIDC}")
    assert federation.admit(provider, email=CEO, name="Carla").email == CEO
    assert not SocialAccount.objects.exists()
    nothing_is_left(squatter)


def test_a_proven_address_keeps_everything(alice: Member, as_alice: Client) -> None:
    add(as_alice)
    browser = Client()
    post(browser, f"{AUTH}/code/request", email="alice@example.org")
    post(browser, f"{AUTH}/code/confirm", code=code_sent_to("alice@example.org"))
    assert len(addresses(browser)) == 2
    assert as_alice.get("/api/me").json()["user"]["email"] == "alice@example.org"


def test_the_e_mailed_link_proves_the_address(as_alice: Client, settings: Any) -> None:
    post(as_alice, "/api/member-invitations", emails=["nora@example.org", "omar@example.org"], role="interviewer")
    nora, omar = (MemberInvitation.objects.get(email=f"{name}@example.org") for name in ("nora", "omar"))
    run_worker()
    (sent,) = [each for each in mail.outbox if each.to == ["nora@example.org"]]
    (link,) = [line for line in sent.body.splitlines() if "/invitation/" in line]
    assert link == invitation_url(nora, is_mailed=True) != invitation_url(nora)
    join_by(link)
    join_by(invitation_url(omar))
    proven = dict(EmailAddress.objects.exclude(email="alice@example.org").values_list("email", "verified"))
    assert proven == {"nora@example.org": True, "omar@example.org": False}
