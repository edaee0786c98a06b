"""What changes candidates: being known for the first time, being corrected, and turning out to be one person."""

from uuid import UUID

from django.db import IntegrityError, transaction

from interview_stream.server.accounts import audit
from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.candidates.changes import announce_change
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.candidates.schemas import CandidateIn
from interview_stream.server.lib.problems import Conflict


@transaction.atomic
def create_candidate(actor: Actor, *, wanted: CandidateIn) -> Candidate:
    member = member_among(actor)
    candidate = Candidate(organisation=member.organisation)
    _write(candidate, wanted)
    _record(member, candidate, audit.Act.CANDIDATE_CREATED)
    return candidate


@transaction.atomic
def change_candidate(actor: Actor, *, candidate_id: UUID, wanted: CandidateIn) -> None:
    """Also in the interviews that are still to come; those that are over keep what they had."""
    member = member_among(actor)
    candidate = Candidate.objects.editable_by(actor).select_for_update().one(candidate_id)
    _write(candidate, wanted)
    announce_change(candidate.id)
    _record(member, candidate, audit.Act.CANDIDATE_CHANGED)


@transaction.atomic
def merge_candidates(actor: Actor, *, candidate_id: UUID, other_id: UUID) -> None:
    """Two rows for one person become one; what the kept row says goes before what the other says."""
    member = member_among(actor)
    editable = Candidate.objects.editable_by(actor).select_for_update()
    kept, other = editable.one(candidate_id), editable.one(other_id)
    if kept == other:
        raise Conflict("This is the same candidate.", slug="same-candidate")
    other.invitations.update(candidate=kept)
    known = {link["url"] for link in kept.links}
    kept.links = [*kept.links, *(link for link in other.links if link["url"] not in known)]
    detail = f"with {other.email or other.name}"
    kept.name, kept.email = kept.name or other.name, kept.email or other.email
    audit.follow_merge(kept.id, other.id)
    other.delete()
    kept.save()
    _record(member, kept, audit.Act.CANDIDATES_MERGED, detail=detail)


def known_candidate(organisation: Organisation, *, name: str, email: str) -> Candidate | None:
    """Whoever has this address, or somebody new; nobody for neither name nor address."""
    if email:
        found = organisation.candidates.filter(email__iexact=email).first()
        if found is not None:
            return found
    if not (name or email):
        return None
    return Candidate.objects.create(organisation=organisation, name=name, email=email)


def _write(candidate: Candidate, wanted: CandidateIn) -> None:
    candidate.name, candidate.email = wanted.name, wanted.email or ""
    candidate.links = [link.model_dump() for link in wanted.links]
    try:
        with transaction.atomic():
            candidate.save()
    except IntegrityError:
        same = candidate.organisation.candidates.get(email__iexact=candidate.email)
        raise Conflict(
            f"{same} has this address already. Merge the two if they are one person.",
            slug="candidate-exists",
            candidate_id=str(same.id),
        ) from None


def _record(member: Member, candidate: Candidate, act: audit.Act, *, detail: str = "") -> None:
    audit.record(member.organisation, member.user, act, subject=str(candidate), detail=detail, about=candidate.id)
