"""What each caller gets of each operation and live query; the walk beside this proves every cell.

An operation or live query that nobody put into these tables fails the walk, so that its author has to say who may use
it. The permission matrix in the docs is printed from here (docs/developers/permissions.md).
"""

from dataclasses import dataclass
from typing import Any

from interview_stream.server.accounts.models import Organisation
from interview_stream.server.calls.consents import question_for
from interview_stream.server.interviews.models import Interview

STRANGERS = ("stranger", "strange_admin", "strange_interviewer")
"""Another organisation's owner, admin and interviewer."""
LOST = ("expired", "renewed", "removed_observer")
"""Who held a link that has expired, was replaced by a newer one, or was taken back."""
OTHERS = ("other", "strange_candidate")
"""The candidates of another interview here, and of one of another organisation."""
OUTSIDERS = ("nobody", "ex_member", *STRANGERS, *OTHERS, *LOST)
"""Whom nothing of the interview is for; the former member still has an account and a session."""
INSIDERS = ("candidate", "observer", "interviewer", "admin", "owner")
ACTORS = (*OUTSIDERS, *INSIDERS)
LOST_KEYS = ("revoked_key", "expired_key", "orphaned_key")
"""The last one is a former member's."""
KEYS = ("read_key", "write_key", *LOST_KEYS)
"""API keys: the interviewer's with every scope to read, the owner's with every scope to write, and bad ones."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """The status that each actor is answered with; None means: as the one that is named beside it."""

    nobody: int = 401
    ex_member: int | None = None
    """As nobody."""
    stranger: int = 404
    strange_admin: int | None = None
    strange_interviewer: int | None = None
    """As the stranger: they differ where the role counts before the organisation does."""
    candidate: int = 401
    observer: int | None = None
    """As the candidate."""
    other: int = 401
    strange_candidate: int | None = None
    """As the other."""
    lost: int = 410
    interviewer: int = 200
    admin: int | None = None
    """As the interviewer."""
    owner: int | None = None
    """As the admin."""
    remark: str = ""
    """For the permission matrix: what the roles alone do not say."""

    def of(self, actor: str) -> int:
        status: int | None = self.lost if actor in LOST else getattr(self, actor)
        return self.of(_AS[actor]) if status is None else status


_AS = {
    "ex_member": "nobody",
    "strange_admin": "stranger",
    "strange_interviewer": "stranger",
    "observer": "candidate",
    "strange_candidate": "other",
    "admin": "interviewer",
    "owner": "admin",
}

OF_MEMBERS = Access()
LISTS_ONES_OWN = Access(stranger=200)
OF_ACCOUNTS = Access(ex_member=200, stranger=200)
OF_NOBODY_S = Access(ex_member=404, stranger=404, interviewer=404, remark="one's own: here somebody else's")
OF_GUESTS = Access(stranger=403, candidate=200, other=200, interviewer=403)
OF_ITS_AUTHOR = Access(interviewer=204, admin=404, remark="its author only: here the interviewer")
OF_CANDIDATES = Access(stranger=403, candidate=200, observer=403, other=200, interviewer=403)
PUBLIC = Access(nobody=200, stranger=200, candidate=200, other=200)
OPEN = Access(nobody=200, stranger=200, candidate=200, other=200, lost=200)
"""Without looking who asks."""
OF_LINK_HOLDERS = Access(
    nobody=404, candidate=404, other=404, lost=404, interviewer=404, remark="whoever holds what the address names"
)
OF_DEVELOPERS = Access(
    nobody=404,
    stranger=404,
    candidate=404,
    other=404,
    lost=404,
    interviewer=404,
    remark="everybody on the server's own machine, where MAILBOX=on",
)
OF_ADDRESS_HOLDERS = Access(
    nobody=409,
    stranger=409,
    candidate=409,
    other=409,
    lost=409,
    interviewer=409,
    remark="whoever shows in this browser that an address of a verified domain is theirs",
)
OF_ADMINS = Access(strange_interviewer=403, interviewer=403, admin=200)
LISTS_ONES_OWN_TO_ADMINS = Access(stranger=200, strange_interviewer=403, interviewer=403, admin=200)
OF_DECIDERS = Access(interviewer=403, admin=409, remark="owners, admins and who planned it, once it is decided")
FEEDBACK = {"message": "Thank you."}
OF_SUPPORT = Access(interviewer=403, admin=200, remark="owners, admins, and who holds or planned the interview")
OF_HOSTS = Access(interviewer=204)
IN_CALL = Access(candidate=204, observer=403, other=404, interviewer=204)
ALICES_MICROPHONE = {"identity": "alice", "kind": "microphone"}
QUESTION = question_for(Interview(organisation=Organisation(name="Acme")))
"""As it is put in the organisation of the walk; elsewhere it has another name in it."""
CHANGE = {"title": "Another title"}
SKILL = {"name": "Care", "anchors": ["None", "Little", "Some", "Much"]}
KIT = {"name": "Evil kit", "skills": [SKILL]}

LINK = {"name": "Work", "url": "https://example.org"}

OPERATIONS: dict[str, tuple[str, str, Any, Access]] = {
    "get_me": ("GET", "/me", None, PUBLIC),
    "get_owner_link": ("GET", "/owner-links/unused", None, OF_LINK_HOLDERS),
    "use_owner_link": (
        "POST",
        "/owner-links/unused",
        {"name": "Eve", "email": "eve@example.org", "password": "correct horse battery", "organisation": "Evil"},
        OF_LINK_HOLDERS,
    ),
    "list_sign_in_providers": ("GET", "/sign-in-providers", None, OPEN),
    "start_sign_in": ("POST", "/sign-in-providers/unknown/start", {}, OF_LINK_HOLDERS),
    "change_profile": ("PATCH", "/me", {"name": "Eve", "time_zone": ""}, Access(stranger=200)),
    "choose_mails": (
        "PUT",
        "/me/mails",
        {"interviews": False, "reminders": False, "scorecards": True},
        OF_ACCOUNTS,
    ),
    "choose_theme": ("PUT", "/me/theme", {"theme": "dark"}, OF_ACCOUNTS),
    "list_pictures": ("GET", "/pictures", None, LISTS_ONES_OWN),
    "get_picture": ("GET", "/pictures/{picture}", None, OF_MEMBERS),
    "remove_picture": ("DELETE", "/me/picture", None, Access(stranger=204, interviewer=204)),
    "get_logo": (
        "GET",
        "/logos/9b0f1c52-3d0a-4a77-8f57-3e0e1a5b7c11",
        None,
        Access(nobody=404, candidate=404, other=404, lost=404, interviewer=404, remark="whoever knows its address"),
    ),
    "remove_logo": (
        "DELETE",
        "/organisation/logo",
        None,
        Access(stranger=204, strange_interviewer=403, interviewer=403, admin=204),
    ),
    "delete_account": (
        "POST",
        "/me/delete",
        {"email": "another@example.org"},
        Access(ex_member=422, stranger=422, interviewer=422, remark="one's own"),
    ),
    "list_sessions": ("GET", "/sessions", None, LISTS_ONES_OWN),
    "revoke_session": (
        "DELETE",
        "/sessions/{session}",
        None,
        Access(interviewer=404, owner=200, remark="one's own: here the owner's"),
    ),
    "revoke_other_sessions": ("POST", "/sessions/revoke-others", None, LISTS_ONES_OWN),
    "send_confirmation_code": (
        "POST",
        "/me/confirmation-code",
        None,
        Access(ex_member=409, stranger=409, interviewer=409),
    ),
    "confirm_by_code": (
        "POST",
        "/me/confirmation",
        {"code": "WRONG"},
        Access(ex_member=409, stranger=409, interviewer=409),
    ),
    "require_recent_sign_in": (
        "GET",
        "/me/recent-sign-in",
        None,
        Access(ex_member=204, stranger=204, interviewer=204),
    ),
    "get_factors": ("GET", "/me/factors", None, OF_ACCOUNTS),
    "draft_totp": ("POST", "/me/totp-draft", None, OF_ACCOUNTS),
    "list_addresses": ("GET", "/me/addresses", None, OF_ACCOUNTS),
    "ask_for_address": (
        "POST",
        "/me/addresses",
        {"email": "another@example.org"},
        Access(ex_member=204, stranger=204, interviewer=204),
    ),
    "confirm_address": (
        "POST",
        "/me/addresses/confirmation",
        {"code": "WRONG"},
        Access(ex_member=409, stranger=409, interviewer=409),
    ),
    "make_address_primary": ("PUT", "/me/addresses/1000000/primary", None, OF_NOBODY_S),
    "remove_address": ("DELETE", "/me/addresses/1000000", None, OF_NOBODY_S),
    "switch_organisation": (
        "PUT",
        "/me/organisation",
        {"organisation_id": "{organisation}"},
        Access(ex_member=404, remark="one's own organisations"),
    ),
    "change_organisation": (
        "PATCH",
        "/organisation",
        {"name": "Evil"},
        Access(stranger=200, strange_interviewer=403, interviewer=403, admin=200),
    ),
    "transfer_ownership": (
        "POST",
        "/organisation/transfer",
        {"membership_id": "{membership}"},
        Access(strange_admin=403, strange_interviewer=403, interviewer=403, owner=200),
    ),
    "delete_organisation": (
        "POST",
        "/organisation/delete",
        {"name": "Acme"},
        Access(stranger=422, strange_admin=403, strange_interviewer=403, interviewer=403, owner=200),
    ),
    "keep_organisation": (
        "POST",
        "/organisation/keep",
        None,
        Access(stranger=200, strange_admin=403, strange_interviewer=403, interviewer=403, owner=200),
    ),
    "leave_organisation": ("POST", "/organisation/leave", None, Access(stranger=200)),
    "list_audit_events": ("GET", "/audit-events", None, LISTS_ONES_OWN),
    "export_audit_events": (
        "GET",
        "/audit-events/export",
        None,
        Access(stranger=200, strange_interviewer=403, interviewer=403, admin=200),
    ),
    "list_api_keys": ("GET", "/api-keys", None, LISTS_ONES_OWN),
    "make_api_key": (
        "POST",
        "/api-keys",
        {"name": "Evil", "scopes": ["interviews:read"], "expires_in_days": 1},
        Access(stranger=201, interviewer=201),
    ),
    "revoke_api_key": ("DELETE", "/api-keys/{api_key}", None, Access(interviewer=404, admin=200)),
    "list_upcoming_erasures": ("GET", "/retention/upcoming", None, LISTS_ONES_OWN_TO_ADMINS),
    "list_failed_jobs": ("GET", "/failed-jobs", None, LISTS_ONES_OWN),
    "retry_failed_job": ("POST", "/failed-jobs/{failed_job}/retry", None, OF_ADMINS),
    "discard_failed_job": ("DELETE", "/failed-jobs/{failed_job}", None, OF_ADMINS),
    "begin_upload": ("POST", "/uploads", None, Access(stranger=400, candidate=400, other=400, interviewer=400)),
    "download_file": ("GET", "/downloads/unused", None, OF_LINK_HOLDERS),
    "list_attachments": ("GET", "/interviews/{interview}/attachments", None, OF_MEMBERS),
    "add_link": ("POST", "/interviews/{interview}/links", LINK, Access(interviewer=201)),
    "ask_for_resume": ("PUT", "/interviews/{interview}/resume-request", {"is_wanted": True}, OF_MEMBERS),
    "list_own_attachments": ("GET", "/guest/attachments", None, OF_CANDIDATES),
    "get_attachment_address": (
        "POST",
        "/attachments/{attachment}/address",
        None,
        Access(candidate=404, other=404),
    ),
    "remove_attachment": (
        "DELETE",
        "/attachments/{attachment}",
        None,
        Access(candidate=403, other=403, interviewer=204),
    ),
    "list_members": ("GET", "/members", None, LISTS_ONES_OWN),
    "change_role": ("PATCH", "/members/{membership}", {"role": "interviewer"}, Access(interviewer=403, owner=200)),
    "remove_member": ("DELETE", "/members/{membership}", None, Access(interviewer=403, owner=200)),
    "list_member_invitations": ("GET", "/member-invitations", None, LISTS_ONES_OWN),
    "invite_members": (
        "POST",
        "/member-invitations",
        {"emails": ["eve@example.org"], "role": "admin"},
        Access(stranger=201, strange_interviewer=403, interviewer=403, admin=201),
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
    "list_domains": ("GET", "/domains", None, LISTS_ONES_OWN),
    "add_domain": (
        "POST",
        "/domains",
        {"name": "evil.example"},
        Access(stranger=201, strange_interviewer=403, interviewer=403, admin=201),
    ),
    "verify_domain": (
        "POST",
        "/domains/{domain}/verify",
        None,
        Access(strange_interviewer=403, interviewer=403, admin=409),
    ),
    "remove_domain": ("DELETE", "/domains/{domain}", None, OF_ADMINS),
    "ask_to_join": (
        "POST",
        "/sign-up",
        {"email": "eve@acme.example"},
        Access(nobody=204, stranger=204, candidate=204, other=204, lost=204, interviewer=204),
    ),
    "show_address": ("POST", "/sign-up/confirmation", {"code": "WRONG"}, OF_ADDRESS_HOLDERS),
    "make_account": (
        "POST",
        "/sign-up/account",
        {"name": "Eve", "password": "correct horse battery"},
        OF_ADDRESS_HOLDERS,
    ),
    "list_mails": ("GET", "/development/mails", None, OF_DEVELOPERS),
    "get_mail_html": ("GET", "/development/mails/unused/html", None, OF_DEVELOPERS),
    "get_mail_attachment": ("GET", "/development/mails/unused/attachments/0", None, OF_DEVELOPERS),
    "list_skills": ("GET", "/skills", None, LISTS_ONES_OWN),
    "list_kits": ("GET", "/kits", None, LISTS_ONES_OWN),
    "create_kit": ("POST", "/kits", KIT, Access(stranger=201, interviewer=201)),
    "get_kit": ("GET", "/kits/{kit}", None, OF_MEMBERS),
    "change_kit": ("PUT", "/kits/{kit}", KIT | {"based_on": 1}, OF_MEMBERS),
    "duplicate_kit": ("POST", "/kits/{kit}/duplicate", None, Access(interviewer=201)),
    "archive_kit": ("PUT", "/kits/{kit}/archived", {"is_archived": True}, OF_MEMBERS),
    "get_interview_kit": ("GET", "/interviews/{interview}/kit", None, OF_MEMBERS),
    "list_candidates": ("GET", "/candidates", None, LISTS_ONES_OWN),
    "create_candidate": ("POST", "/candidates", {"name": "Eve"}, Access(stranger=201, interviewer=201)),
    "get_candidate": ("GET", "/candidates/{candidate}", None, OF_MEMBERS),
    "change_candidate": ("PUT", "/candidates/{candidate}", {"name": "Eve"}, OF_MEMBERS),
    "merge_candidates": (
        "POST",
        "/candidates/{candidate}/merge",
        {"candidate_id": "{candidate}"},
        Access(interviewer=409, remark="two of their own organisation: here one with itself"),
    ),
    "list_rounds": ("GET", "/candidates/{candidate}/interviews", None, OF_MEMBERS),
    "list_candidate_files": ("GET", "/candidates/{candidate}/files", None, OF_MEMBERS),
    "list_candidate_evaluations": ("GET", "/candidates/{candidate}/evaluations", None, OF_MEMBERS),
    "list_own_interviews": ("GET", "/me/interviews", None, OF_ACCOUNTS),
    "list_interviews": ("GET", "/interviews", None, LISTS_ONES_OWN),
    "count_interviews": ("GET", "/interview-counts", None, LISTS_ONES_OWN),
    "list_open_interviews": ("GET", "/open-interviews", None, LISTS_ONES_OWN),
    "create_interview": ("POST", "/interviews", CHANGE, Access(stranger=201, interviewer=201)),
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
    "change_note": ("PATCH", "/notes/{note}", {"text": "A note"}, OF_ITS_AUTHOR),
    "delete_note": ("DELETE", "/notes/{note}", None, OF_ITS_AUTHOR),
    "get_evaluation": ("GET", "/interviews/{interview}/evaluation", None, OF_MEMBERS),
    "save_scorecard": ("PUT", "/interviews/{interview}/scorecard", {"overall": 3}, OF_MEMBERS),
    "submit_scorecard": ("POST", "/interviews/{interview}/scorecard/submit", None, Access(admin=409)),
    "write_comment": ("POST", "/interviews/{interview}/comments", {"stars": 3, "text": "So so"}, OF_MEMBERS),
    "delete_comment": ("DELETE", "/comments/{comment}", None, OF_ITS_AUTHOR),
    "decide": ("POST", "/interviews/{interview}/decision", {"outcome": "pass"}, Access(interviewer=403, admin=409)),
    "reopen": ("POST", "/interviews/{interview}/decision/reopen", {}, Access(interviewer=403, admin=409)),
    "list_free_slots": (
        "POST",
        "/free-slots",
        {"interviewer_ids": [987654321]},
        Access(stranger=422, interviewer=422, remark="of people of their own organisation"),
    ),
    "offer_slots": ("PUT", "/interviews/{interview}/slots", {"starts": ["2031-01-01T09:00:00Z"]}, OF_MEMBERS),
    "withdraw_slots": ("DELETE", "/interviews/{interview}/slots", None, OF_MEMBERS),
    "choose_slot": (
        "POST",
        "/guest/slot",
        {"slot_id": 1},
        Access(stranger=403, candidate=404, observer=403, other=404, interviewer=403),
    ),
    "get_summary": (
        "GET",
        "/interviews/{interview}/summary.pdf",
        None,
        Access(
            interviewer=403, admin=200, owner=403, remark="not who still has to score it: here owner and interviewer"
        ),
    ),
    "preview_feedback": ("POST", "/interviews/{interview}/feedback/preview", FEEDBACK, OF_DECIDERS),
    "send_feedback": ("POST", "/interviews/{interview}/feedback", FEEDBACK, OF_DECIDERS),
    "revoke_feedback": (
        "POST",
        "/interviews/{interview}/feedback/revoke",
        None,
        Access(interviewer=403, admin=200, remark="owners, admins and who planned the interview"),
    ),
    "read_feedback": ("GET", "/feedback/unused", None, OF_LINK_HOLDERS),
    "get_guest_view": ("GET", "/guest", None, OF_GUESTS),
    "add_observer": ("POST", "/interviews/{interview}/observers", {"name": "Eve"}, OF_MEMBERS),
    "remove_observer": ("DELETE", "/interviews/{interview}/observers/{observer}", None, OF_MEMBERS),
    "get_calendar_feed": ("GET", "/calendar-feed", None, LISTS_ONES_OWN),
    "renew_calendar_feed": ("POST", "/calendar-feed/renew", None, LISTS_ONES_OWN),
    "list_interviewers": ("GET", "/interviewers", None, LISTS_ONES_OWN),
    "place_guest": ("PUT", "/guest/time-zone", {"time_zone": "Asia/Kolkata"}, OF_CANDIDATES),
    "name_guest": ("PUT", "/guest", {"name": "Dana"}, OF_GUESTS),
    "join_call": ("POST", "/interviews/{interview}/join", None, Access(candidate=200, other=404)),
    "open_lobby": ("POST", "/interviews/{interview}/lobby", None, Access(candidate=200, other=404)),
    "begin_network_test": (
        "POST",
        "/network-test",
        None,
        Access(stranger=200, candidate=200, other=200),
    ),
    "get_recording_question": ("GET", "/guest/recording-question", None, OF_CANDIDATES),
    "choose_consent": (
        "POST",
        "/guest/consent",
        {"scope": "none", "question": QUESTION},
        Access(stranger=403, candidate=200, observer=403, other=200, strange_candidate=409, interviewer=403),
    ),
    "list_consents": ("GET", "/interviews/{interview}/consents", None, OF_MEMBERS),
    "get_seat": ("GET", "/guest/seat", None, OF_CANDIDATES),
    "knock": ("POST", "/guest/knock", None, OF_CANDIDATES),
    "stop_knocking": ("DELETE", "/guest/knock", None, OF_CANDIDATES),
    "list_waiting": ("GET", "/waiting", None, LISTS_ONES_OWN),
    "get_door": ("GET", "/interviews/{interview}/door", None, OF_MEMBERS),
    "lock_room": ("PUT", "/interviews/{interview}/lock", {"locked": True}, OF_MEMBERS),
    "answer_knock": ("POST", "/knocks/{knock}/answer", {"admit": True}, Access(interviewer=204)),
    "list_happenings": ("GET", "/interviews/{interview}/happenings", None, OF_MEMBERS),
    "get_connections": ("GET", "/interviews/{interview}/connections", None, OF_SUPPORT),
    "get_floor": ("GET", "/interviews/{interview}/floor", None, Access(candidate=200, other=404)),
    "raise_hand": ("PUT", "/interviews/{interview}/hand", {"raised": True}, IN_CALL),
    "lower_hand": ("DELETE", "/interviews/{interview}/hands/{hand}", None, OF_HOSTS),
    "react": ("POST", "/interviews/{interview}/reactions", {"kind": "clap"}, IN_CALL),
    "begin_focus": ("POST", "/interviews/{interview}/focus", {"minutes": 5}, OF_HOSTS),
    "end_focus": ("DELETE", "/interviews/{interview}/focus", None, IN_CALL),
    "show_clock": ("PUT", "/interviews/{interview}/clock", {"shown": True}, OF_HOSTS),
    "mute_participant": ("POST", "/interviews/{interview}/mute", ALICES_MICROPHONE, OF_HOSTS),
    "remove_participant": ("POST", "/interviews/{interview}/remove", {"identity": "alice"}, Access(interviewer=409)),
    "readmit_candidate": ("POST", "/interviews/{interview}/readmit", None, Access(interviewer=409)),
    "ask_participant": ("POST", "/interviews/{interview}/asks", ALICES_MICROPHONE, OF_HOSTS),
    "answer_ask": (
        "POST",
        "/asks/{ask}/answer",
        {"accepted": True},
        Access(candidate=404, other=404, interviewer=404, remark="whoever was asked"),
    ),
    "list_messages": ("GET", "/interviews/{interview}/messages", None, Access(candidate=200, other=404)),
    "write_message": (
        "POST",
        "/interviews/{interview}/messages",
        {"id": "0f5cf94d-2c1c-4c3b-8f5e-3a5c8c6b7f10", "channel": "everyone", "text": "Hello"},
        Access(candidate=201, observer=403, other=404, interviewer=201),
    ),
    "start_recording": ("POST", "/interviews/{interview}/recordings", None, Access(interviewer=201)),
    "stop_recording": ("POST", "/recordings/{recording}/stop", None, OF_MEMBERS),
    "list_recordings": ("GET", "/recordings", None, LISTS_ONES_OWN),
    "get_recording": ("GET", "/recordings/{recording}", None, OF_MEMBERS),
    "get_track_media": ("GET", "/recordings/{recording}/tracks/{track}/media", None, OF_MEMBERS),
}

LIVE_QUERIES: dict[str, tuple[list[str], Access]] = {
    "sessions.list": ([], LISTS_ONES_OWN),
    "factors.get": ([], OF_ACCOUNTS),
    "addresses.list": ([], OF_ACCOUNTS),
    "me.get": ([], PUBLIC),
    "audit.list": ([], LISTS_ONES_OWN),
    "api_keys.list": ([], LISTS_ONES_OWN),
    "retention.upcoming": ([], LISTS_ONES_OWN_TO_ADMINS),
    "jobs.failed": ([], LISTS_ONES_OWN),
    "members.list": ([], LISTS_ONES_OWN),
    "pictures.list": ([], LISTS_ONES_OWN),
    "domains.list": ([], LISTS_ONES_OWN),
    "member_invitations.list": ([], LISTS_ONES_OWN),
    "kits.list": ([], LISTS_ONES_OWN),
    "kits.get": (["kit"], OF_MEMBERS),
    "interviews.kit": (["interview"], OF_MEMBERS),
    "candidates.list": ([], LISTS_ONES_OWN),
    "candidates.get": (["candidate"], OF_MEMBERS),
    "candidates.files": (["candidate"], OF_MEMBERS),
    "interviews.of_candidate": (["candidate"], OF_MEMBERS),
    "interviews.own": ([], OF_ACCOUNTS),
    "evaluations.of_candidate": (["candidate"], OF_MEMBERS),
    "interviews.list": ([], LISTS_ONES_OWN),
    "interviews.counts": ([], LISTS_ONES_OWN),
    "interviews.open": ([], LISTS_ONES_OWN),
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
    "calls.happenings": (["interview"], OF_MEMBERS),
    "calls.floor": (["interview"], Access(candidate=200, other=404)),
    "connections.get": (["interview"], OF_SUPPORT),
    "chat.messages": (["interview"], Access(candidate=200, other=404)),
    "guest.attachments": ([], OF_CANDIDATES),
    "interviews.attachments": (["interview"], OF_MEMBERS),
    "recordings.list": ([], LISTS_ONES_OWN),
    "recordings.of_interview": (["interview"], OF_MEMBERS),
    "recordings.get": (["recording"], OF_MEMBERS),
}

KEY_AREAS: dict[str, str] = {
    "interviews": """begin_upload download_file list_attachments add_link ask_for_resume list_own_attachments
        get_attachment_address remove_attachment get_interview_kit list_interviews count_interviews list_open_interviews
        create_interview get_interview change_interview end_interview
        reschedule_interview cancel_interview mark_no_show list_activities
        renew_candidate_link get_guest_view add_observer remove_observer
        list_interviewers place_guest name_guest list_rounds list_candidate_files list_own_interviews
        list_free_slots offer_slots withdraw_slots choose_slot""",
    "candidates": "list_candidates create_candidate get_candidate change_candidate merge_candidates",
    "kits": "list_skills list_kits create_kit get_kit change_kit duplicate_kit archive_kit",
    "recordings": "start_recording stop_recording list_recordings get_recording get_track_media",
    "evaluations": """list_notes write_note change_note delete_note get_evaluation save_scorecard submit_scorecard
        write_comment delete_comment decide reopen list_candidate_evaluations get_summary
        preview_feedback send_feedback revoke_feedback read_feedback""",
    "organisation": """list_upcoming_erasures list_audit_events export_audit_events list_members change_role
        remove_member list_member_invitations invite_members resend_member_invitation revoke_member_invitation
        list_pictures get_picture""",
}
"""The operations that a key may use which has the area's scope; no key may use any other."""
STEP_UP = ("export_audit_events",)
"""Of those, what asks for a recent sign-in, which no key has."""


def status_for(operation: str, actor: str) -> int:
    method, _, _, access = OPERATIONS[operation]
    if actor not in KEYS:
        return access.of(actor)
    if actor in LOST_KEYS:
        return 401
    is_opened = any(operation in names.split() for names in KEY_AREAS.values()) and operation not in STEP_UP
    if not is_opened or (actor == "read_key" and method != "GET"):
        return 403
    return access.of("interviewer" if actor == "read_key" else "owner")
