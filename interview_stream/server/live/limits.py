"""What live queries may use; apart, because the settings are read before anything of Django can be."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one process and of one client."""

    connections: int
    """Sockets of this process; one more is closed with 4429."""
    subscriptions: int
    """Queries that one client watches; one more is answered with a problem of status 429."""
    message_bytes: int
    """Of one message from a client; a larger one closes the socket with 4400."""
    messages_per_s: int
    """From one client, over ten seconds; more closes the socket with 4429."""
    result_bytes: int
    """Of one query's result as JSON; a larger one is answered with a problem of status 413."""
    patch_bytes: int
    """Of a result, from which on a client that has the one before is told what to change in it, if that is less."""
    hello_s: float
    """Until the first message has come; later closes the socket with 4408."""
    send_s: float
    """In which a client takes a message in; slower closes the socket. Meanwhile nothing queues up for it."""
    threads: int
    """That run queries."""
