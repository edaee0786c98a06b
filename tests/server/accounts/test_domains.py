"""Domains by whose addresses people join, shown to a real DNS server, and signing up by such an address."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialLogin
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts import domains, federation
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.joining import organisation_open_to, was_removed
from interview_stream.server.accounts.models import AuditEvent, Domain, Membership, User
from tests.dns_server import serving
from tests.server.accounts.test_addresses import add, code_sent_to, post
from tests.server.accounts.test_providers import OIDC, read
from tests.server.conftest import PASSWORD, prove, run_worker, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = {"name": "Nora", "password": PASSWORD}
Records = dict[str, str | None]


@pytest.fixture
def records(settings: Any) -> Iterator[Records]:
    """What the DNS says; may change meanwhile."""
    found: Records = {}
    with serving(found) as port:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, dns_servers=(("127.0.0.1", port),))
        yield found


def listed(client: Client) -> list[Any]:
    found: list[Any] = client.get("/api/domains").json()
    return found


def verify(client: Client, domain: Any) -> Any:
    return client.post(f"/api/domains/{domain['id']}/verify")


def verified(client: Client, records: Records, name: str = "acme.example") -> Any:
    assert post(client, "/api/domains", name=name).status_code == 201
    (domain,) = [each for each in listed(client) if each["name"] == name]
    records[domain["record_name"]] = domain["record_value"]
    answer = verify(client, domain)
    assert answer.status_code == 200, answer.content
    return domain


def sign_up(email: str, client: Client | None = None) -> Any:
    """Up to where the code has come back; the browser, and what it was answered."""
    browser = client or Client()
    assert post(browser, "/api/sign-up", email=email).status_code == 204
    return browser, post(browser, "/api/sign-up/confirmation", code=code_sent_to(email.lower()))


def test_a_domain_is_verified_by_its_record(as_alice: Client, as_bob: Client, records: Records) -> None:
    assert post(as_alice, "/api/domains", name=" Acme.Example. ").status_code == 201
    (domain,) = listed(as_alice)
    assert (domain["name"], domain["verified_at"]) == ("acme.example", None)
    assert domain["record_name"] == "_interview-stream.acme.example"
    missing = verify(as_alice, domain)
    assert (missing.status_code, missing.json()["type"]) == (409, "/problems/record-missing")
    records[domain["record_name"]] = "interview-stream=of somebody else"
    assert verify(as_alice, domain).status_code == 409
    records[domain["record_name"]] = None
    assert verify(as_alice, domain).status_code == 503
    records[domain["record_name"]] = domain["record_value"]
    assert verify(as_alice, domain).status_code == 200
    assert listed(as_alice)[0]["verified_at"] is not None
    assert [listed(as_bob), post(as_bob, "/api/domains", name="other.example").status_code] == [[], 403]
    assert as_alice.delete(f"/api/domains/{domain['id']}").status_code == 200
    acts = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert [each for each in acts if "domain" in each] == [
        "organisation.domain-added",
        "organisation.domain-verified",
        "organisation.domain-removed",
    ]


@pytest.mark.parametrize(
    "name", ["gmail.com", "GMX.de", "localhost", "acme", "a b.example", "x" * 64 + ".example", "@"]
)
def test_what_is_nobody_s_domain_is_refused(name: str, as_alice: Client) -> None:
    assert post(as_alice, "/api/domains", name=name).status_code == 422
    assert listed(as_alice) == []


def test_verifying_asks_for_a_recent_sign_in(alice: Member, as_alice: Client, records: Records) -> None:
    post(as_alice, "/api/domains", name="acme.example")
    prove(as_alice, alice.user, ago_s=3600)
    refused = verify(as_alice, listed(as_alice)[0])
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/recent-sign-in-needed")


def test_only_one_organisation_verifies_a_domain(as_alice: Client, as_charlie: Client, records: Records) -> None:
    domain = verified(as_alice, records)
    # To write down the same is nothing to be told of.
    assert post(as_charlie, "/api/domains", name="acme.example").status_code == 201
    (theirs,) = listed(as_charlie)
    assert theirs["record_value"] != domain["record_value"]
    assert verify(as_charlie, theirs).status_code == 409
    records[theirs["record_name"]] = theirs["record_value"]
    taken = verify(as_charlie, theirs)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/domain-taken")
    as_alice.delete(f"/api/domains/{domain['id']}")
    assert verify(as_charlie, theirs).status_code == 200


def test_who_has_such_an_address_signs_up_and_joins(as_alice: Client, as_nobody: Client, records: Records) -> None:
    assert as_nobody.get("/api/me").json()["is_open_to_domains"] is False
    verified(as_alice, records)
    assert as_nobody.get("/api/me").json()["is_open_to_domains"] is True
    browser, answer = sign_up("Nora@Acme.example")
    assert (answer.status_code, answer.json()["organisation_name"]) == (200, "Acme")
    assert post(browser, "/api/sign-up/account", name="Nora", password="short").status_code == 422
    made = post(browser, "/api/sign-up/account", **ACCOUNT)
    assert (made.status_code, made.json()["role"]) == (201, "interviewer")
    assert made.json()["user"]["email"] == "nora@acme.example"
    assert post(browser, "/api/sign-up/account", **ACCOUNT).status_code == 409
    event = AuditEvent.objects.get(action="member.joined")
    assert (event.subject, event.detail) == ("nora@acme.example", "interviewer, by the domain acme.example")


def test_nothing_is_shown_before_the_code(as_alice: Client, records: Records) -> None:
    """Neither who may join nor who has an account can be told from the answers; nor is an account made without it."""
    verified(as_alice, records, "example.org")
    answers = []
    for email in ("new@example.org", "alice@example.org", "new@elsewhere.example", "new@gmail.com"):
        browser = Client()
        asked = post(browser, "/api/sign-up", email=email)
        early = post(browser, "/api/sign-up/account", **ACCOUNT)
        wrong = [post(browser, "/api/sign-up/confirmation", code="WRONG") for _ in range(4)]
        answers.append([(each.status_code, each.content) for each in (asked, early, *wrong)])
        assert [each.status_code for each in wrong] == [422, 422, 422, 409]
    assert all(each == answers[0] for each in answers)
    run_worker()
    told = {sent.to[0]: str(sent.subject) for sent in mail.outbox}
    assert told == {"new@example.org": "Your code to join", "alice@example.org": "You have an account already"}


def test_who_is_signed_in_joins_with_their_account(as_alice: Client, charlie: Member, records: Records) -> None:
    verified(as_alice, records, "example.org")
    browser, answer = sign_up("charlie@example.org", signed_in(charlie.user))
    assert (answer.status_code, answer.json()["has_joined"]) == (200, True)
    names = {each["name"] for each in browser.get("/api/me").json()["organisations"]}
    assert names == {"Acme", "Elsewhere"}


def test_who_adds_such_an_address_joins(
    as_alice: Client, charlie: Member, as_charlie: Client, records: Records
) -> None:
    verified(as_alice, records)
    add(as_charlie, "charlie@acme.example")
    assert Membership.objects.get(user=charlie.user, organisation__name="Acme").role == "interviewer"


def test_an_address_that_a_provider_vouches_for_joins(as_alice: Client, records: Records, tmp_path: Path) -> None:
    verified(as_alice, records)
    (provider,) = read(tmp_path, f"[company]\n{OIDC}")
    user = federation.admit(provider, email="nora@acme.example", name="Nora")
    assert Membership.objects.get(user=user).role == "interviewer"
    with pytest.raises(ValidationError):
        federation.admit(provider, email="nora@elsewhere.example", name="Nora")


def test_an_invitation_is_no_proof_of_an_address(as_alice: Client, as_charlie: Client, records: Records) -> None:
    """Whoever invites holds the link, so another organisation could make itself any address."""
    verified(as_alice, records)
    post(as_charlie, "/api/member-invitations", emails=["nora@acme.example"], role="interviewer")
    link = as_charlie.get("/api/member-invitations").json()[0]["link_url"].rsplit("/", 1)[1]
    made = post(Client(), f"/api/invitation-links/{link}", **ACCOUNT)
    assert [each["name"] for each in made.json()["organisations"]] == ["Elsewhere"]


def test_who_was_removed_is_not_brought_back(as_alice: Client, records: Records) -> None:
    verified(as_alice, records)
    browser, _ = sign_up("nora@acme.example")
    post(browser, "/api/sign-up/account", **ACCOUNT)
    nora = User.objects.get(email="nora@acme.example")
    assert as_alice.delete(f"/api/members/{Membership.objects.get(user=nora).pk}").status_code == 200
    run_worker()
    mail.outbox.clear()
    cache.clear()  # half a minute later
    post(browser, "/api/sign-up", email="nora@acme.example")
    run_worker()
    assert mail.outbox == []
    assert not Membership.objects.filter(user=nora).exists()
    # An invitation takes that back.
    post(as_alice, "/api/member-invitations", emails=["nora@acme.example"], role="interviewer")
    link = as_alice.get("/api/member-invitations").json()[0]["link_url"].rsplit("/", 1)[1]
    assert post(browser, f"/api/invitation-links/{link}").status_code == 201
    browser.post("/api/organisation/leave")
    cache.clear()
    _, answer = sign_up("nora@acme.example", browser)
    assert answer.json()["has_joined"] is True


def test_a_record_that_goes_is_told_of_and_lets_nobody_in_later(
    as_alice: Client, alice: Member, bob: Member, records: Records
) -> None:
    domain = verified(as_alice, records)
    row = Domain.objects.filter(pk=domain["id"])
    records[domain["record_name"]] = None
    domains.check_domains.call()
    assert row.get().missing_since is None, "a DNS that fails says nothing"
    records[domain["record_name"]] = ""
    domains.check_domains.call()
    domains.check_domains.call()
    run_worker()
    assert [(sent.to, str(sent.subject)) for sent in mail.outbox] == [
        (["alice@example.org"], "The DNS record of acme.example is gone")
    ]
    assert row.get().verified_at is not None
    records[domain["record_name"]] = domain["record_value"]
    domains.check_domains.call()
    assert row.get().missing_since is None
    row.update(missing_since=timezone.now() - timedelta(days=7))
    records[domain["record_name"]] = ""
    domains.check_domains.call()
    assert row.get().verified_at is None
    assert AuditEvent.objects.filter(action="organisation.domain-lost").count() == 1
    run_worker()
    assert str(mail.outbox[-1].subject) == "acme.example lets nobody join any more"
    browser = Client()
    assert post(browser, "/api/sign-up", email="nora@acme.example").status_code == 204
    run_worker()
    assert mail.outbox[-1].to == ["alice@example.org"]
    assert not EmailAddress.objects.filter(email="nora@acme.example").exists()


def test_a_dns_that_fails_for_long_counts_as_one_without_the_record(
    as_alice: Client, bob: Member, records: Records
) -> None:
    domain = verified(as_alice, records)
    row, name = Domain.objects.filter(pk=domain["id"]), domain["record_name"]
    records[name] = None
    row.update(checked_at=timezone.now() - timedelta(days=6))
    domains.check_domains.call()
    assert row.get().missing_since is None
    heard_at = timezone.now() - timedelta(days=7)
    row.update(checked_at=heard_at)
    domains.check_domains.call()
    domains.check_domains.call()
    found = row.get()
    assert found.missing_since is not None
    assert (found.verified_at is not None, found.checked_at) == (True, heard_at)
    run_worker()
    assert [str(sent.subject) for sent in mail.outbox] == ["The DNS record of acme.example is gone"]
    row.update(missing_since=timezone.now() - timedelta(days=7))
    domains.check_domains.call()
    assert row.get().verified_at is None
    run_worker()
    assert str(mail.outbox[-1].subject) == "acme.example lets nobody join any more"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("bob@\uff41cme.example", "Write this address as bob@acme.example."),
        ("bob@m\u00fcller.example", "Write this address as bob@xn--mller-kva.example."),
        ('"bob"@acme.example', "Write this address as bob@acme.example."),
        ("bo\u017f@acme.example", "This is not an e-mail address."),
        ("bob@xn--a.example", "This is not an e-mail address."),
    ],
)
def test_an_address_is_taken_in_one_spelling_only(address: str, said: str, as_alice: Client) -> None:
    refused = [post(Client(), "/api/sign-up", email=address), post(as_alice, "/api/me/addresses", email=address)]
    assert [each.status_code for each in refused] == [422, 422]
    assert all(said in str(each.json()) for each in refused)


def test_a_domain_is_the_one_that_the_dns_knows(as_alice: Client) -> None:
    """As browsers and mail servers spell it: another name would be another's domain."""
    for name in ("fa\u00df.example", "M\u00fcller.example"):
        assert post(as_alice, "/api/domains", name=name).status_code == 201
    assert [each["name"] for each in listed(as_alice)] == ["xn--fa-hia.example", "xn--mller-kva.example"]


@pytest.mark.parametrize("address", ["nora+again@acme.example", '"nora"@acme.example', "Nora@\uff41cme.example"])
def test_another_spelling_brings_nobody_back(
    address: str, as_alice: Client, alice: Member, records: Records, tmp_path: Path
) -> None:
    verified(as_alice, records)
    browser, _ = sign_up("nora+work@acme.example")
    post(browser, "/api/sign-up/account", **ACCOUNT)
    assert as_alice.delete(f"/api/members/{Membership.objects.get(user__name='Nora').pk}").status_code == 200
    assert organisation_open_to("nina@acme.example") == alice.organisation
    assert organisation_open_to(address) is None
    assert was_removed(alice.organisation, address)
    (provider,) = read(tmp_path, f'[company]\n{OIDC}joins_as = "admin"')
    found = SocialLogin(email_addresses=[EmailAddress(email=address, verified=True)])
    with pytest.raises(ValidationError):
        federation.admit(provider, email=federation._own_address(found, provider), name="Nora")


def test_an_address_that_was_dropped_before_brings_nobody_back(
    as_alice: Client, charlie: Member, as_charlie: Client, records: Records
) -> None:
    verified(as_alice, records)
    add(as_charlie, "charlie@acme.example")
    (work,) = [each for each in as_charlie.get("/api/me/addresses").json() if not each["is_primary"]]
    assert as_charlie.delete(f"/api/me/addresses/{work['id']}").status_code == 200
    joined = Membership.objects.filter(user=charlie.user, organisation__name="Acme")
    assert as_alice.delete(f"/api/members/{joined.get().pk}").status_code == 200
    cache.clear()
    add(as_charlie, "charlie@acme.example")
    assert not joined.exists()
    assert organisation_open_to("charlie@acme.example") is None
