"""The life of an upload: begun by somebody who may, finished by looking at what has arrived, or given up."""

import hashlib
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Member, actor_from
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.files.kinds import kind_of
from interview_stream.server.files.models import StoredFile, Upload, upload_expiry
from interview_stream.server.files.purposes import Purpose, purpose_named
from interview_stream.server.lib.problems import Forbidden, Gone, Invalid, NotFound, Problem, TooLarge

_SALT = "interview-stream.upload"


def begin(
    actor: Member | Guest,
    *,
    purpose_name: str,
    subject: str,
    name: str,
    length: int,
    sha256: str = "",
    guest_token: str = "",
) -> Upload:
    purpose = purpose_named(purpose_name)
    purpose.check(actor, subject)
    if length > purpose.most_bytes():
        raise TooLarge(f"Files for this can have {_in_words(purpose.most_bytes())} at most.", slug="file-too-large")
    if length == 0:
        raise Invalid("This file is empty.", slug="file-empty")
    upload = Upload.objects.create(
        organisation_id=actor.organisation_id if isinstance(actor, Guest) else actor.organisation.pk,
        user=actor.user if isinstance(actor, Member) else None,
        guest_token=guest_token,
        purpose=purpose.name,
        subject=subject,
        name=name[-200:],
        length=length,
        sha256=sha256.lower(),
        expires_at=timezone.now() + upload_expiry(),
    )
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.touch()
    return upload


def token_of(upload: Upload) -> str:
    """Whoever was told it may go on with the upload: it stands in the upload's address."""
    return signing.Signer(salt=_SALT, sep=".").sign(upload.pk.hex)


def upload_behind(token: str) -> Upload:
    try:
        upload_id = UUID(signing.Signer(salt=_SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotFound("There is no such upload.") from None
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or upload.expires_at <= timezone.now():
        raise Gone("This upload was given up. Send the file again.", slug="upload-gone")
    return upload


def take_first_bytes(upload: Upload, data: bytes) -> int:
    """What came along with the beginning (creation-with-upload)."""
    if len(data) > upload.length:
        give_up(upload)
        raise Invalid("More was sent than was announced.", slug="upload-too-long")
    with upload.path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if len(data) == upload.length:
        finish(upload)
    return len(data)


def give_up(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).delete()
    upload.path.unlink(missing_ok=True)


def finish(upload: Upload) -> None:
    """All bytes are there: look at them, and give the file its place. What may not be kept is thrown away."""
    purpose = purpose_named(upload.purpose)
    try:
        actor = _actor_of(upload)
        purpose.check(actor, upload.subject)
        stored = _examined(upload, purpose)
    except Problem:
        give_up(upload)
        raise
    _store(upload.path, stored.key)
    with transaction.atomic():
        stored.save(force_insert=True)
        purpose.take(actor, upload.subject, stored)
        Upload.objects.filter(pk=upload.pk).update(file=stored, finished_at=timezone.now())
    upload.path.unlink(missing_ok=True)


def _actor_of(upload: Upload) -> Actor:
    """Who began it, with the rights that they have now."""
    if upload.guest_token:
        return actor_from(upload.guest_token, None)
    membership = (
        Membership.objects.select_related("user", "organisation")
        .filter(user=upload.user, organisation=upload.organisation, user__is_active=True)
        .first()
    )
    if membership is None:
        raise Forbidden("You are no member of this organisation any more.")
    return Member(user=membership.user, organisation=membership.organisation, role=Role(membership.role))


def _examined(upload: Upload, purpose: Purpose) -> StoredFile:
    if upload.sha256 and _sha256(upload.path) != upload.sha256:
        raise Invalid("The file did not arrive as it was sent. Send it again.", slug="checksum-mismatch")
    kind = kind_of(upload.path, upload.name)
    if purpose.kinds is not None and kind not in purpose.kinds:
        raise Invalid(f"This is not one of the kinds that can be sent: {purpose.kinds_in_words}.", slug="file-kind")
    if purpose.prepare is not None:
        purpose.prepare(upload.path)
        kind = kind_of(upload.path, "")
    return StoredFile(
        organisation_id=None if purpose.is_personal else upload.organisation_id,
        purpose=purpose.name,
        name=upload.name,
        mime=kind,
        size_bytes=upload.path.stat().st_size,
        sha256=_sha256(upload.path),
    )


def _store(path: Path, key: str) -> None:
    """Moved where the storage is a folder, so that its size does not matter; copied to others."""
    if isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # noqa: SLF001
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    else:
        with path.open("rb") as file:
            default_storage.save(key, File(file))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _in_words(size: int) -> str:
    return f"{size / 1_048_576:.0f} MB" if size < 1_073_741_824 else f"{size / 1_073_741_824:.0f} GB"


def sweep() -> None:
    """Uploads that expired, their files, and what the storage holds without anybody's knowing."""
    for upload in Upload.objects.filter(expires_at__lte=timezone.now()):
        give_up(upload)
    folder = Path(settings.ENVIRONMENT.data, "uploads")
    known = {str(pk) for pk in Upload.objects.values_list("pk", flat=True)}
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in known:
            path.unlink(missing_ok=True)
