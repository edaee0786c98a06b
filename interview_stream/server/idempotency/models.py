"""The answers that were given, by key: written in the transaction of what they answer."""

from django.db import models
from django.utils import timezone


class KeptAnswer(models.Model):
    owner = models.CharField(max_length=160)
    """Whose key it is, with the rights that they had (actor.name_of): nobody else's request finds it."""
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    """Of the method, the address and the body; keyed, since a body may hold what can be guessed."""
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=b"")
    """Compressed (zlib)."""
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.status} for {self.key}"
