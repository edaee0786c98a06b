"""Models that are found by words: they keep what is searched as one text, as `wording.searchable` spells it."""

from typing import Any, ClassVar

from django.db import models

from interview_stream.server.lib.wording import searchable


class Searched(models.Model):
    """Has a field `search_text`, which follows the fields named by `SEARCHED` whenever one of them is saved."""

    SEARCHED: ClassVar[tuple[str, ...]]
    search_text: Any

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        saved = kwargs.get("update_fields")
        if saved is None or not set(self.SEARCHED).isdisjoint(saved):
            self.search_text = searchable(*(getattr(self, name) for name in self.SEARCHED))
            if saved is not None:
                kwargs["update_fields"] = {*saved, "search_text"}
        super().save(*args, **kwargs)
