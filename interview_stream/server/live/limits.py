"""What live queries may use; apart, because the settings are read before anything of Django can be."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one process and of one client."""

    connections: int
    subscriptions: int
    message_bytes: int
    hello_s: float
    threads: int
