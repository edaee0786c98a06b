"""HTTP doors of kits; all of them are for members only."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of, member_among
from interview_stream.server.kits import actions, queries
from interview_stream.server.kits.schemas import KitArchiveIn, KitIn, KitOut, KitPutIn, KitSummaryOut, SkillOut
from interview_stream.server.kits.skills import SKILLS, skill_out

router = Router(tags=["kits"])


@router.get("/skills", response=list[SkillOut])
def list_skills(request: HttpRequest) -> list[SkillOut]:
    """The skills that come with the product, to begin a kit with."""
    member_among(actor_of(request))
    return [skill_out(key) for key in SKILLS]


@router.get("/kits", response=list[KitSummaryOut])
def list_kits(request: HttpRequest) -> list[KitSummaryOut]:
    return queries.list_kits(actor_of(request))


@router.post("/kits", response={201: KitOut})
def create_kit(request: HttpRequest, body: KitIn) -> Status[KitOut]:
    actor = actor_of(request)
    kit = actions.create_kit(actor, wanted=body)
    return Status(201, queries.get_kit(actor, kit_id=kit.id))


@router.get("/kits/{uuid:kit_id}", response=KitOut)
def get_kit(request: HttpRequest, kit_id: UUID) -> KitOut:
    return queries.get_kit(actor_of(request), kit_id=kit_id)


@router.put("/kits/{uuid:kit_id}", response=KitOut)
def change_kit(request: HttpRequest, kit_id: UUID, body: KitPutIn) -> KitOut:
    """A new version; interviews that have an older one keep it."""
    actor = actor_of(request)
    actions.change_kit(actor, kit_id=kit_id, wanted=body)
    return queries.get_kit(actor, kit_id=kit_id)


@router.post("/kits/{uuid:kit_id}/duplicate", response={201: KitOut})
def duplicate_kit(request: HttpRequest, kit_id: UUID) -> Status[KitOut]:
    actor = actor_of(request)
    kit = actions.duplicate_kit(actor, kit_id=kit_id)
    return Status(201, queries.get_kit(actor, kit_id=kit.id))


@router.put("/kits/{uuid:kit_id}/archived", response=KitOut)
def archive_kit(request: HttpRequest, kit_id: UUID, body: KitArchiveIn) -> KitOut:
    actor = actor_of(request)
    actions.archive_kit(actor, kit_id=kit_id, is_archived=body.is_archived)
    return queries.get_kit(actor, kit_id=kit_id)
