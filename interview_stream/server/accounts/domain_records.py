"""The record in the DNS by which an organisation shows that a domain is theirs."""

from enum import Enum

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

LABEL = "_interview-stream"
"""Below it nothing else of the domain's is touched."""
PREFIX = "interview-stream="
_PATIENCE_S = 5.0


class Found(Enum):
    THERE = "there"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The DNS did not answer, so nothing follows from it."""


def record_name(domain: str) -> str:
    return f"{LABEL}.{domain}"


def record_value(token: str) -> str:
    return f"{PREFIX}{token}"


def look_up(domain: str, token: str) -> Found:
    """Asks the DNS, for some seconds at most; call it outside of transactions."""
    try:
        answer = _resolver().resolve(record_name(domain), "TXT", search=False, lifetime=_PATIENCE_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Found.MISSING
    except (dns.exception.DNSException, OSError):
        return Found.UNKNOWN
    values = {b"".join(each.strings).decode(errors="replace").strip() for each in answer}
    return Found.THERE if record_value(token) in values else Found.MISSING


def _resolver() -> dns.resolver.Resolver:
    """Asks afresh each time: who has just set a record does not want to hear what was there before."""
    servers = settings.ENVIRONMENT.dns_servers
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in servers]
    resolver.cache = None
    return resolver
