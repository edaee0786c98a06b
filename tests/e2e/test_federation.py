"""Signing in with an identity provider: real OpenID Connect and SAML, from the button and back."""

import re

from playwright.sync_api import Request, Response, Route, expect

from tests.e2e.conftest import Invite
from tests.e2e.people import Person
from tests.product import Client, Product


def continue_with(person: Person, provider: str, choice: str) -> None:
    person.goto("/sign-in?next=/interviews")
    person.page.get_by_role("button", name=f"Continue with {provider}").click()
    person.page.get_by_role("button", name=choice).click()


def test_an_invited_person_signs_in_by_openid_connect(invite: Invite, product: Product, alice: Client) -> None:
    alice.post("/api/member-invitations", {"emails": ["oda@oidc.example"], "role": "admin"})
    oda = invite(product, "oda")
    continue_with(oda, "Staff login", "oda")
    expect(oda.page.get_by_role("heading", level=1)).to_have_text("Interviews")
    assert oda.page.url == f"{product.url}/interviews"
    member = next(each for each in alice.get("/api/members") if each["email"] == "oda@oidc.example")
    assert (member["name"], member["role"]) == ("Oda Olsen", "admin")


def test_who_is_not_invited_or_not_proven_is_told_why(invite: Invite, product: Product, alice: Client) -> None:
    stranger, unproven = invite(product, "stranger"), invite(product, "unproven")
    continue_with(stranger, "Staff login", "stranger")
    expect(stranger.page.get_by_role("alert")).to_contain_text("There is no account for you yet")
    # Somebody who gives alice's address without having shown that it is theirs is not alice.
    continue_with(unproven, "Staff login", "unproven")
    expect(unproven.page.get_by_role("alert")).to_contain_text("No e-mail address came along")
    expect(unproven.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_a_quick_click_waits_for_what_the_session_is_still_asked(invite: Invite, product: Product) -> None:
    """The offer of passkeys begins a session as well; the one whose cookie came first would be forgotten."""
    quick = invite(product, "quick")
    offers: list[Route] = []
    order: list[str] = []

    def answered(response: Response) -> None:
        if response.url.endswith("/webauthn/login"):
            order.append("offer answered")

    def asked(request: Request) -> None:
        if request.url.endswith("/start"):
            order.append("sign-in begun")

    quick.page.route("**/auth/webauthn/login", lambda offer: offers.append(offer))
    quick.page.on("response", answered)
    quick.page.on("request", asked)
    quick.goto("/sign-in?next=/interviews")
    button = quick.page.get_by_role("button", name="Continue with Staff login")
    button.click()
    expect(button).to_be_disabled()
    offers[0].continue_()
    expect(quick.page.get_by_role("button", name="oda")).to_be_visible()
    assert order == ["offer answered", "sign-in begun"]


def test_a_colleague_joins_by_saml_and_comes_back(invite: Invite, product: Product, alice: Client) -> None:
    first, second = invite(product, "sami"), invite(product, "sami-again")
    for person in (first, second):
        continue_with(person, "SAML house", "Sign in as Sami")
        expect(person.page.get_by_role("heading", level=1)).to_have_text("Interviews")
    person.goto("/")
    expect(person.page.get_by_role("heading", level=1)).to_have_text(re.compile("Sami"))
    members = [each for each in alice.get("/api/members") if each["email"] == "sami@saml.example"]
    assert [each["role"] for each in members] == ["interviewer"]
