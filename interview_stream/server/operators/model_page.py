"""What each model's page has in common: it shows the named fields, and changes only those that it says it does."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern

from interview_stream.server.accounts.models import User


class ModelPage(admin.ModelAdmin[Any]):
    """Nothing is added or deleted here, and nothing changed but what `editable` names.

    Pages with editable fields say by `keep` how they are changed: by the actions that the audit log hears of.
    """

    editable: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever came through the gate (site.py) may look; there are no permissions below that."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.editable)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self._names() if name not in self.editable]

    def _names(self) -> list[str]:
        assert self.fields is not None, "a page lists its fields, or it would show all that there are"
        return [str(name) for name in self.fields]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the page itself offers: Django's own rule would answer about any column, hidden ones too."""
        filters = [name for name in self.list_filter if isinstance(name, str)]
        offered = {f"{name}{how}" for name in filters for how in ("", "__exact", "__isnull")}
        if self.date_hierarchy:
            offered |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        return lookup in offered

    def get_urls(self) -> list[URLPattern]:
        """Only the list and the page of one: histories are the audit log's."""
        kept = ("_changelist", "_change")
        return [each for each in super().get_urls() if each.name is not None and each.name.endswith(kept)]

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        if form.changed_data:
            assert isinstance(request.user, User)
            self.keep(obj, request.user)

    def keep(self, obj: Any, by: User) -> None:
        raise NotImplementedError("a page with editable fields says how they are changed")

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """The actions write our own log, which the organisation reads."""
        return None
