"""Which identity providers a file may name, and whom they bring in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialLogin
from django.core.exceptions import ValidationError

from interview_stream.environment import SettingError
from interview_stream.server.accounts import federation
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.inviting import invite_members
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, RemovedAddress, Role, User
from interview_stream.server.accounts.providers import SignInProvider, read_providers
from interview_stream.server.accounts.schemas import MemberInvitationsIn

OIDC = 'kind = "oidc"\nserver_url = "https://id.example.org"\nclient_id = "us"\nclient_secret = "secret"\n'


def read(tmp_path: Path, text: str) -> tuple[SignInProvider, ...]:
    file = tmp_path / "providers.toml"
    file.write_text(text)
    return read_providers(file)


def test_a_provider_is_read_with_what_is_usual(tmp_path: Path) -> None:
    (provider,) = read(tmp_path, f'[company]\n{OIDC}domains = ["Example.org"]')
    assert (provider.id, provider.kind, provider.name) == ("company", "oidc", "Company")
    assert provider.accepts("nora@example.ORG")
    assert not provider.accepts("nora@example.org.evil.example")
    assert not provider.trusts_email
    assert provider.allauth_app()["settings"]["oauth_pkce_enabled"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[company", "cannot be read as TOML"),
        ("company = 1", "must be a table"),
        ('["Our Company"]\nkind = "oidc"', "small letters"),
        ('[company]\nkind = "ldap"', "kind must be one of"),
        ('[company]\nkind = "oidc"\nserver_url = "https://id.example.org"', "client_id, client_secret are missing"),
        (f"[company]\n{OIDC}colour = 3", "colour means nothing"),
        (f"[company]\n{OIDC.replace('https://id', 'id')}", "server_url must be an address"),
        (f'[company]\n{OIDC}domains = "example.org"', "domains must be a list"),
        (f'[company]\n{OIDC}joins_as = "owner"', "joins_as must be interviewer or admin"),
        (f'[company]\n{OIDC}trusts_email = "yes"', "trusts_email must be true or false"),
        (f'[company]\n{OIDC}organisation = "Acme"', "organisation must be its id"),
        (f"[saml]\n{OIDC}", "whose provider it is"),
        ('[work]\nkind = "google"\nclient_id = "us"\nclient_secret = "s"', r"must be called \[google\]"),
        ('[google]\nkind = "google"\nclient_id = "us"\nclient_secret = "s"\njoins_as = "admin"', "needs domains"),
        (
            '[microsoft]\nkind = "microsoft"\nclient_id = "us"\nclient_secret = "s"\ntenant = "common"',
            "tenant must be your own",
        ),
        ('[house]\nkind = "saml"\nentity_id = "x"\nsso_url = "https://x.example"', "certificate is missing"),
        (
            '[house]\nkind = "saml"\nentity_id = "x"\nsso_url = "https://x.example"\ncertificate = "/nowhere"',
            "there is no file /nowhere",
        ),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint):
        read(tmp_path, text)


@pytest.fixture
def company(tmp_path: Path) -> SignInProvider:
    return read(tmp_path, f"[company]\n{OIDC}")[0]


def test_a_known_address_is_that_account(company: SignInProvider, alice: Member) -> None:
    assert federation.admit(company, email="alice@example.org", name="Whatever") == alice.user
    event = AuditEvent.objects.first()
    assert event is not None
    assert (event.action, event.detail) == ("account.provider-connected", "Company")


def test_every_open_invitation_of_the_address_is_taken_up(
    company: SignInProvider, alice: Member, charlie: Member
) -> None:
    for member, role in ((alice, Role.ADMIN), (charlie, Role.INTERVIEWER)):
        invite_members(member, wanted=MemberInvitationsIn(emails=["nora@example.org"], role=role))
    user = federation.admit(company, email="nora@example.org", name="Nora")
    roles = dict(Membership.objects.filter(user=user).values_list("organisation__name", "role"))
    assert roles == {"Acme": "admin", "Elsewhere": "interviewer"}
    assert not user.has_usable_password()
    assert federation.admit(company, email="nora@example.org", name="Nora") == user


def test_nobody_joins_uninvited_unless_the_settings_say_so(company: SignInProvider, alice: Member) -> None:
    with pytest.raises(ValidationError) as refusal:
        federation.admit(company, email="nora@example.org", name="Nora")
    assert refusal.value.code == "not_invited"
    open_house = replace(company, joins_as="interviewer")
    user = federation.admit(open_house, email="nora@example.org", name="Nora")
    assert Membership.objects.get(user=user).organisation == alice.organisation


def test_of_several_organisations_the_settings_name_one(
    company: SignInProvider, alice: Member, charlie: Member
) -> None:
    open_house = replace(company, joins_as="interviewer")
    with pytest.raises(ValidationError):
        federation.admit(open_house, email="nora@example.org", name="Nora")
    assert not User.objects.filter(email="nora@example.org").exists()
    acme = Organisation.objects.get(name="Acme")
    user = federation.admit(replace(open_house, organisation=acme.pk), email="nora@example.org", name="Nora")
    assert Membership.objects.get(user=user).organisation == acme


def test_a_removed_member_does_not_come_back_by_the_settings(company: SignInProvider, alice: Member) -> None:
    RemovedAddress.objects.create(organisation=alice.organisation, email="nora@example.org")
    with pytest.raises(ValidationError):
        federation.admit(replace(company, joins_as="admin"), email="nora@example.org", name="Nora")
    assert not User.objects.filter(email="nora@example.org").exists()


@pytest.mark.parametrize(
    ("claim", "counts"), [(True, True), ("true", True), ("false", False), (False, False), (1, False), ("yes", False)]
)
@pytest.mark.django_db
def test_only_a_true_claim_verifies_an_address(company: SignInProvider, claim: Any, counts: bool) -> None:
    found = SocialLogin(email_addresses=[EmailAddress(email="Nora@example.org", verified=claim)])
    if counts:
        assert federation._own_address(found, company) == "nora@example.org"
    else:
        with pytest.raises(ValidationError, match="vouches for no address"):
            federation._own_address(found, company)
