"""Candidates, and who may see or change which."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.lib.searching import Searched
from interview_stream.server.lib.wording import searchable


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members of the organisation; never a guest, not even the candidate's own link."""
        return self.filter(organisation=actor.organisation) if isinstance(actor, Member) else self.none()

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, candidate_id: uuid.UUID) -> "Candidate":
        found = self.filter(id=candidate_id).first()
        if found is None:
            raise NotFound("There is no such candidate.")
        return found

    def matching(self, search: str) -> Self:
        """Each word has to be somewhere in the name or the address."""
        found = self
        for word in searchable(search).split():
            found = found.filter(search_text__contains=word)
        return found


class Candidate(Searched):
    """Somebody who is interviewed: one row for all their rounds with an organisation."""

    SEARCHED = ("name", "email")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="candidates")
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    links = models.JSONField(default=list)
    """As in schemas.CandidateLink."""
    search_text = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"])]
        constraints = [
            models.UniqueConstraint(
                "organisation", Lower("email"), condition=~Q(email=""), name="one_candidate_for_each_email"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or str(self.id)
