"""One key: whose rights it has at most, for what, and until when. The key itself is shown once and kept as a hash."""

import hashlib
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member
from interview_stream.server.accounts.models import Organisation, Role
from interview_stream.server.lib.problems import NotFound


def hash_of(token: str) -> str:
    """The token has 256 bits of randomness, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody sees their own; owners and admins all of their organisation, so that none works unseen."""
        if not isinstance(actor, Member):
            return self.none()
        ours = self.filter(organisation=actor.organisation)
        return ours if actor.is_admin else ours.filter(user=actor.user, is_shared=False)

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, key_id: uuid.UUID) -> "ApiKey":
        found = self.filter(pk=key_id).select_related("user").first()
        if found is None:
            raise NotFound("There is no such key.")
        return found


class ApiKey(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    """Who made it. What it does, it does in their name, and not longer than they belong to the organisation."""
    is_shared = models.BooleanField(default=False)
    """The organisation's, which owners and admins look after together; else personal."""
    role = models.CharField(max_length=20, choices=Role)
    """Whose rights it has at most; never more than its maker has at the time."""
    name = models.CharField(max_length=100)
    beginning = models.CharField(max_length=12)
    """How the token begins, to tell keys apart."""
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"
