"""New devices are told of by e-mail, places come from a local file, and a session may end with the browser."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import netaddr
import pytest
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult
from mmdb_writer import MMDBWriter

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import KnownDevice
from interview_stream.server.accounts.places import place_of
from interview_stream.server.accounts.tasks import send_security_notice
from tests.server.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LISBON = {"city": {"names": {"en": "Lisbon"}}, "country": {"names": {"en": "Portugal"}}}


@pytest.fixture
def places(settings: Any, tmp_path: Path) -> None:
    """A tiny database in the real format."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-City")
    writer.insert_network(netaddr.IPSet(["198.51.100.0/24"]), LISBON)
    writer.insert_network(netaddr.IPSet(["203.0.113.0/24"]), {"country": {"names": {"en": "Norway"}}})
    writer.to_db_file(str(tmp_path / "city.mmdb"))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, geoip_file=tmp_path / "city.mmdb")


def sign_in(address: str, agent: str = FIREFOX, **more: object) -> Client:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    body = {"email": "alice@example.org", "password": PASSWORD, **more}
    assert client.post("/_allauth/browser/v1/auth/login", body, content_type="application/json").status_code == 200
    return client


def told() -> list[str]:
    """The texts of the notices that wait; each is sent now."""
    mail.outbox.clear()
    for job in DBTaskResult.objects.filter(task_path__endswith="send_security_notice").order_by("enqueued_at"):
        send_security_notice.call(*job.args_kwargs["args"])
        job.delete()
    return [str(sent.body) for sent in mail.outbox]


def test_a_new_browser_or_address_is_told_once(alice: Member, places: None) -> None:
    alice.user.time_zone, alice.user.language = "Europe/Lisbon", "en-CA"
    alice.user.save()
    sign_in("198.51.100.7")
    assert told() == []  # The first of an account tells nothing new.
    sign_in("198.51.100.7")
    assert told() == []
    sign_in("198.51.100.8")
    (text,) = told()
    assert text.startswith("Your account was used from a new device.")
    assert "Device: Firefox on Linux, address 198.51.100.8 (Lisbon, Portugal)" in text
    assert re.search(r"When: [A-Z][a-z]+ \d+, 20\d\d, \d+:\d\d [ap]\.m\. Europe/Lisbon\n", text)
    assert "choose a new password at\nonce" in text
    sign_in("198.51.100.8", agent="curl/8")
    assert len(told()) == 1
    assert KnownDevice.objects.count() == 3


def test_what_is_about_the_safety_of_the_account_cannot_be_switched_off(alice: Member) -> None:
    sign_in("198.51.100.7")
    none = {"interviews": False, "reminders": False, "scorecards": False}
    browser = sign_in("198.51.100.7")
    assert browser.put("/api/me/mails", none, content_type="application/json").status_code == 200
    sign_in("198.51.100.8")
    assert len(told()) == 1


def test_an_address_that_only_changed_its_second_half_is_the_same(alice: Member) -> None:
    sign_in("2001:db8::1")
    sign_in("2001:db8::2")
    assert told() == []
    sign_in("2001:db8:1::1")
    assert len(told()) == 1


def test_places_are_said_as_far_as_they_are_known(places: None) -> None:
    assert [place_of(each) for each in ("198.51.100.7", "203.0.113.7", "192.0.2.1", "nonsense")] == [
        "Lisbon, Portugal",
        "Norway",
        "",
        "",
    ]


def test_the_list_of_sessions_says_where(alice: Member, places: None) -> None:
    client = sign_in("198.51.100.7")
    assert [each["place"] for each in client.get("/api/sessions").json()] == ["Lisbon, Portugal"]


def test_a_broken_file_keeps_nobody_out(alice: Member, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"no database")
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, geoip_file=tmp_path / "broken.mmdb")
    client = sign_in("198.51.100.7")
    assert [each["place"] for each in client.get("/api/sessions").json()] == [""]


def cookie(client: Client) -> Any:
    (session,) = [morsel for name, morsel in client.cookies.items() if name.startswith("is_session")]
    return session


def test_who_is_not_remembered_has_a_cookie_that_goes_with_the_browser(alice: Member) -> None:
    assert cookie(sign_in("192.0.2.1"))["max-age"] != ""
    forgetful = sign_in("192.0.2.1", remember=False)
    assert cookie(forgetful)["max-age"] == ""
    assert cookie(forgetful)["expires"] == ""
    assert forgetful.get("/api/me").json()["user"]["name"] == "Alice"
