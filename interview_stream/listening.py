"""The public TCP port: opened once and handed to each web process in turn, so that who comes between waits at the door.

While no web process runs the kernel completes connections and keeps what is sent on them; the next process answers.
"""

import errno
import socket
from collections.abc import MutableMapping, Sequence

# What stands for every address of the machine: "::" for those of both versions of IP, "0.0.0.0" for IPv4 alone.
_EVERYWHERE = ("::", "0.0.0.0")  # noqa: S104 - only what the operator chose is opened
# How many may wait; the kernel's own limit (net.core.somaxconn) is 4096.
BACKLOG = 2048
# The name under which a child finds the numbers of the descriptors that it was given.
HANDED = "LISTENING_DESCRIPTORS"
# The machine may do without IPv6 although its "localhost" has such an address.
_MISSING = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


def open_listeners(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host; raises OSError when one is taken, or none is on this machine."""
    listeners: list[socket.socket] = []
    missing: OSError | None = None
    hosts = _EVERYWHERE if host == _EVERYWHERE[0] else (host,)
    found = [
        entry
        for each in hosts
        for entry in socket.getaddrinfo(each, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    ]
    for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
        try:
            listeners.append(socket.create_server(address, family=family, backlog=BACKLOG))
        except OSError as error:
            if error.errno in _MISSING:
                missing = error
                continue
            close_listeners(listeners)
            raise
    if missing is not None and not listeners:
        raise missing
    return listeners


def close_listeners(listeners: Sequence[socket.socket]) -> None:
    """Who still waits is turned away, once the last process that holds the port has closed it."""
    for listener in listeners:
        listener.close()


def handing(listeners: Sequence[socket.socket]) -> dict[str, str]:
    """The variables that tell a child what it was given beside its own."""
    return {HANDED: ",".join(str(listener.fileno()) for listener in listeners)} if listeners else {}


def handed_listeners(variables: MutableMapping[str, str]) -> list[socket.socket] | None:
    """What the parent handed to this process, once; None when it has to open the port by itself."""
    numbers = variables.pop(HANDED, "")
    if not numbers:
        return None
    listeners = [socket.socket(fileno=int(number)) for number in numbers.split(",")]
    for listener in listeners:
        listener.set_inheritable(False)
    return listeners
