"""Tells people by e-mail when somebody signs in to their account from a browser or an address that is new."""

import hashlib
import ipaddress
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from interview_stream.server.accounts.audit import address_of
from interview_stream.server.accounts.devices import device_of
from interview_stream.server.accounts.models import KnownDevice, User
from interview_stream.server.accounts.tasks import send_security_notice
from interview_stream.server.lib.jobs import job

KEEP = timedelta(days=365)
_WHAT = "Your account was used from a new device"


def meet(request: HttpRequest, user: User) -> None:
    """Called for each sign-in. The first of an account is its making, which nobody has to be told of."""
    device, address = device_of(request), address_of(request) or ""
    is_first = not KnownDevice.objects.filter(user=user).exists()
    is_new = KnownDevice.objects.update_or_create(
        user=user, mark=_mark(device, address), defaults={"last_seen_at": timezone.now()}
    )[1]
    if is_new and not is_first:
        send_security_notice.enqueue(user.pk, _WHAT, device, address, timezone.now().timestamp())


def _mark(device: str, address: str) -> str:
    return hashlib.sha256(f"{device}\n{_network(address)}".encode()).hexdigest()


def _network(address: str) -> str:
    """Browsers change the last half of an IPv6 address every day (RFC 8981)."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if known.version == 6 else address


@job("Forget devices that were not used for a year")
def forget_old_devices() -> None:
    KnownDevice.objects.filter(last_seen_at__lt=timezone.now() - KEEP).delete()
