"""People, organisations, memberships, the ways to become a member, and the log of who did what."""

import hashlib
import uuid
from typing import Any, ClassVar, Never, Self, TypeVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member
from interview_stream.server.lib.languages import Language
from interview_stream.server.lib.prepared import PreparedQuerySet
from interview_stream.server.lib.problems import Forbidden, NotFound

_Model = TypeVar("_Model", bound=models.Model)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> PreparedQuerySet["User"]:
        """Every request asks for one by their key."""
        return PreparedQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class Theme(models.TextChoices):
    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class User(AbstractUser):
    """A person with an account; the e-mail address is the name they sign in with."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, blank=True)
    """An IANA name; empty for whatever the browser says."""
    language = models.CharField(max_length=5, choices=Language, blank=True)
    """How days, times and numbers are written for them; empty for whatever the browser says."""
    theme = models.CharField(max_length=6, choices=Theme, blank=True)
    """The colours of the pages, on every device that they sign in on; empty until chosen."""
    picture_id = models.UUIDField(null=True, blank=True, unique=True)
    """The stored file (files app) that shows them; who sees the person may see it (pictures app)."""
    mail_interviews = models.BooleanField(default=True)
    mail_reminders = models.BooleanField(default=True)
    mail_scorecards = models.BooleanField(default=True)
    """Which e-mails they want: of interviews that are planned, moved or called off, before one begins, and of missing
    scorecards. Those on the account's own safety always go out."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Organisation(models.Model):
    """A hiring team; every row of the product belongs to one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, blank=True)
    """An IANA name that new interviews begin with; empty for that of whoever plans them."""
    logo_id = models.UUIDField(null=True, blank=True, unique=True)
    """The stored file of its logo, which whoever knows the address may fetch (pictures app)."""
    session_idle_hours = models.PositiveIntegerField(null=True, blank=True)
    session_days = models.PositiveIntegerField(null=True, blank=True)
    """How long its members' sessions live without being used, and at most; None for the installation's own."""
    recording_days = models.PositiveIntegerField(null=True, blank=True)
    candidate_days = models.PositiveIntegerField(null=True, blank=True)
    """How long recordings are kept, and candidates with their interviews after the last of these; None for always."""
    requires_second_factor = models.BooleanField(default=False)
    """Whether who has none is nobody here until they set one up."""
    created_at = models.DateTimeField(default=timezone.now)
    delete_at = models.DateTimeField(null=True, blank=True)
    """When it is erased with all that belongs to it; until then an owner can take that back."""

    def __str__(self) -> str:
        return self.name

    @property
    def logo_url(self) -> str | None:
        """A path of ours; another logo has another."""
        return f"/api/logos/{self.logo_id}" if self.logo_id else None


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    INTERVIEWER = "interviewer"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_charge(self) -> Self:
        """Those who look after their organisation."""
        return self.filter(role__in=(Role.OWNER, Role.ADMIN))

    def visible_to(self, actor: Actor) -> Self:
        """Members know who else is in their organisation; guests meet people only in the room."""
        return self.filter(organisation=actor.organisation) if isinstance(actor, Member) else self.none()

    def editable_by(self, actor: Actor) -> Self:
        """Owners change everybody, admins everybody but owners."""
        if not isinstance(actor, Member) or not actor.is_admin:
            return self.none()
        visible = self.visible_to(actor)
        return visible if actor.is_owner else visible.exclude(role=Role.OWNER)

    def one_editable(self, actor: Actor, membership_id: int) -> "Membership":
        """404 for whom the actor does not know, 403 for whom they may not change."""
        found = self.visible_to(actor).filter(pk=membership_id).first()
        if found is None:
            raise NotFound("There is no such member.")
        if not self.editable_by(actor).filter(pk=membership_id).exists():
            reason = "Only an owner can change an owner." if found.role == Role.OWNER else "Only owners and admins can."
            raise Forbidden(reason, slug="role-too-low")
        return found


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_per_organisation")]

    def __str__(self) -> str:
        return f"{self.user}, {self.role} of {self.organisation}"


class OwnerLink(models.Model):
    """A single-use link that makes an owner's account; only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"owner link {self.pk}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @staticmethod
    def hash_of(token: str) -> str:
        """The token has 256 bits of randomness, so a plain hash is enough."""
        return hashlib.sha256(token.encode()).hexdigest()


class AdminsQuerySet(models.QuerySet[_Model]):
    """Of what belongs to an organisation and is for those alone who look after it."""

    def visible_to(self, actor: Actor) -> Self:
        if not isinstance(actor, Member) or not actor.is_admin:
            return self.none()
        return self.filter(organisation=actor.organisation)


class MemberInvitationQuerySet(AdminsQuerySet["MemberInvitation"]):
    def open(self) -> Self:
        """Neither accepted nor revoked; it may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """An invitation shows its link, which makes a member: only those see it who may make such a member."""
        ours = super().visible_to(actor)
        return ours if isinstance(actor, Member) and actor.is_owner else ours.exclude(role=Role.OWNER)

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, invitation_id: uuid.UUID) -> "MemberInvitation":
        found = self.filter(pk=invitation_id).first()
        if found is None:
            raise NotFound("There is no such invitation.")
        return found


class MemberInvitation(models.Model):
    """An e-mail address that may become a member by a personal link, until it expires or is revoked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="member_invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_failed_at = models.DateTimeField(null=True, blank=True)

    objects = MemberInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role} of {self.organisation_id}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class DomainQuerySet(AdminsQuerySet["Domain"]):
    """The record to set proves the domain to be theirs, so only those see it who may set it up."""

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, domain_id: uuid.UUID) -> "Domain":
        found = self.filter(pk=domain_id).first()
        if found is None:
            raise NotFound("There is no such domain.")
        return found


class Domain(models.Model):
    """A domain of e-mail addresses: once the organisation has shown that it is theirs, who has one joins."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    name = models.CharField(max_length=253)
    """In lower case, with non-ASCII labels as they stand in the DNS."""
    token = models.CharField(max_length=64)
    """What the record in the DNS has to say."""
    created_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    """Since when the record of a verified one is not found any more."""

    objects = DomainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_domain_per_organisation"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(verified_at__isnull=False), name="one_organisation_per_domain"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.organisation_id}"


class RemovedAddress(models.Model):
    """An address of somebody who was removed from an organisation: its domain does not bring them back."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "email"], name="removed_address_once")]

    def __str__(self) -> str:
        return f"{self.email}, removed from {self.organisation_id}"


class KnownDevice(models.Model):
    """A browser and an address from which somebody has signed in; another one is told of by e-mail."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    mark = models.CharField(max_length=64)
    """A hash of both: nothing but whether they were seen has to be known."""
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "mark"], name="known_device_once")]

    def __str__(self) -> str:
        return f"a device of {self.user_id}"


class CacheEntry(models.Model):
    """The table of Django's database cache, which holds what was tried how often; read and written by that alone."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class AuditEventQuerySet(AdminsQuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> Never:
        raise TypeError("The audit log is append-only.")

    def delete(self) -> Never:
        raise TypeError("The audit log is append-only.")


class AuditEvent(models.Model):
    """Who did what, to whom or what, when and from where. Names are kept as they were then."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="audit_events")
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    user_name = models.CharField(max_length=254)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=254, blank=True)
    detail = models.CharField(max_length=254, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    about = models.UUIDField(null=True, blank=True, editable=False)
    """The candidate or interview, so that what names them can be found when they are erased (audit.py)."""

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["organisation", "-at"])]

    def __str__(self) -> str:
        return f"{self.user_name}: {self.action} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The audit log is append-only.")
        super().save(*args, **kwargs)
