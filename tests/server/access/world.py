"""What the walk walks through: an interview with all that can belong to one, and a browser for each actor."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.guarding import Scope
from interview_stream.server.accounts.models import Domain, MemberInvitation, Membership, Role, User
from interview_stream.server.api_keys.models import ApiKey
from interview_stream.server.calls.actions import enter_room
from interview_stream.server.calls.models import Ask, Hand, Knock
from interview_stream.server.evaluations.models import Comment, Note, Scorecard
from interview_stream.server.files.models import StoredFile
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.links import link_token, observer_url
from interview_stream.server.interviews.models import Attachment, Interview, Invitation, Observer
from interview_stream.server.interviews.schemas import InterviewIn
from interview_stream.server.jobs.models import FailedJob
from interview_stream.server.kits.actions import create_kit
from interview_stream.server.kits.schemas import KitIn
from interview_stream.server.recordings.models import RecordedTrack, Recording
from tests.server.access.rules import KEYS, KIT
from tests.server.conftest import join, let_in, signed_in
from tests.server.connections.told import connect
from tests.server.stand_in_engine import StandInEngine

SECRET = "Back end, second round"
"""Stands in all that belongs to the interview, and must reach nobody outside."""


@dataclass(frozen=True, kw_only=True)
class World:
    ids: dict[str, str]
    """Of each thing that an address or a body can name."""
    browsers: dict[str, Client]
    """Of each actor."""
    links: dict[str, str]
    """The personal link's token of each actor that has one."""

    @contextmanager
    def undone(self, actor: str) -> Iterator[Client]:
        """The actor's browser for one request, after which nothing has happened."""
        browser = self.browsers[actor]
        cookies = deepcopy(browser.cookies)
        before = transaction.savepoint()
        try:
            yield browser
        finally:
            transaction.savepoint_rollback(before)
            browser.cookies = cookies
            caches["process"].clear()


def build_world(alice: Member, bob: Member, charlie: Member, interview: Interview, media: StandInEngine) -> World:
    other = create_interview(alice, wanted=InterviewIn(title="Other", candidate_name="Erin"))
    for each in (interview, other):
        let_in(each)
    media.join(interview.id, "alice")
    links = _links(alice, charlie, interview, other)
    members = {
        "owner": alice,
        "admin": join(alice.organisation, "adam", Role.ADMIN),
        "interviewer": bob,
        "ex_member": join(alice.organisation, "emma", Role.ADMIN),
        "stranger": charlie,
        "strange_admin": join(charlie.organisation, "chris", Role.ADMIN),
        "strange_interviewer": join(charlie.organisation, "cleo", Role.INTERVIEWER),
    }
    # Other owners, so that these may leave.
    join(charlie.organisation, "conrad", Role.OWNER)
    olivia = join(alice.organisation, "olivia", Role.OWNER)
    browsers = {"nobody": Client()}
    browsers |= {name: signed_in(member.user) for name, member in members.items()}
    browsers |= {name: Client(headers={"Authorization": f"Guest {token}"}) for name, token in links.items()}
    ids = {"api_key": _keys(members, browsers)}
    Membership.objects.get(user=members["ex_member"].user).delete()
    ids |= _of_interview(alice, bob, interview) | _of_organisation(alice, olivia)
    return World(ids=ids, browsers=browsers, links=links)


def _keys(members: dict[str, Member], browsers: dict[str, Client]) -> str:
    """Give each key a browser; the id of the owner's."""
    makers = {"write_key": "owner", "read_key": "interviewer", "orphaned_key": "ex_member"}
    ids = {}
    for name in KEYS:
        maker = browsers[makers.get(name, "owner")]
        scopes = [scope for scope in Scope if scope.endswith(":read" if name == "read_key" else ":write")]
        wanted = {"name": SECRET, "scopes": scopes, "expires_in_days": 1}
        made = maker.post("/api/api-keys", wanted, content_type="application/json").json()
        browsers[name] = Client(headers={"Authorization": f"Bearer {made['token']}"}, enforce_csrf_checks=True)
        ids[name] = made["key"]["id"]
    ApiKey.objects.filter(pk=ids["expired_key"]).update(expires_at=timezone.now())
    assert browsers["owner"].delete(f"/api/api-keys/{ids['revoked_key']}").status_code == 200
    return str(ids["write_key"])


def _links(alice: Member, charlie: Member, interview: Interview, other: Interview) -> dict[str, str]:
    renewed = link_token(interview.invitation)
    interview.invitation.link_version += 1
    interview.invitation.save()
    watching, removed = (Observer.objects.create(interview=interview, name=name) for name in ("Olga", "Rolf"))
    removed.removed_at = timezone.now()
    removed.save()
    over = create_interview(alice, wanted=InterviewIn(title=SECRET, candidate_name="Ella"))
    Invitation.objects.filter(interview=over).update(link_expires_at=timezone.now())
    strange = create_interview(charlie, wanted=InterviewIn(title="Elsewhere", candidate_name="Stan"))
    let_in(strange)
    return {
        "candidate": link_token(interview.invitation),
        "observer": observer_url(watching).rsplit("/", 1)[1],
        "other": link_token(other.invitation),
        "strange_candidate": link_token(strange.invitation),
        "renewed": renewed,
        "removed_observer": observer_url(removed).rsplit("/", 1)[1],
        "expired": link_token(over.invitation),
    }


def _of_interview(alice: Member, bob: Member, interview: Interview) -> dict[str, str]:
    call = enter_room(interview, room_sid="RM_0", at=timezone.now())
    connect(call, SECRET)
    recording = Recording.objects.create(interview=interview, state="ready", stopped_at=timezone.now())
    track = RecordedTrack.objects.create(
        recording=recording, state="ready", file="a.webm", mime="video/webm", capture="a", segment=1,
        kind="video", source="camera", participant_role="candidate", participant_name="Dana",
    )  # fmt: skip
    recording.folder.mkdir(parents=True)
    track.file_path.write_bytes(SECRET.encode())
    Scorecard.objects.create(interview=interview, author=bob.user, overall=3, summary=SECRET)
    kit = create_kit(alice, wanted=KitIn.model_validate(KIT | {"name": SECRET}))
    Interview.objects.filter(id=interview.id).update(kit_version=kit.newest_version())
    file = StoredFile.objects.create(
        organisation=alice.organisation, purpose="attachment", name=SECRET, size_bytes=1, mime="text/plain"
    )
    return {
        "interview": str(interview.id),
        "candidate": str(interview.invitation.candidate_id),
        "kit": str(kit.id),
        "recording": str(recording.id),
        "track": str(track.id),
        "hand": str(Hand.objects.create(call=call, identity="alice", name=SECRET).pk),
        "ask": str(Ask.objects.create(call=call, identity="alice", kind="camera", asked_by=alice.user).pk),
        "knock": str(Knock.objects.get(interview=interview).pk),
        "note": str(Note.objects.create(interview=interview, author=bob.user, text=SECRET).id),
        "comment": str(Comment.objects.create(interview=interview, author=bob.user, stars=3, text=SECRET).id),
        "attachment": str(Attachment.objects.create(interview=interview, file=file, name=SECRET).id),
        "observer": str(Observer.objects.get(interview=interview, removed_at=None).id),
    }


def _of_organisation(alice: Member, olivia: Member) -> dict[str, str]:
    organisation = alice.organisation
    member_invitation = MemberInvitation.objects.create(
        organisation=organisation,
        email="nora@example.org",
        role="admin",
        expires_at=timezone.now() + timedelta(days=1),
    )
    # Of alice's other browser.
    session = UserSession.objects.create(
        user=alice.user, ip="192.0.2.1", user_agent="", session_key=signed_in(alice.user).session.session_key
    )
    failed_job = FailedJob.objects.create(
        organisation=organisation,
        title=SECRET,
        task_path="interview_stream.server.jobs.tasks.forget_done_jobs",
        arguments={"args": [], "kwargs": {}},
        tries=3,
        failed_at=timezone.now(),
    )
    picture = StoredFile.objects.create(purpose="picture", name="me", size_bytes=1, mime="image/webp")
    default_storage.save(picture.key, ContentFile(SECRET))
    User.objects.filter(pk=olivia.user.pk).update(picture_id=picture.pk)
    return {
        "organisation": str(organisation.id),
        "membership": str(Membership.objects.get(user=olivia.user).pk),
        "member_invitation": str(member_invitation.id),
        "session": str(session.pk),
        "failed_job": str(failed_job.id),
        "picture": str(picture.pk),
        "domain": str(Domain.objects.create(organisation=organisation, name="acme.example", token=SECRET).pk),
    }
