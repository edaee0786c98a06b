"""Uploads under way and files that arrived. Whose business they are is their purpose's to say (purposes.py)."""

import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from interview_stream.server.accounts.models import Organisation


def upload_expiry() -> timedelta:
    return timedelta(hours=settings.ENVIRONMENT.upload_hours)


class StoredFile(models.Model):
    """A file that arrived whole and was found to be what it may be."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="files")
    """None for what is a person's own, in whatever organisations they are."""
    purpose = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=127)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Where the storage keeps it."""
        return f"{self.purpose}/{self.id}"

    def remove(self) -> None:
        """The bytes go once the row is gone for good; what is left by a crash between is swept up later."""
        key = self.key
        self.delete()
        transaction.on_commit(lambda: default_storage.delete(key), robust=True)


class Upload(models.Model):
    """One upload of the tus protocol. How much has arrived is the size of its file in the data folder."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """None for a guest's."""
    guest_token = models.CharField(max_length=200, blank=True)
    """The personal link by which it was begun, to ask again whether it still holds."""
    purpose = models.CharField(max_length=24)
    subject = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=200)
    length = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    """What the client says that it is, if it says so."""
    expires_at = models.DateTimeField()
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    """Finished ones are remembered until they expire: the answer that said so may have been lost."""

    def __str__(self) -> str:
        return f"{self.name} for {self.purpose}"

    @property
    def path(self) -> Path:
        return Path(settings.ENVIRONMENT.data, "uploads", str(self.id))

    @property
    def offset(self) -> int:
        if self.finished_at is not None:
            return self.length
        return self.path.stat().st_size if self.path.is_file() else 0
