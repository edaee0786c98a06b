"""Fetching a file: an address that works for some minutes and for one person, who is asked about again each time."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from interview_stream.server.accounts.actor import Actor, Guest, Member, Nobody, actor_from
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.files.models import StoredFile
from interview_stream.server.files.purposes import purpose_named
from interview_stream.server.lib.problems import Gone, NotFound
from interview_stream.server.lib.ranges import file_response

ADDRESS_S = 300
"""Long enough to begin; a download that goes on in parts asks for a new one."""
_SALT = "interview-stream.download"


def find_file(actor: Actor, file_id: UUID) -> StoredFile:
    """The file, if this actor may have it; to anybody else it does not exist."""
    file = StoredFile.objects.filter(pk=file_id).first()
    if file is None or isinstance(actor, Nobody) or not purpose_named(file.purpose).may_read(actor, file):
        raise NotFound("There is no such file.")
    return file


def address_of(actor: Actor, file: StoredFile, *, guest_token: str = "") -> str:
    who: dict[str, Any] = {"guest": guest_token}
    if isinstance(actor, Member):
        who = {"user": actor.user.pk, "organisation": str(actor.organisation.pk)}
    token = signing.dumps({"file": str(file.pk), **who}, salt=_SALT, compress=True)
    return f"/api/downloads/{token}"


def respond(request: HttpRequest, token: str) -> HttpResponseBase:
    try:
        said = signing.loads(token, salt=_SALT, max_age=ADDRESS_S)
    except signing.SignatureExpired:
        raise Gone("This address has expired. Go back and download again.", slug="address-expired") from None
    except signing.BadSignature:
        raise NotFound("There is no such file.") from None
    file = find_file(_actor_of(said), UUID(said["file"]))
    # Never what the sender says it is: a page of theirs on our address could act for whoever opens it.
    kind = "application/octet-stream" if file.mime.startswith("text/") or "xml" in file.mime else file.mime
    if not isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # noqa: SLF001
        asked = {
            "ResponseContentDisposition": content_disposition_header(True, file.name),
            "ResponseContentType": kind,
        }
        return HttpResponseRedirect(default_storage.url(file.key, parameters=asked, expire=60))  # type: ignore[call-arg]
    try:
        return file_response(request, Path(default_storage.path(file.key)), content_type=kind, download_name=file.name)
    except FileNotFoundError:
        raise NotFound("This file is missing from the data folder.", slug="file-missing") from None


def _actor_of(said: dict[str, Any]) -> Actor:
    """The rights that they have now."""
    if "user" not in said:
        found = actor_from(str(said["guest"]), None)
        assert isinstance(found, Guest)
        return found
    memberships = Membership.objects.select_related("user", "organisation")
    membership = memberships.filter(
        user_id=said["user"], organisation_id=said["organisation"], user__is_active=True
    ).first()
    if membership is None:
        return Nobody()
    return Member(user=membership.user, organisation=membership.organisation, role=Role(membership.role))
