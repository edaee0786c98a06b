"""The calendar to subscribe to: one's own interviews, at an address that ends when it is renewed."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import vobject
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)


def plan(client: Client, title: str, *holders: Member) -> dict[str, Any]:
    wanted = {"title": title, "scheduled_for": "2031-03-30T09:00:00Z", "candidate_name": "Dana"}
    ids = [holder.user.pk for holder in holders]
    answer = client.post("/api/interviews", wanted | {"interviewer_ids": ids}, content_type="application/json")
    found: dict[str, Any] = answer.json()
    return found


def address(client: Client) -> str:
    url: str = client.get("/api/calendar-feed").json()["url"]
    return urlsplit(url).path


def titles(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = vobject.readOne(answer.content.decode())
    return [event.summary.value for event in calendar.contents.get("vevent", [])]


def test_it_has_what_one_holds_or_watches_and_takes_place(
    as_alice: Client, as_bob: Client, as_nobody: Client, alice: Member, bob: Member
) -> None:
    plan(as_alice, "Alice's", alice)
    watched = plan(as_alice, "Watched", alice)
    held = plan(as_alice, "Bob's", bob)
    off = plan(as_alice, "Off", bob)
    as_alice.post(f"/api/interviews/{off['id']}/cancel", {}, content_type="application/json")
    body = {"user_id": bob.user.pk}
    as_alice.post(f"/api/interviews/{watched['id']}/observers", body, content_type="application/json")

    assert sorted(titles(as_nobody, address(as_bob))) == ["Bob's", "Watched"]
    answer = as_nobody.get(address(as_bob)).content.decode()
    assert held["candidate"]["link_url"] not in answer, "the candidate's link is not for calendars"
    assert f"UID:{held['id']}@localhost" in answer.replace("\r\n ", "")


def test_a_renewed_address_ends_the_old_one(as_alice: Client, as_nobody: Client) -> None:
    old = address(as_alice)
    feed = as_alice.post("/api/calendar-feed/renew").json()
    assert feed["webcal_url"].startswith("webcal://")
    assert urlsplit(feed["url"]).path == address(as_alice) != old
    assert as_nobody.get(old).status_code == 404
    assert titles(as_nobody, address(as_alice)) == []
    assert as_nobody.get(address(as_alice).replace(".ics", "x.ics")).status_code == 404
    assert as_nobody.get("/calendar/nothing").status_code == 404


def test_who_has_left_has_no_calendar(as_bob: Client, as_nobody: Client, bob: Member) -> None:
    path = address(as_bob)
    Membership.objects.filter(user=bob.user).delete()
    assert as_nobody.get(path).status_code == 404
