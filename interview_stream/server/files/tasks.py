"""What the worker does for files: throws away what nobody will ever ask for."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from interview_stream.server.files import uploading
from interview_stream.server.files.models import StoredFile
from interview_stream.server.files.purposes import purpose_names
from interview_stream.server.lib.jobs import job

ORPHAN_AGE = timedelta(hours=24)
"""A file gets its row a moment after its place; one that has none for so long never will."""


@job("Throw away uploads that were given up")
def sweep_uploads() -> None:
    uploading.sweep()


@job("Throw away files that belong to nothing")
def sweep_orphans() -> None:
    before = timezone.now() - ORPHAN_AGE
    for purpose in purpose_names():
        try:
            _, names = default_storage.listdir(purpose)
        except FileNotFoundError:
            continue
        known = {str(pk) for pk in StoredFile.objects.filter(purpose=purpose).values_list("pk", flat=True)}
        for name in set(names) - known:
            key = f"{purpose}/{name}"
            if default_storage.get_modified_time(key) < before:
                default_storage.delete(key)
