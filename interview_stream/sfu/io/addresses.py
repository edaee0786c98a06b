"""The addresses under which clients may reach the media port: hides how the machine lists its interfaces."""

import ipaddress
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

from interview_stream.sfu.wire.sdp import Candidate

SIOCGIFADDR = 0x8915
IFNAMSIZ = 16
MAX_CANDIDATES = 12
MAX_TCP_CANDIDATES = 4
"""A client opens a connection to each."""
LOOPBACK = "127.0.0.1"
# The flags of /proc/net/if_inet6: not yet, or never, to be used (RFC 4862 section 5.4).
TENTATIVE, DUPLICATE = 0x40, 0x08


def local_addresses() -> list[str]:
    """All IPv4 and IPv6 addresses of all interfaces, main ones first; the machine's own loopback comes last."""
    found = [*_ipv4(), *_ipv6(), *_ipv4_aliases()]
    usable = [address for address in found if not ipaddress.ip_address(address).is_loopback]
    return [*dict.fromkeys(usable), LOOPBACK]


def candidates(addresses: list[str], public: Sequence[str], port: int, tcp_port: int) -> list[Candidate]:
    """Host candidates, preferred first, as many as a client may be asked to check; `tcp_port` 0 for none over TCP."""
    hosts = list(dict.fromkeys([*public, *addresses]))
    over_udp = [
        Candidate(
            foundation=str(index + 1),
            component=1,
            transport="udp",
            priority=(126 << 24) + ((65535 - index) << 8) + 255,  # RFC 8445 section 5.1.2.1
            host=host,
            port=port,
        )
        for index, host in enumerate(_most_useful(hosts, MAX_CANDIDATES))
    ]
    over_tcp = [
        Candidate(
            foundation=f"tcp{index + 1}",
            component=1,
            transport="tcp",
            priority=(90 << 24) + (((4 << 13) + 8191 - index) << 8) + 255,  # RFC 6544 section 4.2: below all of UDP
            host=host,
            port=tcp_port,
            tcp_type="passive",
        )
        for index, host in enumerate(_most_useful(hosts, MAX_TCP_CANDIDATES) if tcp_port else [])
    ]
    return [*over_udp, *over_tcp]


def _most_useful(hosts: list[str], count: int) -> list[str]:
    """The first ones, and always the last, which is the machine's own."""
    return hosts if len(hosts) <= count else [*hosts[: count - 1], hosts[-1]]


def is_address(text: str) -> bool:
    """Whether this is an IP address and no name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _ipv4() -> list[str]:
    """One address of each interface, asked of the kernel; elsewhere than on Linux that of the default route."""
    try:
        import fcntl
    except ImportError:
        return _default_route()
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[: IFNAMSIZ - 1])
            try:
                found.append(socket.inet_ntoa(fcntl.ioctl(probe, SIOCGIFADDR, request)[20:24]))
            except OSError:
                continue  # an interface without an IPv4 address
    return found or _default_route()


def _ipv4_aliases() -> list[str]:
    """What else the kernel counts as its own: further addresses of an interface."""
    table = Path("/proc/net/fib_trie")
    if not table.exists():
        return []
    return parse_local_addresses(table.read_text())


def parse_local_addresses(table: str) -> list[str]:
    """The machine's own addresses in the kernel's routing table: each a line `|-- address`, then `/32 host LOCAL`."""
    found, address = [], ""
    for line in table.splitlines():
        words = line.split()
        if words[:1] == ["|--"]:
            address = words[1]
        elif words == ["/32", "host", "LOCAL"]:
            found.append(address)
    return found


def _default_route() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; chooses a source address
        except OSError:
            return []
        return [str(probe.getsockname()[0])]


def _ipv6() -> list[str]:
    """Global addresses; link-local ones need a zone, which candidates cannot carry."""
    listing = Path("/proc/net/if_inet6")
    if not listing.exists():
        return []
    found = []
    for line in listing.read_text().splitlines():
        digits, _, _, _, flags, _ = line.split(maxsplit=5)
        address = ipaddress.IPv6Address(int(digits, 16))
        if not address.is_link_local and not int(flags, 16) & (TENTATIVE | DUPLICATE):
            found.append(str(address))
    return found
