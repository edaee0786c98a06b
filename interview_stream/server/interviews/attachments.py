"""Files and links of an interview: who may send, see and remove which. Candidates know of nothing but their own."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from interview_stream.server.accounts.actor import Actor, Guest, Member, member_among
from interview_stream.server.accounts.audit import Act as AuditAct
from interview_stream.server.files import downloads
from interview_stream.server.files.models import StoredFile
from interview_stream.server.files.purposes import DOCUMENTS, Purpose
from interview_stream.server.interviews.auditing import record_file
from interview_stream.server.interviews.links import invitation_of
from interview_stream.server.interviews.models import Attachment, Interview
from interview_stream.server.interviews.schemas import AttachmentKind, AttachmentOut, LinkIn
from interview_stream.server.lib.problems import Conflict, Forbidden, NotFound
from interview_stream.server.live import query

RESUME, ATTACHMENT = "resume", "attachment"


@query("interviews.attachments")
def list_attachments(actor: Actor, *, interview_id: UUID) -> list[AttachmentOut]:
    """Résumés first, then the newest."""
    member_among(actor)
    interview = Interview.objects.visible_to(actor).one(interview_id)
    return _shown(actor, interview.pk)


@query("guest.attachments")
def list_own_attachments(actor: Actor) -> list[AttachmentOut]:
    """What the candidate has sent."""
    return _shown(actor, invitation_of(actor).interview_id)


def _shown(actor: Actor, interview_id: UUID) -> list[AttachmentOut]:
    found = Attachment.objects.visible_to(actor).filter(interview_id=interview_id).select_related("file", "added_by")
    return [attachment_out(each) for each in found]


def attachment_out(attachment: Attachment) -> AttachmentOut:
    kind = AttachmentKind.RESUME if attachment.is_resume else AttachmentKind.FILE
    return AttachmentOut(
        id=attachment.pk,
        kind=AttachmentKind.LINK if attachment.file is None else kind,
        name=attachment.name,
        url=attachment.url or None,
        size_bytes=attachment.file.size_bytes if attachment.file else None,
        added_at=attachment.added_at,
        added_by=attachment.added_by.name if attachment.added_by else None,
    )


@transaction.atomic
def add_link(actor: Actor, *, interview_id: UUID, wanted: LinkIn) -> None:
    member = member_among(actor)
    interview = Interview.objects.editable_by(actor).one(interview_id)
    Attachment.objects.create(interview=interview, name=wanted.name, url=wanted.url, added_by=member.user)
    record_file(interview, member.user, AuditAct.FILE_ADDED, wanted.name)


@transaction.atomic
def remove_attachment(actor: Actor, *, attachment_id: UUID) -> None:
    if isinstance(actor, Guest):
        _check_candidate_may_send(actor)
    elif not isinstance(actor, Member):
        member_among(actor)
    attachment = Attachment.objects.editable_by(actor).one(attachment_id)
    user = actor.user if isinstance(actor, Member) else None
    interview = attachment.interview
    record_file(interview, user, AuditAct.FILE_REMOVED, attachment.name)
    file = attachment.file
    attachment.delete()
    if file is not None:
        file.remove()


@transaction.atomic
def ask_for_resume(actor: Actor, *, interview_id: UUID, is_wanted: bool) -> None:
    member_among(actor)
    invitation = Interview.objects.editable_by(actor).select_for_update().one(interview_id).invitation
    invitation.is_resume_wanted = is_wanted
    invitation.save(update_fields=["is_resume_wanted"])


def address_of(actor: Actor, *, attachment_id: UUID, guest_token: str) -> str:
    if not isinstance(actor, Guest):
        member_among(actor)
    attachment = Attachment.objects.visible_to(actor).one(attachment_id)
    if attachment.file is None:
        raise NotFound("This is a link, not a file.")
    return downloads.address_of(actor, attachment.file, guest_token=guest_token)


def _check_candidate_may_send(actor: Guest) -> None:
    invitation = invitation_of(actor)
    if not invitation.is_resume_wanted:
        raise Forbidden("Nobody asked for a file here.", slug="file-not-wanted")
    if invitation.interview.is_over:
        raise Conflict("This interview is over.", slug="interview-ended")


def _interview(actor: Actor, subject: str) -> Interview:
    try:
        interview_id = UUID(subject)
    except ValueError:
        raise NotFound("There is no such interview.") from None
    return Interview.objects.visible_to(actor).one(interview_id)


def _check_resume(actor: Actor, subject: str) -> None:
    _interview(actor, subject)
    if isinstance(actor, Guest):
        _check_candidate_may_send(actor)


def _check_attachment(actor: Actor, subject: str) -> None:
    member_among(actor)
    _interview(actor, subject)


def _take(actor: Actor, subject: str, file: StoredFile) -> None:
    interview = _interview(actor, subject)
    user = actor.user if isinstance(actor, Member) else None
    Attachment.objects.create(
        interview=interview,
        file=file,
        name=file.name,
        is_resume=file.purpose == RESUME,
        is_by_candidate=user is None,
        added_by=user,
    )
    record_file(interview, user, AuditAct.FILE_ADDED, file.name)


def _may_read(actor: Actor, file: StoredFile) -> bool:
    return Attachment.objects.visible_to(actor).filter(file=file).exists()


PURPOSES = [
    Purpose(
        name=RESUME,
        kinds=DOCUMENTS,
        kinds_in_words="PDF, Word, OpenDocument, RTF or plain text",
        most_bytes=lambda: settings.ENVIRONMENT.max_resume_mb * 1_048_576,
        check=_check_resume,
        take=_take,
        may_read=_may_read,
    ),
    Purpose(
        name=ATTACHMENT,
        kinds=None,
        kinds_in_words="any",
        most_bytes=lambda: settings.ENVIRONMENT.max_attachment_mb * 1_048_576,
        check=_check_attachment,
        take=_take,
        may_read=_may_read,
    ),
]
