"""The pages themselves. What is private to an organisation's interviews (notes, scorecards, calls, files) has none."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts import operating
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, Role, User
from interview_stream.server.jobs.models import FailedJob
from interview_stream.server.operators.model_page import ModelPage
from interview_stream.server.operators.site import OperatorSite

site = OperatorSite(name="admin")


class MembershipLines(admin.TabularInline[Any, Any]):
    model = Membership
    extra = 0
    can_delete = False
    verbose_name_plural = "memberships"
    fields = readonly_fields = ("user", "organisation", "role", "created_at")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        found: QuerySet[Membership] = super().get_queryset(request)
        return found.select_related("user", "organisation")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UserForm(forms.ModelForm[User]):
    """Disabling oneself would be found out by nobody but the person who is then shut out."""

    operator: ClassVar[User | None] = None

    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and self.operator is not None and self.instance.pk == self.operator.pk:
            raise forms.ValidationError("You would shut yourself out. Let another operator do it.")
        return is_active


@admin.register(User, site=site)
class UserPage(ModelPage):
    form = UserForm
    editable = ("is_active",)
    fields = ("email", "name", "is_active", "is_staff", "second_factors", "has_password", "last_login", "date_joined")
    inlines = (MembershipLines,)
    list_display = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name", "emailaddress__email")
    ordering = ("email",)
    actions = ("sign_out_everywhere",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type("UserForm", (form,), {"operator": request.user})

    @admin.display(description="second factors")
    def second_factors(self, user: User) -> str:
        """How many of which kind; what is in them is nobody's to see."""
        kinds = Authenticator.objects.filter(user=user).values_list("type").annotate(Count("pk")).order_by("type")
        return ", ".join(f"{Authenticator.Type(kind).label} ({count})" for kind, count in kinds) or "none"

    @admin.display(boolean=True, description="has a password")
    def has_password(self, user: User) -> bool:
        return user.has_usable_password()

    def keep(self, obj: User, by: User) -> None:
        operating.set_enabled(obj, is_enabled=obj.is_active, by=by)

    @admin.action(description="Sign out everywhere")
    def sign_out_everywhere(self, request: HttpRequest, users: QuerySet[User]) -> None:
        assert isinstance(request.user, User)
        count = sum(
            operating.end_sessions(user, UserSession.objects.filter(user=user), by=request.user) for user in users
        )
        self.message_user(request, f"Sessions ended: {count}.")


@admin.register(Organisation, site=site)
class OrganisationPage(ModelPage):
    editable = ("name",)
    fields = (
        *("name", "id", "time_zone", "requires_second_factor"),
        *("session_idle_hours", "session_days", "created_at", "delete_at"),
    )
    inlines = (MembershipLines,)
    list_display = ("name", "members", "requires_second_factor", "created_at", "delete_at")
    list_filter = ("requires_second_factor",)
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        found: QuerySet[Organisation] = super().get_queryset(request).annotate(member_count=Count("memberships"))
        return found

    @admin.display(ordering="member_count")
    def members(self, organisation: Any) -> int:
        count: int = organisation.member_count
        return count

    def keep(self, obj: Organisation, by: User) -> None:
        operating.rename_organisation(obj, obj.name, by=by)


class MembershipForm(forms.ModelForm[Membership]):
    def clean_role(self) -> str:
        """Said beside the field; the action looks again, when nobody can come between."""
        role: str = self.cleaned_data["role"]
        others = Membership.objects.filter(organisation=self.instance.organisation_id, role=Role.OWNER)
        if self.initial["role"] == Role.OWNER != role and not others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("This is the only owner. Make somebody else an owner first.")
        return role


@admin.register(Membership, site=site)
class MembershipPage(ModelPage):
    form = MembershipForm
    editable = ("role",)
    fields = ("user", "organisation", "role", "created_at")
    list_display = ("user", "organisation", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "organisation")
    search_fields = ("user__email", "user__name", "organisation__name")
    ordering = ("organisation__name", "user__email")

    def keep(self, obj: Membership, by: User) -> None:
        operating.change_role(obj, Role(obj.role), by=by)


@admin.register(UserSession, site=site)
class SessionPage(ModelPage):
    """Without the keys, which would be as good as signing in."""

    fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_display = ("user", "ip", "user_agent", "last_seen_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "ip")
    ordering = ("-last_seen_at",)
    actions = ("end",)

    @admin.action(description="End these sessions")
    def end(self, request: HttpRequest, sessions: QuerySet[UserSession]) -> None:
        assert isinstance(request.user, User)
        of_whom: dict[User, list[UserSession]] = {}
        for session in sessions.select_related("user"):
            of_whom.setdefault(session.user, []).append(session)
        count = sum(operating.end_sessions(user, theirs, by=request.user) for user, theirs in of_whom.items())
        self.message_user(request, f"Sessions ended: {count}.")


@admin.register(AuditEvent, site=site)
class AuditEventPage(ModelPage):
    """Without what names candidates, or says what was decided on them, which is its organisation's alone."""

    SHOWN: ClassVar = (
        "installation",
        "account",
        "organisation",
        "member",
        "invitation",
        "audit",
        "api-key",
        "retention",
    )
    """Kinds of acts; a new one is hidden until somebody says that it names no candidate."""

    fields = ("at", "organisation", "user_name", "action", "subject", "detail", "address")
    list_display = ("at", "organisation", "user_name", "action", "subject", "detail", "address")
    list_select_related = ("organisation",)
    date_hierarchy = "at"
    search_fields = ("user_name", "action", "subject", "detail", "address", "organisation__name")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        found: QuerySet[AuditEvent] = super().get_queryset(request)
        return found.filter(reduce(or_, (Q(action__startswith=f"{kind}.") for kind in self.SHOWN)))


@admin.register(FailedJob, site=site)
class FailedJobPage(ModelPage):
    """Without the arguments, in which codes and links may stand."""

    fields = ("title", "organisation", "tries", "failed_at", "reason", "technical")
    list_display = ("title", "organisation", "tries", "failed_at", "reason")
    list_select_related = ("organisation",)
    search_fields = ("title", "organisation__name", "reason")
    ordering = ("-failed_at",)


@admin.register(DBTaskResult, site=site)
class JobPage(ModelPage):
    """Without arguments and results, as above."""

    fields = ("task_path", "queue_name", "status", "enqueued_at", "run_after", "started_at", "finished_at")
    list_display = ("task_path", "status", "queue_name", "enqueued_at", "started_at", "finished_at")
    list_filter = ("status", "queue_name")
    search_fields = ("task_path",)
    ordering = ("-enqueued_at",)
