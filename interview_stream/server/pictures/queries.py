"""Reads of pictures. Who sees a person may see their picture; guests see none."""

from uuid import UUID

from django.db.models import Q

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.accounts.models import Membership, Organisation, User
from interview_stream.server.files.models import StoredFile
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.live import query
from interview_stream.server.pictures.schemas import PictureOut

PICTURE, LOGO = "picture", "logo"


@query("pictures.list")
def list_pictures(actor: Actor) -> list[PictureOut]:
    """Of those members of the organisation who have one."""
    member_among(actor)
    shown = Membership.objects.visible_to(actor).filter(user__picture_id__isnull=False)
    return [
        PictureOut(user_id=user_id, url=f"/api/pictures/{picture_id}")
        for user_id, picture_id in shown.order_by("user_id").values_list("user_id", "user__picture_id")
    ]


def find_picture(actor: Actor, file_id: UUID) -> StoredFile:
    """The file, if this actor sees whom it shows; to anybody else it does not exist."""
    member = member_among(actor)
    colleagues = Membership.objects.visible_to(actor).values("user")
    shown = User.objects.filter(Q(pk__in=colleagues) | Q(pk=member.user.pk), picture_id=file_id)
    return _file(PICTURE, file_id, exists=shown.exists())


def find_logo(file_id: UUID) -> StoredFile:
    """For whoever knows the address: candidates' pages show it, and it says nothing that the name does not."""
    return _file(LOGO, file_id, exists=Organisation.objects.filter(logo_id=file_id).exists())


def _file(purpose: str, file_id: UUID, *, exists: bool) -> StoredFile:
    file = StoredFile.objects.filter(pk=file_id, purpose=purpose).first() if exists else None
    if file is None:
        raise NotFound("There is no such picture.")
    return file
