"""Every operation and every live query, asked by those it is not for.

The two tables name each one and say what its callers get; an operation or live query that nobody put into them fails
the test, so that its author has to say who may use it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member, Nobody
from interview_stream.server.accounts.models import MemberInvitation, Membership, Organisation, OwnerLink, Role
from interview_stream.server.api import api
from interview_stream.server.calls.consents import question_for
from interview_stream.server.calls.models import Ask, Call, Hand, Knock
from interview_stream.server.evaluations.models import Comment, Note, Scorecard
from interview_stream.server.files.models import StoredFile
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.links import link_token, observer_url, resolve_guest
from interview_stream.server.interviews.models import Attachment, Interview, Observer
from interview_stream.server.interviews.schemas import InterviewIn
from interview_stream.server.jobs.models import FailedJob
from interview_stream.server.kits.actions import create_kit
from interview_stream.server.kits.schemas import KitIn
from interview_stream.server.lib.problems import Problem
from interview_stream.server.live.registry import query_named, query_names
from interview_stream.server.recordings.models import RecordedTrack, Recording
from tests.server.conftest import join, let_in, signed_in, with_link
from tests.server.stand_in_engine import StandInEngine

pytestmark = pytest.mark.django_db

STRANGERS = ("stranger", "strange_admin", "strange_interviewer")
"""Another organisation's owner, admin and interviewer."""
ACTORS = ("nobody", *STRANGERS, "candidate", "observer", "other", "member")
"""No session; the strangers; the candidate; a guest who watches; another interview's candidate; an interviewer."""

DAY = timedelta(days=1)
SECRET = "Back end, second round"


@dataclass(frozen=True, kw_only=True)
class Statuses:
    nobody: int = 401
    stranger: int = 404
    strange_admin: int | None = None
    strange_interviewer: int | None = None
    """Where the role counts before the organisation does."""
    candidate: int = 401
    observer: int | None = None
    """None means: as the candidate."""
    other: int = 401
    member: int = 200

    def of(self, caller: str) -> int:
        if caller == "strange_interviewer" and self.strange_interviewer is not None:
            return self.strange_interviewer
        if caller == "observer" and self.observer is None:
            return self.candidate
        if caller == "strange_admin" and self.strange_admin is not None:
            return self.strange_admin
        status: int = getattr(self, "stranger" if caller in STRANGERS else caller)
        return status


OF_MEMBERS = Statuses()
LISTS_ONES_OWN = Statuses(stranger=200)
OF_GUESTS = Statuses(stranger=403, candidate=200, other=200, member=403)
OF_CANDIDATES = Statuses(stranger=403, candidate=200, observer=403, other=200, member=403)
PUBLIC = Statuses(nobody=200, stranger=200, candidate=200, other=200)
OF_LINK_HOLDERS = Statuses(nobody=404, candidate=404, other=404, member=404)
OF_ADMINS = Statuses(strange_interviewer=403, member=403)
OF_HOSTS = Statuses(member=204)
IN_CALL = Statuses(candidate=204, observer=403, other=404, member=204)
ALICES_MICROPHONE = {"identity": "alice", "kind": "microphone"}
QUESTION = question_for(Interview(organisation=Organisation(name="Acme")))
CHANGE = {"title": "Another title"}
SKILL = {"name": "Care", "anchors": ["None", "Little", "Some", "Much"]}
KIT = {"name": "Evil kit", "skills": [SKILL]}

LINK = {"name": "Work", "url": "https://example.org"}

OPERATIONS: dict[str, tuple[str, str, Any, Statuses]] = {
    "get_me": ("GET", "/me", None, PUBLIC),
    "get_owner_link": ("GET", "/owner-links/unused", None, OF_LINK_HOLDERS),
    "use_owner_link": (
        "POST",
        "/owner-links/unused",
        {"name": "Eve", "email": "eve@example.org", "password": "correct horse battery", "organisation": "Evil"},
        OF_LINK_HOLDERS,
    ),
    "list_sign_in_providers": ("GET", "/sign-in-providers", None, PUBLIC),
    "start_sign_in": ("POST", "/sign-in-providers/unknown/start", {}, OF_LINK_HOLDERS),
    "change_profile": ("PATCH", "/me", {"name": "Eve", "time_zone": ""}, Statuses(stranger=200)),
    "list_sessions": ("GET", "/sessions", None, LISTS_ONES_OWN),
    "revoke_session": ("DELETE", "/sessions/{session}", None, Statuses(member=404)),
    "revoke_other_sessions": ("POST", "/sessions/revoke-others", None, LISTS_ONES_OWN),
    "send_confirmation_code": ("POST", "/me/confirmation-code", None, Statuses(stranger=409, member=409)),
    "confirm_by_code": ("POST", "/me/confirmation", {"code": "WRONG"}, Statuses(stranger=409, member=409)),
    "get_factors": ("GET", "/me/factors", None, LISTS_ONES_OWN),
    "draft_totp": ("POST", "/me/totp-draft", None, LISTS_ONES_OWN),
    "switch_organisation": ("PUT", "/me/organisation", {"organisation_id": "{organisation}"}, OF_MEMBERS),
    "change_organisation": (
        "PATCH",
        "/organisation",
        {"name": "Evil"},
        Statuses(stranger=200, strange_interviewer=403, member=403),
    ),
    "transfer_ownership": (
        "POST",
        "/organisation/transfer",
        {"membership_id": "{membership}"},
        Statuses(strange_admin=403, strange_interviewer=403, member=403),
    ),
    "delete_organisation": (
        "POST",
        "/organisation/delete",
        {"name": "Acme"},
        Statuses(stranger=422, strange_admin=403, strange_interviewer=403, member=403),
    ),
    "keep_organisation": (
        "POST",
        "/organisation/keep",
        None,
        Statuses(stranger=200, strange_admin=403, strange_interviewer=403, member=403),
    ),
    "leave_organisation": ("POST", "/organisation/leave", None, Statuses(stranger=200)),
    "list_audit_events": ("GET", "/audit-events", None, LISTS_ONES_OWN),
    "export_audit_events": (
        "GET",
        "/audit-events/export",
        None,
        Statuses(stranger=200, strange_interviewer=403, member=403),
    ),
    "list_failed_jobs": ("GET", "/failed-jobs", None, LISTS_ONES_OWN),
    "retry_failed_job": ("POST", "/failed-jobs/{failed_job}/retry", None, OF_ADMINS),
    "discard_failed_job": ("DELETE", "/failed-jobs/{failed_job}", None, OF_ADMINS),
    "begin_upload": ("POST", "/uploads", None, Statuses(stranger=400, candidate=400, other=400, member=400)),
    "download_file": ("GET", "/downloads/unused", None, OF_LINK_HOLDERS),
    "list_attachments": ("GET", "/interviews/{interview}/attachments", None, OF_MEMBERS),
    "add_link": ("POST", "/interviews/{interview}/links", LINK, Statuses(member=201)),
    "ask_for_resume": ("PUT", "/interviews/{interview}/resume-request", {"is_wanted": True}, OF_MEMBERS),
    "list_own_attachments": ("GET", "/guest/attachments", None, OF_CANDIDATES),
    "get_attachment_address": (
        "POST",
        "/attachments/{attachment}/address",
        None,
        Statuses(candidate=404, other=404),
    ),
    "remove_attachment": (
        "DELETE",
        "/attachments/{attachment}",
        None,
        Statuses(candidate=403, other=403, member=204),
    ),
    "list_members": ("GET", "/members", None, LISTS_ONES_OWN),
    "change_role": ("PATCH", "/members/{membership}", {"role": "interviewer"}, Statuses(member=403)),
    "remove_member": ("DELETE", "/members/{membership}", None, Statuses(member=403)),
    "list_member_invitations": ("GET", "/member-invitations", None, LISTS_ONES_OWN),
    "invite_members": (
        "POST",
        "/member-invitations",
        {"emails": ["eve@example.org"], "role": "admin"},
        Statuses(stranger=201, strange_interviewer=403, member=403),
    ),
    "resend_member_invitation": ("POST", "/member-invitations/{member_invitation}/resend", None, OF_ADMINS),
    "revoke_member_invitation": ("DELETE", "/member-invitations/{member_invitation}", None, OF_ADMINS),
    "get_invitation_link": ("GET", "/invitation-links/unused", None, OF_LINK_HOLDERS),
    "accept_invitation": (
        "POST",
        "/invitation-links/unused",
        {"name": "Eve", "password": "correct horse battery"},
        OF_LINK_HOLDERS,
    ),
    "list_skills": ("GET", "/skills", None, LISTS_ONES_OWN),
    "list_kits": ("GET", "/kits", None, LISTS_ONES_OWN),
    "create_kit": ("POST", "/kits", KIT, Statuses(stranger=201, member=201)),
    "get_kit": ("GET", "/kits/{kit}", None, OF_MEMBERS),
    "change_kit": ("PUT", "/kits/{kit}", KIT | {"based_on": 1}, OF_MEMBERS),
    "duplicate_kit": ("POST", "/kits/{kit}/duplicate", None, Statuses(member=201)),
    "archive_kit": ("PUT", "/kits/{kit}/archived", {"is_archived": True}, OF_MEMBERS),
    "get_interview_kit": ("GET", "/interviews/{interview}/kit", None, OF_MEMBERS),
    "list_interviews": ("GET", "/interviews", None, LISTS_ONES_OWN),
    "create_interview": ("POST", "/interviews", CHANGE, Statuses(stranger=201, member=201)),
    "get_interview": ("GET", "/interviews/{interview}", None, OF_MEMBERS),
    "change_interview": ("PATCH", "/interviews/{interview}", CHANGE, OF_MEMBERS),
    "end_interview": ("POST", "/interviews/{interview}/end", None, OF_MEMBERS),
    "reschedule_interview": (
        "POST",
        "/interviews/{interview}/reschedule",
        {"scheduled_for": "2031-01-01T09:00:00Z"},
        OF_MEMBERS,
    ),
    "cancel_interview": ("POST", "/interviews/{interview}/cancel", {}, OF_MEMBERS),
    "mark_no_show": ("POST", "/interviews/{interview}/no-show", {}, OF_MEMBERS),
    "list_activities": ("GET", "/interviews/{interview}/activities", None, OF_MEMBERS),
    "renew_candidate_link": ("POST", "/interviews/{interview}/candidate-link", None, OF_MEMBERS),
    "list_notes": ("GET", "/interviews/{interview}/notes", None, OF_MEMBERS),
    "write_note": ("POST", "/interviews/{interview}/notes", {"text": "A note"}, OF_MEMBERS),
    "change_note": ("PATCH", "/notes/{note}", {"text": "A note"}, Statuses(member=204)),
    "delete_note": ("DELETE", "/notes/{note}", None, Statuses(member=204)),
    "get_evaluation": ("GET", "/interviews/{interview}/evaluation", None, OF_MEMBERS),
    "save_scorecard": ("PUT", "/interviews/{interview}/scorecard", {"overall": 3}, OF_MEMBERS),
    "submit_scorecard": ("POST", "/interviews/{interview}/scorecard/submit", None, OF_MEMBERS),
    "write_comment": ("POST", "/interviews/{interview}/comments", {"stars": 3, "text": "So so"}, OF_MEMBERS),
    "delete_comment": ("DELETE", "/comments/{comment}", None, Statuses(member=204)),
    "decide": ("POST", "/interviews/{interview}/decision", {"outcome": "pass"}, Statuses(member=403)),
    "reopen": ("POST", "/interviews/{interview}/decision/reopen", {}, Statuses(member=403)),
    "get_guest_view": ("GET", "/guest", None, OF_GUESTS),
    "add_observer": ("POST", "/interviews/{interview}/observers", {"name": "Eve"}, OF_MEMBERS),
    "remove_observer": ("DELETE", "/interviews/{interview}/observers/{observer}", None, OF_MEMBERS),
    "get_calendar_feed": ("GET", "/calendar-feed", None, LISTS_ONES_OWN),
    "renew_calendar_feed": ("POST", "/calendar-feed/renew", None, LISTS_ONES_OWN),
    "list_interviewers": ("GET", "/interviewers", None, LISTS_ONES_OWN),
    "place_guest": ("PUT", "/guest/time-zone", {"time_zone": "Asia/Kolkata"}, OF_CANDIDATES),
    "name_guest": ("PUT", "/guest", {"name": "Dana"}, OF_GUESTS),
    "join_call": ("POST", "/interviews/{interview}/join", None, Statuses(candidate=200, other=404)),
    "get_recording_question": ("GET", "/guest/recording-question", None, OF_CANDIDATES),
    "choose_consent": ("POST", "/guest/consent", {"scope": "none", "question": QUESTION}, OF_CANDIDATES),
    "list_consents": ("GET", "/interviews/{interview}/consents", None, OF_MEMBERS),
    "get_seat": ("GET", "/guest/seat", None, OF_CANDIDATES),
    "knock": ("POST", "/guest/knock", None, OF_CANDIDATES),
    "stop_knocking": ("DELETE", "/guest/knock", None, OF_CANDIDATES),
    "list_waiting": ("GET", "/waiting", None, LISTS_ONES_OWN),
    "get_door": ("GET", "/interviews/{interview}/door", None, OF_MEMBERS),
    "lock_room": ("PUT", "/interviews/{interview}/lock", {"locked": True}, OF_MEMBERS),
    "answer_knock": ("POST", "/knocks/{knock}/answer", {"admit": True}, Statuses(member=204)),
    "get_floor": ("GET", "/interviews/{interview}/floor", None, Statuses(candidate=200, other=404)),
    "raise_hand": ("PUT", "/interviews/{interview}/hand", {"raised": True}, IN_CALL),
    "lower_hand": ("DELETE", "/interviews/{interview}/hands/{hand}", None, OF_HOSTS),
    "react": ("POST", "/interviews/{interview}/reactions", {"kind": "clap"}, IN_CALL),
    "begin_focus": ("POST", "/interviews/{interview}/focus", {"minutes": 5}, OF_HOSTS),
    "end_focus": ("DELETE", "/interviews/{interview}/focus", None, IN_CALL),
    "show_clock": ("PUT", "/interviews/{interview}/clock", {"shown": True}, OF_HOSTS),
    "mute_participant": ("POST", "/interviews/{interview}/mute", ALICES_MICROPHONE, OF_HOSTS),
    "remove_participant": ("POST", "/interviews/{interview}/remove", {"identity": "alice"}, Statuses(member=409)),
    "readmit_candidate": ("POST", "/interviews/{interview}/readmit", None, Statuses(member=409)),
    "ask_participant": ("POST", "/interviews/{interview}/asks", ALICES_MICROPHONE, OF_HOSTS),
    "answer_ask": ("POST", "/asks/{ask}/answer", {"accepted": True}, Statuses(candidate=404, other=404, member=404)),
    "list_messages": ("GET", "/interviews/{interview}/messages", None, Statuses(candidate=200, other=404)),
    "write_message": (
        "POST",
        "/interviews/{interview}/messages",
        {"id": "0f5cf94d-2c1c-4c3b-8f5e-3a5c8c6b7f10", "channel": "everyone", "text": "Hello"},
        Statuses(candidate=201, observer=403, other=404, member=201),
    ),
    "start_recording": ("POST", "/interviews/{interview}/recordings", None, Statuses(member=201)),
    "stop_recording": ("POST", "/recordings/{recording}/stop", None, OF_MEMBERS),
    "list_recordings": ("GET", "/recordings", None, LISTS_ONES_OWN),
    "get_recording": ("GET", "/recordings/{recording}", None, OF_MEMBERS),
    "get_track_media": ("GET", "/recordings/{recording}/tracks/{track}/media", None, OF_MEMBERS),
}

LIVE_QUERIES: dict[str, tuple[list[str], Statuses]] = {
    "sessions.list": ([], LISTS_ONES_OWN),
    "factors.get": ([], LISTS_ONES_OWN),
    "me.get": ([], PUBLIC),
    "audit.list": ([], LISTS_ONES_OWN),
    "jobs.failed": ([], LISTS_ONES_OWN),
    "members.list": ([], LISTS_ONES_OWN),
    "member_invitations.list": ([], LISTS_ONES_OWN),
    "kits.list": ([], LISTS_ONES_OWN),
    "kits.get": (["kit"], OF_MEMBERS),
    "interviews.kit": (["interview"], OF_MEMBERS),
    "interviews.list": ([], LISTS_ONES_OWN),
    "interviews.get": (["interview"], OF_MEMBERS),
    "interviews.activities": (["interview"], OF_MEMBERS),
    "interviewers.list": ([], LISTS_ONES_OWN),
    "notes.list": (["interview"], OF_MEMBERS),
    "evaluations.get": (["interview"], OF_MEMBERS),
    "guest.view": ([], OF_GUESTS),
    "guest.recording_question": ([], OF_CANDIDATES),
    "calls.consents": (["interview"], OF_MEMBERS),
    "guest.seat": ([], OF_CANDIDATES),
    "calls.waiting": ([], LISTS_ONES_OWN),
    "calls.door": (["interview"], OF_MEMBERS),
    "calls.floor": (["interview"], Statuses(candidate=200, other=404)),
    "chat.messages": (["interview"], Statuses(candidate=200, other=404)),
    "guest.attachments": ([], OF_CANDIDATES),
    "interviews.attachments": (["interview"], OF_MEMBERS),
    "recordings.list": ([], LISTS_ONES_OWN),
    "recordings.of_interview": (["interview"], OF_MEMBERS),
    "recordings.get": (["recording"], OF_MEMBERS),
}


@dataclass(frozen=True, kw_only=True)
class World:
    """An interview with a finished recording, and the same of another candidate in the same organisation."""

    interview: Interview
    other: Interview
    ids: dict[str, str]
    strangers: dict[str, Member]


@pytest.fixture
def world(alice: Member, bob: Member, charlie: Member, interview: Interview, media: StandInEngine) -> World:
    other = create_interview(alice, wanted=InterviewIn(title="Other", candidate_name="Erin"))
    recording = Recording.objects.create(interview=interview, state="ready", stopped_at=timezone.now())
    track = RecordedTrack.objects.create(
        recording=recording, state="ready", file="a.webm", mime="video/webm", capture="a", segment=1,
        kind="video", source="camera", participant_role="candidate", participant_name="Dana",
    )  # fmt: skip
    recording.folder.mkdir(parents=True)
    track.file_path.write_bytes(SECRET.encode())
    media.join(interview.id, "alice")
    member_invitation = MemberInvitation.objects.create(
        organisation=alice.organisation, email="nora@example.org", role="admin", expires_at=timezone.now() + DAY
    )
    session = UserSession.objects.create(
        user=alice.user, ip="192.0.2.1", user_agent="", session_key=signed_in(alice.user).session.session_key
    )
    for each in (interview, other):
        let_in(each)
    call = Call.objects.create(interview=interview, room_sid="RM_0", started_at=timezone.now())
    hand = Hand.objects.create(call=call, identity="alice", name=SECRET)
    asked = Ask.objects.create(call=call, identity="alice", kind="camera", asked_by=alice.user)
    note = Note.objects.create(interview=interview, author=bob.user, text=SECRET)
    comment = Comment.objects.create(interview=interview, author=bob.user, stars=3, text=SECRET)
    Scorecard.objects.create(interview=interview, author=bob.user, overall=3, summary=SECRET)
    kit = create_kit(alice, wanted=KitIn.model_validate(KIT | {"name": SECRET}))
    Interview.objects.filter(id=interview.id).update(kit_version=kit.newest_version())
    file = StoredFile.objects.create(
        organisation=alice.organisation, purpose="attachment", name=SECRET, size_bytes=1, mime="text/plain"
    )
    attachment = Attachment.objects.create(interview=interview, file=file, name=SECRET)
    failed_job = FailedJob.objects.create(
        organisation=alice.organisation,
        title=SECRET,
        task_path="interview_stream.server.jobs.tasks.forget_done_jobs",
        arguments={"args": [], "kwargs": {}},
        tries=3,
        failed_at=timezone.now(),
    )
    observer = Observer.objects.create(interview=interview, name="Olga")
    ids = {
        "failed_job": str(failed_job.id),
        "observer": str(observer.id),
        "attachment": str(attachment.id),
        "kit": str(kit.id),
        "hand": str(hand.pk),
        "ask": str(asked.pk),
        "knock": str(Knock.objects.get(interview=interview).pk),
        "note": str(note.id),
        "comment": str(comment.id),
        "interview": str(interview.id),
        "recording": str(recording.id),
        "track": str(track.id),
        "organisation": str(alice.organisation.id),
        "membership": str(Membership.objects.get(user=alice.user).pk),
        "member_invitation": str(member_invitation.id),
        "session": str(session.pk),
    }
    # Another owner there, so that the stranger may leave.
    join(charlie.organisation, "conrad", Role.OWNER)
    strangers = {
        "stranger": charlie,
        "strange_admin": join(charlie.organisation, "chris", Role.ADMIN),
        "strange_interviewer": join(charlie.organisation, "cleo", Role.INTERVIEWER),
    }
    return World(interview=interview, other=other, ids=ids, strangers=strangers)


def olga(world: World) -> str:
    """The token of the observer's link."""
    return observer_url(Observer.objects.get(id=world.ids["observer"])).rsplit("/", 1)[1]


@pytest.fixture
def browser(world: World, as_nobody: Client, as_dana: Client, as_bob: Client) -> Callable[[str], Client]:
    clients = {"nobody": as_nobody, "candidate": as_dana, "member": as_bob}
    clients |= {name: signed_in(member.user) for name, member in world.strangers.items()}
    clients |= {"other": with_link(world.other), "observer": Client(headers={"Authorization": f"Guest {olga(world)}"})}
    return lambda actor: clients[actor]


@pytest.fixture
def actor(world: World, bob: Member) -> Callable[[str], Actor]:
    def named(name: str) -> Actor:
        match name:
            case "candidate":
                return resolve_guest(link_token(world.interview.invitation))
            case "other":
                return resolve_guest(link_token(world.other.invitation))
            case "observer":
                return resolve_guest(olga(world))
            case "nobody":
                return Nobody()
        return world.strangers.get(name, bob)

    return named


def ask(client: Client, operation: str, ids: dict[str, str]) -> tuple[int, bytes]:
    method, path, body, _ = OPERATIONS[operation]
    sent = "" if body is None else json.dumps(body).replace("{organisation}", ids["organisation"])
    sent = sent.replace('"{membership}"', str(ids["membership"]))
    answer = client.generic(method, "/api" + path.format(**ids), sent, content_type="application/json")
    content = answer.getvalue()
    return answer.status_code, content


def test_no_operation_and_no_live_query_is_forgotten() -> None:
    document = api.get_openapi_schema(path_prefix="/api")
    operations = {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "head"
    }
    assert set(operations) == set(OPERATIONS)
    assert set(query_names()) == set(LIVE_QUERIES)


@pytest.mark.parametrize("caller", ACTORS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation(operation: str, caller: str, browser: Callable[[str], Client], world: World) -> None:
    status, content = ask(browser(caller), operation, world.ids)

    assert status == OPERATIONS[operation][3].of(caller), content
    if caller in ("nobody", *STRANGERS, "other"):
        assert SECRET.encode() not in content
        assert not any(i.encode() in content for i in world.ids.values() if len(i) > 30)


@pytest.mark.parametrize("caller", STRANGERS)
@pytest.mark.parametrize("operation", [name for name, row in OPERATIONS.items() if "{" in row[1]])
def test_a_stranger_cannot_tell_what_exists(
    operation: str, caller: str, browser: Callable[[str], Client], world: World
) -> None:
    real = ask(browser(caller), operation, world.ids)
    invented = {name: "987654" if value.isdigit() else str(uuid4()) for name, value in world.ids.items()}
    made_up = ask(browser(caller), operation, invented)

    assert real == made_up


@pytest.mark.parametrize("caller", ACTORS)
@pytest.mark.parametrize("name", LIVE_QUERIES)
def test_live_query(name: str, caller: str, actor: Callable[[str], Actor], world: World) -> None:
    arguments, statuses = LIVE_QUERIES[name]
    watched = query_named(name)
    args = watched.parse({f"{argument}_id": world.ids[argument] for argument in arguments})
    try:
        status, content = 200, watched.run(actor(caller), args)
    except Problem as problem:
        status, content = problem.status, str(problem.as_dict()).encode()

    assert status == statuses.of(caller), content
    if caller in ("nobody", *STRANGERS, "other"):
        assert SECRET.encode() not in content


def test_a_link_of_the_candidate_is_for_members_only(browser: Callable[[str], Client], world: World) -> None:
    """A candidate who could read the link could not be replaced; one who could read another's could pose as them."""
    for operation in ("get_guest_view", "join_call"):
        assert b"link" not in ask(browser("candidate"), operation, world.ids)[1]


@pytest.mark.parametrize("operation", [name for name, row in OPERATIONS.items() if row[0] != "GET"])
def test_another_site_cannot_act_for_a_member(operation: str, bob: Member, world: World) -> None:
    """A browser sends cookies along with a form of another site, but not the CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob.user)
    if operation != "use_owner_link":
        assert ask(client, operation, world.ids)[0] == 403
    assert Interview.objects.get(id=world.interview.id).title == SECRET
    assert OwnerLink.objects.filter(used_at__isnull=False).count() == 0
