"""The addresses under which clients may reach the media port: hides how the machine lists its interfaces."""

import ipaddress
import socket
import struct
from pathlib import Path

from interview_stream.sfu.wire.sdp import Candidate

SIOCGIFADDR = 0x8915
IFNAMSIZ = 16
MAX_ADDRESSES = 12


def local_addresses() -> list[str]:
    """IPv4 and IPv6 addresses of all interfaces; the machine's own loopback comes last."""
    found = [*_ipv4(), *_ipv6()]
    usable = [address for address in found if not ipaddress.ip_address(address).is_loopback]
    return [*dict.fromkeys(usable), "127.0.0.1"][-MAX_ADDRESSES:]


def candidates(addresses: list[str], public_ip: str, port: int) -> list[Candidate]:
    """Host candidates, preferred first (RFC 8445 section 5.1.2.1)."""
    hosts = [public_ip, *addresses] if public_ip and public_ip not in addresses else addresses
    return [
        Candidate(
            foundation=str(index + 1),
            component=1,
            transport="udp",
            priority=(126 << 24) + ((65535 - index) << 8) + 255,
            host=host,
            port=port,
        )
        for index, host in enumerate(hosts)
    ]


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
        address = ipaddress.IPv6Address(int(line.split()[0], 16))
        if not address.is_link_local:
            found.append(str(address))
    return found
