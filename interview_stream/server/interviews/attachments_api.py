"""HTTP doors of an interview's files and links. The files themselves come and go through the files app."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of, guest_token_of
from interview_stream.server.interviews import attachments, queries
from interview_stream.server.interviews.schemas import (
    AddressOut,
    AttachmentOut,
    InterviewOut,
    LinkIn,
    ResumeRequestIn,
)
from interview_stream.server.lib.idempotency import without_keys

router = Router(tags=["interviews"])


@router.get("/interviews/{uuid:interview_id}/attachments", response=list[AttachmentOut])
def list_attachments(request: HttpRequest, interview_id: UUID) -> list[AttachmentOut]:
    return attachments.list_attachments(actor_of(request), interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/links", response={201: list[AttachmentOut]})
def add_link(request: HttpRequest, interview_id: UUID, body: LinkIn) -> Status[list[AttachmentOut]]:
    actor = actor_of(request)
    attachments.add_link(actor, interview_id=interview_id, wanted=body)
    return Status(201, attachments.list_attachments(actor, interview_id=interview_id))


@router.put("/interviews/{uuid:interview_id}/resume-request", response=InterviewOut)
def ask_for_resume(request: HttpRequest, interview_id: UUID, body: ResumeRequestIn) -> InterviewOut:
    """Whether the candidate's page asks for a résumé."""
    actor = actor_of(request)
    attachments.ask_for_resume(actor, interview_id=interview_id, is_wanted=body.is_wanted)
    return queries.get_interview(actor, interview_id=interview_id)


@router.get("/guest/attachments", response=list[AttachmentOut])
def list_own_attachments(request: HttpRequest) -> list[AttachmentOut]:
    return attachments.list_own_attachments(actor_of(request))


@router.post("/attachments/{uuid:attachment_id}/address", response=AddressOut)
@without_keys
def get_attachment_address(request: HttpRequest, attachment_id: UUID) -> AddressOut:
    token = guest_token_of(request) or ""
    return AddressOut(url=attachments.address_of(actor_of(request), attachment_id=attachment_id, guest_token=token))


@router.delete("/attachments/{uuid:attachment_id}", response={204: None})
def remove_attachment(request: HttpRequest, attachment_id: UUID) -> Status[None]:
    attachments.remove_attachment(actor_of(request), attachment_id=attachment_id)
    return Status(204, None)
