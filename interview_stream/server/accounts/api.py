"""The accounts' HTTP operations; signing in and out are allauth's, under /_allauth."""

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from ninja import Query, Router, Status

from interview_stream.server.accounts import (
    account_end,
    actions,
    audit_queries,
    federation,
    invitation_queries,
    inviting,
    known_devices,
    members,
    organisations,
    queries,
    remembering,
    sessions,
)
from interview_stream.server.accounts.actor import ORGANISATION_KEY, actor_of, user_among
from interview_stream.server.accounts.guarding import ApiKey
from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.schemas import (
    AcceptIn,
    AccountEndIn,
    AuditEventOut,
    AuditFilter,
    DeletionIn,
    ExportFormat,
    HeirIn,
    InvitationLinkOut,
    MailChoices,
    MemberInvitationOut,
    MemberInvitationsIn,
    MemberOut,
    MeOut,
    OrganisationIn,
    OwnerIn,
    OwnerLinkOut,
    ProfileIn,
    RoleIn,
    SessionOut,
    SignInProviderOut,
    SignInStartIn,
    SignInStartOut,
    SwitchIn,
    ThemeIn,
)
from interview_stream.server.lib.idempotency import without_keys
from interview_stream.server.lib.pages import PageOut

router = Router(tags=["accounts"])
ORGANISATION: dict[str, Any] = {"tags": ["organisation"], "auth": ApiKey("organisation")}
"""Operations that a key may use which has the scope; no other of this file."""


@router.get("/me", response=MeOut)
def get_me(request: HttpRequest) -> MeOut:
    """The first thing that a client asks, so it also sets the CSRF cookie that writes need."""
    get_token(request)
    return queries.get_me(actor_of(request))


@router.get("/owner-links/{token}", response=OwnerLinkOut)
def get_owner_link(request: HttpRequest, token: str) -> OwnerLinkOut:
    return queries.get_owner_link(token)


@router.post("/owner-links/{token}", response={201: MeOut})
def use_owner_link(request: HttpRequest, token: str, owner: OwnerIn) -> Status[MeOut]:
    sign_in(request, actions.create_owner(token, owner))
    return Status(201, me_now(request))


@router.get("/sign-in-providers", response=list[SignInProviderOut])
def list_sign_in_providers(request: HttpRequest) -> list[SignInProviderOut]:
    return [SignInProviderOut(id=each.id, kind=each.kind, name=each.name) for each in settings.SIGN_IN_PROVIDERS]


@router.post("/sign-in-providers/{provider_id}/start", response=SignInStartOut)
@without_keys
def start_sign_in(request: HttpRequest, provider_id: str, body: SignInStartIn) -> SignInStartOut:
    """Where the browser goes next; a redirect of a form would need every provider in the page's security policy."""
    remembering.keep_wish(request, remember=body.remember)
    return SignInStartOut(url=federation.start(request, provider_id, next_path=body.next_path))


@router.put("/me/organisation", response=MeOut)
def switch_organisation(request: HttpRequest, body: SwitchIn) -> MeOut:
    members.switch_organisation(actor_of(request), request, organisation_id=body.organisation_id)
    return me_now(request)


@router.patch("/me", response=MeOut)
def change_profile(request: HttpRequest, body: ProfileIn) -> MeOut:
    actions.change_profile(actor_of(request), wanted=body)
    return me_now(request)


@router.put("/me/mails", response=MeOut)
def choose_mails(request: HttpRequest, body: MailChoices) -> MeOut:
    actions.choose_mails(actor_of(request), wanted=body)
    return me_now(request)


@router.put("/me/theme", response=MeOut)
def choose_theme(request: HttpRequest, body: ThemeIn) -> MeOut:
    """The colours of the pages, which follow the person to every device."""
    actions.choose_theme(actor_of(request), theme=body.theme)
    return me_now(request)


@router.post("/me/delete", response={204: None})
@without_keys
def delete_account(request: HttpRequest, body: AccountEndIn) -> Status[None]:
    """At once and for good. Asks for a recent sign-in, and is refused to the last owner of an organisation."""
    account_end.delete_account(request, user_among(actor_of(request)), email=body.email)
    return Status(204, None)


@router.get("/sessions", response=list[SessionOut])
def list_sessions(request: HttpRequest) -> list[SessionOut]:
    return queries.list_sessions(actor_of(request))


@router.delete("/sessions/{int:session_id}", response=list[SessionOut])
def revoke_session(request: HttpRequest, session_id: int) -> list[SessionOut]:
    sessions.revoke_session(actor_of(request), session_id=session_id)
    return queries.list_sessions(actor_of(request))


@router.post("/sessions/revoke-others", response=list[SessionOut])
def revoke_other_sessions(request: HttpRequest) -> list[SessionOut]:
    sessions.revoke_other_sessions(actor_of(request))
    return queries.list_sessions(actor_of(request))


@router.patch("/organisation", response=MeOut)
def change_organisation(request: HttpRequest, body: OrganisationIn) -> MeOut:
    organisations.change_organisation(actor_of(request), wanted=body)
    return me_now(request)


@router.post("/organisation/transfer", response=MeOut)
def transfer_ownership(request: HttpRequest, body: HeirIn) -> MeOut:
    organisations.transfer_ownership(actor_of(request), membership_id=body.membership_id)
    return me_now(request)


@router.post("/organisation/delete", response=MeOut)
def delete_organisation(request: HttpRequest, body: DeletionIn) -> MeOut:
    """It is erased some days later; until then `keep_organisation` takes it back."""
    organisations.delete_organisation(actor_of(request), name=body.name)
    return me_now(request)


@router.post("/organisation/keep", response=MeOut)
def keep_organisation(request: HttpRequest) -> MeOut:
    organisations.keep_organisation(actor_of(request))
    return me_now(request)


@router.get("/audit-events", **ORGANISATION, response=PageOut[AuditEventOut])
def list_audit_events(
    request: HttpRequest, wanted: Query[AuditFilter], after: str = "", upto: str = ""
) -> PageOut[AuditEventOut]:
    return audit_queries.list_audit_events(actor_of(request), after=after, upto=upto, **wanted.dict())


@router.get("/audit-events/export", **ORGANISATION, response={200: None})
def export_audit_events(
    request: HttpRequest, wanted: Query[AuditFilter], form: ExportFormat = ExportFormat.CSV
) -> HttpResponseBase:
    """The matching events as a file, CSV or JSON lines; asks for a recent sign-in."""
    export = audit_queries.export_audit_events(actor_of(request), wanted=wanted, form=form)
    lines = export.lines_without_blocking() if isinstance(request, ASGIRequest) else export.lines()
    kind = "text/csv; charset=utf-8" if form is ExportFormat.CSV else "application/jsonl"
    return StreamingHttpResponse(
        lines, content_type=kind, headers={"Content-Disposition": f'attachment; filename="audit-log.{form}"'}
    )


@router.get("/members", **ORGANISATION, response=list[MemberOut])
def list_members(request: HttpRequest) -> list[MemberOut]:
    return queries.list_members(actor_of(request))


@router.patch("/members/{int:membership_id}", **ORGANISATION, response=list[MemberOut])
def change_role(request: HttpRequest, membership_id: int, body: RoleIn) -> list[MemberOut]:
    members.change_role(actor_of(request), membership_id=membership_id, role=body.role)
    return queries.list_members(actor_of(request))


@router.delete("/members/{int:membership_id}", **ORGANISATION, response=list[MemberOut])
def remove_member(request: HttpRequest, membership_id: int) -> list[MemberOut]:
    members.remove_member(actor_of(request), membership_id=membership_id)
    return queries.list_members(actor_of(request))


@router.post("/organisation/leave", response=MeOut)
def leave_organisation(request: HttpRequest) -> MeOut:
    members.leave_organisation(actor_of(request))
    return me_now(request)


@router.get("/member-invitations", **ORGANISATION, response=list[MemberInvitationOut])
def list_member_invitations(request: HttpRequest) -> list[MemberInvitationOut]:
    return invitation_queries.list_member_invitations(actor_of(request))


@router.post("/member-invitations", **ORGANISATION, response={201: list[MemberInvitationOut]})
def invite_members(request: HttpRequest, body: MemberInvitationsIn) -> Status[list[MemberInvitationOut]]:
    inviting.invite_members(actor_of(request), wanted=body)
    return Status(201, invitation_queries.list_member_invitations(actor_of(request)))


@router.post("/member-invitations/{uuid:invitation_id}/resend", **ORGANISATION, response=list[MemberInvitationOut])
def resend_member_invitation(request: HttpRequest, invitation_id: UUID) -> list[MemberInvitationOut]:
    inviting.resend_invitation(actor_of(request), invitation_id=invitation_id)
    return invitation_queries.list_member_invitations(actor_of(request))


@router.delete("/member-invitations/{uuid:invitation_id}", **ORGANISATION, response=list[MemberInvitationOut])
def revoke_member_invitation(request: HttpRequest, invitation_id: UUID) -> list[MemberInvitationOut]:
    inviting.revoke_invitation(actor_of(request), invitation_id=invitation_id)
    return invitation_queries.list_member_invitations(actor_of(request))


@router.get("/invitation-links/{token}", response=InvitationLinkOut)
def get_invitation_link(request: HttpRequest, token: str) -> InvitationLinkOut:
    return invitation_queries.get_member_invitation(request.user, token)


@router.post("/invitation-links/{token}", response={201: MeOut})
def accept_invitation(request: HttpRequest, token: str, body: AcceptIn) -> Status[MeOut]:
    """Joins, makes an account if there is none, and acts for the new organisation from here on."""
    organisation = inviting.usable_invitation(token).organisation
    user = inviting.accept_invitation(actor_of(request), token=token, given=body)
    if not request.user.is_authenticated:
        sign_in(request, user)
    request.session[ORGANISATION_KEY] = str(organisation.pk)
    return Status(201, me_now(request))


def sign_in(request: HttpRequest, user: User) -> None:
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user, "password")
    known_devices.meet(request, user)


def me_now(request: HttpRequest) -> MeOut:
    """Who asks was worked out before what they asked for changed it."""
    request.actor = None  # type: ignore[attr-defined]
    return queries.get_me(actor_of(request))
