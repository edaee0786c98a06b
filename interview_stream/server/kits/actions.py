"""What changes kits: each edit is a new version."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from interview_stream.server.accounts import audit
from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.kits.models import Kit, KitVersion
from interview_stream.server.kits.schemas import KitIn, KitPutIn, KitSkill
from interview_stream.server.kits.skills import SKILLS
from interview_stream.server.lib.problems import Conflict

_KEYS = {name: key for key, (name, _) in SKILLS.items()}


@transaction.atomic
def create_kit(actor: Actor, *, wanted: KitIn) -> Kit:
    member = member_among(actor)
    kit = Kit.objects.create(organisation=member.organisation)
    _add_version(member, kit, wanted)
    audit.record(member.organisation, member.user, audit.Act.KIT_CREATED, subject=wanted.name)
    return kit


@transaction.atomic
def change_kit(actor: Actor, *, kit_id: UUID, wanted: KitPutIn) -> None:
    member = member_among(actor)
    kit = Kit.objects.editable_by(actor).select_for_update().one(kit_id)
    if kit.newest != wanted.based_on:
        raise Conflict("Somebody else has changed this kit meanwhile. Look at theirs first.", slug="kit-changed")
    _add_version(member, kit, wanted)
    audit.record(
        member.organisation, member.user, audit.Act.KIT_CHANGED, subject=wanted.name, detail=f"version {kit.newest}"
    )


@transaction.atomic
def duplicate_kit(actor: Actor, *, kit_id: UUID) -> Kit:
    """Its newest version begins a kit of its own."""
    member_among(actor)
    original = Kit.objects.visible_to(actor).one(kit_id).newest_version()
    name = f"{original.name[:93]} (copy)"
    content = {"description": original.description, "problems": original.problems, "skills": original.skills}
    return create_kit(actor, wanted=KitIn.model_validate({"name": name, **content}))


@transaction.atomic
def archive_kit(actor: Actor, *, kit_id: UUID, is_archived: bool) -> None:
    """An archived kit is offered to no new interview; those that have it keep it."""
    member = member_among(actor)
    kit = Kit.objects.editable_by(actor).select_for_update().one(kit_id)
    if is_archived == (kit.archived_at is not None):
        return
    kit.archived_at = timezone.now() if is_archived else None
    kit.save(update_fields=["archived_at"])
    act = audit.Act.KIT_ARCHIVED if is_archived else audit.Act.KIT_RESTORED
    audit.record(member.organisation, member.user, act, subject=kit.newest_version().name)


def _add_version(member: Member, kit: Kit, wanted: KitIn) -> None:
    kit.newest += 1
    kit.save(update_fields=["newest"])
    KitVersion.objects.create(
        kit=kit,
        number=kit.newest,
        name=wanted.name,
        description=wanted.description,
        problems=[problem.model_dump() for problem in wanted.problems],
        skills=_with_keys(wanted.skills),
        by=member.user,
    )


def _with_keys(skills: Sequence[KitSkill]) -> list[dict[str, object]]:
    """A key tells skills apart on scorecards; a name in any script has one, and no two have the same."""
    found: dict[str, dict[str, object]] = {}
    for number, skill in enumerate(skills, 1):
        key = _KEYS.get(skill.name) or slugify(skill.name).replace("-", "_")[:40] or f"skill_{number}"
        while key in found:
            key = f"{key}_{number}"
        found[key] = {"key": key, "name": skill.name, "anchors": skill.anchors}
    return list(found.values())
