"""What members see of kits; each read answers HTTP and can be watched."""

from uuid import UUID

from django.db.models import F

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.kits.models import Kit, KitVersion
from interview_stream.server.kits.schemas import KitOut, KitSummaryOut, KitVersionOut
from interview_stream.server.live import query


@query("kits.list")
def list_kits(actor: Actor) -> list[KitSummaryOut]:
    """By name; archived ones too."""
    member_among(actor)
    newest = KitVersion.objects.visible_to(actor).filter(number=F("kit__newest")).select_related("kit")
    return [_summary(version) for version in newest.order_by("name", "pk")]


@query("kits.get")
def get_kit(actor: Actor, *, kit_id: UUID) -> KitOut:
    member_among(actor)
    kit = Kit.objects.visible_to(actor).one(kit_id)
    versions = KitVersion.objects.visible_to(actor).filter(kit=kit).select_related("by")
    return KitOut(
        id=kit.id,
        is_archived=kit.archived_at is not None,
        versions=[version_out(version) for version in versions],
    )


def version_out(version: KitVersion) -> KitVersionOut:
    return KitVersionOut(
        kit_id=version.kit_id,
        number=version.number,
        name=version.name,
        description=version.description,
        problems=version.problems,
        skills=version.skills,
        at=version.at,
        by=PersonOut(id=version.by.pk, name=version.by.name) if version.by else None,
    )


def _summary(version: KitVersion) -> KitSummaryOut:
    return KitSummaryOut(
        id=version.kit_id,
        name=version.name,
        description=version.description,
        problems=[problem["title"] for problem in version.problems],
        skills=[skill["name"] for skill in version.skills],
        number=version.number,
        changed_at=version.at,
        is_archived=version.kit.archived_at is not None,
    )
