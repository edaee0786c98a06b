"""Every address beside the API's operations: allauth's, the pages, and those that somebody was given to open once.

A URL pattern that has no row here fails the walk.
"""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Membership
from interview_stream.server.files.models import StoredFile
from interview_stream.server.lib.problems import not_found
from tests.server.access.rules import ACTORS, KEYS
from tests.server.access.world import SECRET, World
from tests.server.files import sending

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED_IN = {name for name in ACTORS if name in ("owner", "admin", "interviewer", "ex_member") or "strange" in name} - {
    "strange_candidate"
}
"""Who has an account and a session; a personal link is neither."""

WALKED_ELSEWHERE = {"api/", "admin/"}
"""By test_operations.py and test_operators.py."""

# By URL pattern: method, status without an account, status with one.
_AUTH, _ACCOUNT = "_allauth/browser/v1/auth/", "_allauth/browser/v1/account/"
PATTERNS: dict[str, list[tuple[str, int, int]]] = {
    "healthz": [("GET", 503, 503)],
    "metrics": [("GET", 404, 404)],
    "csp-report": [("POST", 204, 204)],
    f"{_AUTH}login": [("POST", 400, 400)],
    f"{_AUTH}session": [("GET", 401, 200), ("DELETE", 401, 401)],
    f"{_AUTH}code/request": [("POST", 400, 400)],
    f"{_AUTH}code/confirm": [("POST", 409, 409)],
    f"{_AUTH}password/request": [("POST", 400, 400)],
    f"{_AUTH}password/reset": [("GET", 409, 409), ("POST", 409, 409)],
    f"{_AUTH}reauthenticate": [("POST", 401, 400)],
    f"{_AUTH}2fa/authenticate": [("POST", 401, 401)],
    f"{_AUTH}2fa/reauthenticate": [("POST", 401, 400)],
    f"{_AUTH}webauthn/authenticate": [("GET", 401, 401), ("POST", 401, 401)],
    f"{_AUTH}webauthn/login": [("GET", 200, 200), ("POST", 400, 400)],
    f"{_AUTH}webauthn/reauthenticate": [("GET", 401, 200), ("POST", 401, 400)],
    f"{_ACCOUNT}password/change": [("POST", 401, 400)],
    f"{_ACCOUNT}authenticators/totp": [("GET", 401, 404), ("POST", 401, 400), ("DELETE", 401, 200)],
    f"{_ACCOUNT}authenticators/recovery-codes": [("GET", 401, 404), ("POST", 401, 400)],
    f"{_ACCOUNT}authenticators/webauthn": [
        ("GET", 401, 200), ("POST", 401, 400), ("PUT", 401, 400), ("DELETE", 401, 400),
    ],
    "admin": [("GET", 200, 200), ("POST", 405, 405)],
    "calendar/<str:token>.ics": [("GET", 404, 404), ("POST", 405, 405)],
    "webhooks/livekit": [("GET", 405, 405), ("POST", 401, 401)],
    "": [("GET", 200, 200), ("POST", 405, 405)],
}  # fmt: skip


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every pattern but those that refuse, and those of what has a walk of its own."""
    for each in resolver.url_patterns:
        name = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from () if name in WALKED_ELSEWHERE else patterns(each, name)
        elif isinstance(each, URLPattern) and each.callback is not not_found:
            yield name


def open_patterns() -> set[str]:
    """Without those that a refusing pattern stands before."""
    names = set(patterns(get_resolver()))
    return {name for name in names if "<" in name or resolve(f"/{name}").func is not not_found}


def test_no_address_is_forgotten() -> None:
    assert open_patterns() == set(PATTERNS)
    shut = set(patterns(get_resolver())) - open_patterns()
    assert shut, "allauth has more than our pages use"
    for name in shut:
        assert Client().post(f"/{name}").status_code == 404, name


@pytest.mark.django_db(transaction=False)
def test_addresses(world: World, tried: Counter[str]) -> None:
    wrong = []
    for actor in (*ACTORS, *KEYS):
        for name, rows in PATTERNS.items():
            for method, without, with_account in rows:
                path, body = f"/{name.replace('<str:token>', 'unused')}", "" if method == "GET" else "{}"
                with world.undone(actor) as browser:
                    browser.handler.enforce_csrf_checks = False
                    answer = browser.generic(method, path, body, content_type="application/json")
                tried["an address"] += 1
                wanted = with_account if actor in SIGNED_IN else without
                if answer.status_code != wanted:
                    wrong.append(f"{method} {name} as {actor}: {answer.status_code} instead of {wanted}")
    assert not wrong, "\n".join(wrong)


def test_another_site_cannot_act_at_an_address(bob: Member, tried: Counter[str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob.user)
    for name, rows in PATTERNS.items():
        for method, *_ in rows:
            if method != "GET" and name.startswith("_allauth"):
                tried["another site's form"] += 1
                answer = client.generic(method, f"/{name}", "{}", content_type="application/json")
                assert (answer.status_code, json.loads(answer.content)["type"]) == (403, "/problems/csrf"), name


def test_what_was_given_to_one_person_holds_as_long_as_their_right(world: World, tried: Counter[str]) -> None:
    """A file's and a calendar's address are opened by programs that have no session: they name whose right counts."""
    file = StoredFile.objects.get(name=SECRET)
    default_storage.save(file.key, ContentFile(SECRET))
    bobs = world.browsers["interviewer"]
    address = bobs.post(f"/api/attachments/{world.ids['attachment']}/address").json()["url"]
    calendar = bobs.get("/api/calendar-feed").json()["url"].partition("/calendar/")[2]
    given = [address, f"/calendar/{calendar}"]
    forged = [each.replace(each[-12:-6], "AAAAAA") for each in given]
    for actor in ACTORS:
        for path in given:
            assert status_of(world, actor, path) == 200, (actor, path)
        for path in forged:
            assert status_of(world, actor, path) == 404, (actor, path)
        tried["an address given to one person"] += 4
    Membership.objects.filter(user__email="bob@example.org").delete()
    for actor in ACTORS:
        for path in given:
            assert status_of(world, actor, path) == 404, (actor, path)
        tried["an address given to one person"] += 2


def status_of(world: World, actor: str, path: str) -> int:
    answer = world.browsers[actor].get(path)
    answer.close()
    return answer.status_code


def test_an_upload_goes_on_only_where_it_was_begun(world: World, tried: Counter[str]) -> None:
    for purpose in ("attachment", "resume"):
        for actor in ACTORS:
            place = {"purpose": purpose, "subject": world.ids["interview"], "filename": "cv.txt"}
            status = sending.begin(world.browsers[actor], 5, place).status_code
            tried["an upload"] += 1
            assert (status == 201) == (actor in ("owner", "admin", "interviewer")), (actor, purpose, status)
    place = {"purpose": "attachment", "subject": world.ids["interview"], "filename": "cv.txt"}
    path = sending.begin(world.browsers["interviewer"], 5, place)["Location"]
    forged = path[:-3] + "AAA"
    for method in ("HEAD", "PATCH", "DELETE"):
        assert sending.ask(method, forged)[0] == 404
        tried["an upload"] += 1
    Membership.objects.filter(user__email="bob@example.org").delete()
    status, headers = sending.patch(path, 0, b"Hello")
    assert (status, "no member" in headers["body"]) == (403, True)
