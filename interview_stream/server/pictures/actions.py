"""Giving a person a picture or an organisation a logo, and taking it away. The files app brings what was sent."""

from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from interview_stream.server.accounts.actor import Actor, Member, admin_among, member_among
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.models import Organisation, User
from interview_stream.server.files.images import square
from interview_stream.server.files.models import StoredFile
from interview_stream.server.files.purposes import IMAGES, Purpose
from interview_stream.server.pictures.queries import LOGO, PICTURE

SIDE = 256
"""Pixels; twice of what the pages show at most, for screens that have two for one."""


@transaction.atomic
def remove_picture(actor: Actor) -> None:
    _show(member_among(actor).user, None)


@transaction.atomic
def remove_logo(actor: Actor) -> None:
    _put_up(admin_among(actor), None)


def forget_picture_of(user_id: int) -> None:
    _show(User.objects.get(pk=user_id), None)


def _show(person: User, file_id: UUID | None) -> None:
    user = User.objects.select_for_update().get(pk=person.pk)
    before, user.picture_id = user.picture_id, file_id
    user.save(update_fields=["picture_id"])
    _throw_away(before)


def _put_up(member: Member, file_id: UUID | None) -> None:
    organisation = Organisation.objects.select_for_update().get(pk=member.organisation.pk)
    before, organisation.logo_id = organisation.logo_id, file_id
    organisation.save(update_fields=["logo_id"])
    _throw_away(before)
    if before or file_id:
        detail = "logo: changed" if file_id else "logo: removed"
        record(organisation, member.user, Act.ORGANISATION_CHANGED, subject=organisation.name, detail=detail)


def _throw_away(file_id: UUID | None) -> None:
    file = StoredFile.objects.filter(pk=file_id).first() if file_id else None
    if file is not None:
        file.remove()


def _take_picture(actor: Actor, subject: str, file: StoredFile) -> None:
    _show(member_among(actor).user, file.pk)


def _take_logo(actor: Actor, subject: str, file: StoredFile) -> None:
    _put_up(admin_among(actor), file.pk)


def _check_member(actor: Actor, subject: str) -> None:
    member_among(actor)


def _check_admin(actor: Actor, subject: str) -> None:
    admin_among(actor)


def _make_small(path: Path) -> None:
    """The browser has cut it; whatever else came is cut from the middle."""
    path.write_bytes(square(path, SIDE))


def _most_bytes() -> int:
    return settings.ENVIRONMENT.max_picture_mb * 1_048_576


def _has_addresses_of_its_own(actor: Actor, file: StoredFile) -> bool:
    """These are shown, not downloaded."""
    return False


_square = partial(
    Purpose,
    kinds=IMAGES,
    kinds_in_words="PNG, JPEG, WebP or GIF",
    most_bytes=_most_bytes,
    prepare=_make_small,
    may_read=_has_addresses_of_its_own,
)
PURPOSES = [
    _square(name=PICTURE, check=_check_member, take=_take_picture, is_personal=True),
    _square(name=LOGO, check=_check_admin, take=_take_logo),
]
