"""The server's tests: one database file, and the cast.

alice owns an organisation, bob is an interviewer in it, charlie is a stranger from another one. dana is a
candidate with only a link.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import django
import pytest

django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from interview_stream.server.accounts import actions, audit_triggers  # noqa: E402
from interview_stream.server.accounts.actor import Member  # noqa: E402
from interview_stream.server.accounts.models import Organisation, Role, User  # noqa: E402
from interview_stream.server.calls.models import Consent, Knock  # noqa: E402
from interview_stream.server.calls.schemas import KnockState, RecordingScope  # noqa: E402
from interview_stream.server.interviews.actions import create_interview  # noqa: E402
from interview_stream.server.interviews.links import link_token  # noqa: E402
from interview_stream.server.interviews.models import Interview  # noqa: E402
from interview_stream.server.interviews.schemas import InterviewIn  # noqa: E402
from interview_stream.server.jobs.worker import JobWorker  # noqa: E402
from tests.server.stand_in_engine import StandInEngine, listening  # noqa: E402

PASSWORD = "correct horse battery staple"
# Argon2 is made to be slow; one test checks that the product uses it.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A file instead of memory, so that threads see one database, in WAL mode as in the product."""
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = str(settings.ENVIRONMENT.data / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Emptying the tables between tests is the one thing that may take the audit log along."""
    operations = connection.ops
    empty = operations.sql_flush

    def sql_flush(*args: Any, **options: Any) -> list[str]:
        vendor = connection.vendor
        return [audit_triggers.LET_GO[vendor], *empty(*args, **options), *audit_triggers.KEEP_AGAIN[vendor]]

    operations.sql_flush = sql_flush  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """One test's attempts are not another's. Those in the database go with its other rows."""
    yield
    caches["process"].clear()


def join(organisation: Organisation, name: str, role: Role) -> Member:
    user = actions.create_member(
        organisation, role=role, name=name.capitalize(), email=f"{name}@example.org", password=PASSWORD
    )
    return Member(user=user, organisation=organisation, role=role)


def signed_in(user: User) -> Client:
    """A browser in which the person has just typed their password."""
    client = Client()
    client.force_login(user)
    prove(client, user)
    return client


def prove(client: Client, user: User, method: str = "password", ago_s: float = 0) -> None:
    """Let the session remember one proof of who is there, and no other."""
    session = client.session
    at = timezone.now().timestamp() - ago_s
    session["account_authentication_methods"] = [{"method": method, "at": at}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.fixture
def acme(db: None) -> Organisation:
    return Organisation.objects.create(name="Acme")


@pytest.fixture
def alice(acme: Organisation) -> Member:
    return join(acme, "alice", Role.OWNER)


@pytest.fixture
def bob(acme: Organisation) -> Member:
    return join(acme, "bob", Role.INTERVIEWER)


@pytest.fixture
def charlie(db: None) -> Member:
    return join(Organisation.objects.create(name="Elsewhere"), "charlie", Role.OWNER)


@pytest.fixture
def as_alice(alice: Member) -> Client:
    return signed_in(alice.user)


@pytest.fixture
def as_bob(bob: Member) -> Client:
    return signed_in(bob.user)


@pytest.fixture
def as_charlie(charlie: Member) -> Client:
    return signed_in(charlie.user)


@pytest.fixture
def as_nobody(db: None) -> Client:
    return Client()


@pytest.fixture
def interview(alice: Member) -> Interview:
    """alice's, with dana as its candidate."""
    wanted = InterviewIn(title="Back end, second round", candidate_name="Dana", candidate_email="dana@example.org")
    return create_interview(alice, wanted=wanted)


def with_link(interview: Interview) -> Client:
    """A browser without an account that opened the interview's personal link."""
    return Client(headers={"Authorization": f"Guest {link_token(interview.invitation)}"})


def let_in(interview: Interview, scope: RecordingScope = RecordingScope.ALL) -> None:
    """The candidate has chosen what may be recorded, and an interviewer has let them in."""
    invitation = interview.invitation
    Consent.objects.create(interview=interview, invitation=invitation, scope=scope, wording="May we?")
    Knock.objects.create(interview=interview, invitation=invitation, state=KnockState.ADMITTED)


@pytest.fixture
def as_dana(interview: Interview) -> Client:
    return with_link(interview)


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Iterator[StandInEngine]:
    """A media engine that does what the test says; files go below a folder of this test."""
    stand_in = StandInEngine()
    with listening(stand_in) as port:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, sfu_port=port, data=tmp_path)
        yield stand_in


@pytest.fixture
def lose_media(settings: Any) -> Callable[[], None]:
    """From now on nothing listens where the media engine should."""

    def lose() -> None:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, sfu_port=9)

    return lose


@pytest.fixture
def no_media(lose_media: Callable[[], None]) -> None:
    lose_media()


def run_worker() -> None:
    """The worker's own loop, until nothing waits."""
    JobWorker("test", until_idle=True).run()
