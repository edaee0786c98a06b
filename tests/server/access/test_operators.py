"""Every address of the operators' pages, asked by everybody: for all but operators it names nothing.

A page that nobody put into the table below fails the walk.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import User
from tests.server.access.rules import ACTORS, KEYS
from tests.server.access.world import SECRET, World
from tests.server.conftest import prove, signed_in

pytestmark = pytest.mark.django_db

MODELS = {
    "accounts/user",
    "accounts/organisation",
    "accounts/membership",
    "accounts/auditevent",
    "usersessions/usersession",
    "jobs/failedjob",
    "django_tasks_database/dbtaskresult",
}
PAGES = {"", "jsi18n/", "static/<path:path>"} | {
    f"{model}/{page}" for model in MODELS for page in ("", "<path:object_id>/change/")
}
LONG_AGO = 601


def pages(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        name = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from pages(each, name)
        else:
            assert isinstance(each, URLPattern)
            yield name


def of_operators() -> URLResolver:
    (found,) = [each for each in get_resolver().url_patterns if str(each.pattern) == "admin/"]
    assert isinstance(found, URLResolver)
    return found


def addresses() -> list[str]:
    user = User.objects.get(email="bob@example.org")
    named = [name.replace("<path:object_id>", str(user.pk)) for name in PAGES]
    return [f"/admin/{name.replace('<path:path>', 'admin/css/base.css')}" for name in sorted([*named, "accounts/"])]


def without_nonce(answer: Any) -> tuple[int, str, str]:
    text = re.sub(r'nonce="[^"]+"', "", answer.content.decode())
    return answer.status_code, answer.headers["Content-Type"], text


def make_operator(member: Member, *, proof: str = "mfa", ago_s: float = 0, has_factor: bool = True) -> Client:
    User.objects.filter(pk=member.user.pk).update(is_staff=True)
    if has_factor:
        Authenticator.objects.create(user=member.user, type="totp", data={"secret": "x"})
    browser = signed_in(member.user)
    prove(browser, member.user, proof, ago_s)
    return browser


def test_no_page_is_forgotten() -> None:
    found = {name for name in pages(of_operators()) if not name.startswith("^")}
    assert found == PAGES


def test_for_everybody_else_there_is_nothing(world: World, tried: Counter[str]) -> None:
    wrong = []
    for actor in (*ACTORS, *KEYS):
        for path in addresses():
            for method in ("GET", "POST"):
                with world.undone(actor) as browser:
                    browser.handler.enforce_csrf_checks = False
                    answers = [browser.generic(method, each) for each in (path, "/nothing-at-all/")]
                tried["an operators' page"] += 1
                if without_nonce(answers[0]) != without_nonce(answers[1]):
                    wrong.append(f"{method} {path} as {actor}: {answers[0].status_code}")
    assert not wrong, "\n".join(wrong)


def test_operators_see_what_the_server_holds(alice: Member, bob: Member, tried: Counter[str]) -> None:
    browser = make_operator(alice)
    for path in addresses():
        tried["an operators' page"] += 1
        status = browser.get(path).status_code
        # No session and no job has bob's number, and Django's pages say that on the list.
        assert status in ((200, 302) if "/change/" in path else (200,)), path


@pytest.mark.parametrize(
    "state",
    [{"has_factor": False, "proof": "password"}, {"ago_s": LONG_AGO}, {"proof": "password"}],
    ids=["without a second factor", "proven long ago", "by password alone"],
)
def test_staff_who_have_yet_to_prove_themselves_are_sent_to_do_so(
    alice: Member, bob: Member, state: dict[str, Any], tried: Counter[str]
) -> None:
    browser = make_operator(alice, **state)
    for path in addresses():
        for method in ("GET", "POST"):
            tried["an operators' page"] += 1
            answer = browser.generic(method, f"{path}?q=x")
            assert (answer.status_code, answer.headers["Location"]) == (
                302,
                f"/operator-entry?next={quote(path + '?q=x', safe='')}",
            )


def test_who_is_operator_no_more_finds_nothing(alice: Member, bob: Member) -> None:
    browser = make_operator(alice)
    assert browser.get("/admin/").headers["Content-Security-Policy"].startswith("default-src 'self'; img-src")
    User.objects.filter(pk=alice.user.pk).update(is_staff=False)
    assert without_nonce(browser.get("/admin/")) == without_nonce(browser.get("/nothing-at-all/"))


def test_what_belongs_to_interviews_is_on_none_of_the_pages(world: World, alice: Member) -> None:
    browser = make_operator(alice)
    for path in addresses():
        # The log names what it tells of, and the failed job of the world bears the secret as its title.
        if "failedjob" not in path and "auditevent" not in path:
            assert SECRET not in browser.get(path).content.decode(), path
