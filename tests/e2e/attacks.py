"""What strangers may throw at a running product: datagrams of every broken shape, and a thread that keeps throwing."""

import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from OpenSSL import SSL

from interview_stream.sfu.wire.stun import Class, Message

DICE = random.Random(7882)
IPV6_CHECKSUM = 7
"""A socket option that Python has no name for (RFC 3542, section 3.1)."""


@contextmanager
def meanwhile(attack: Callable[[], None]) -> Iterator[None]:
    """Repeats `attack` in a thread, at least once, until the block is left; what it raises is raised here."""
    over = threading.Event()

    def repeat() -> None:
        attack()
        while not over.is_set():
            attack()

    with ThreadPoolExecutor(1) as thread:
        repeating = thread.submit(repeat)
        try:
            yield
        finally:
            over.set()
        repeating.result()


def broken_datagrams(ufrag: str, ssrc: int) -> list[bytes]:
    """Nothing here is authentic; `ufrag` and `ssrc` are those of a real participant."""
    whole = [
        *connectivity_checks(ufrag),
        *dtls_records(),
        *rtp_packets(ssrc),
        *rtcp_packets(ssrc),
    ]
    cut = [packet[: DICE.randrange(len(packet))] for packet in whole for _ in range(4)]
    longer = [packet + DICE.randbytes(DICE.randrange(1, 64)) for packet in whole]
    noise = [bytes([first]) + DICE.randbytes(DICE.randrange(1400)) for first in range(0, 256, 3)]
    return [*whole, *cut, *longer, *noise, b"", b"\0", b"\x80" * 1500, b"GET / HTTP/1.1\r\n\r\n"]


def connectivity_checks(ufrag: str) -> list[bytes]:
    """Under the name of the participant and under others, by whoever does not know the password."""
    checks = []
    for username in (f"{ufrag}:abcd", ufrag, f"{ufrag[:-1]}:abcd", f"{ufrag}{'x' * 300}:abcd", "nobody:abcd", ":", ""):
        for kind in Class:
            message = Message(
                message_class=kind,
                transaction_id=DICE.randbytes(12),
                username=username,
                priority=1,
                use_candidate=True,
                ice_controlling=1,
            )
            checks += [message.serialize(b"not the password"), message.serialize(None)]
    length_lies = bytearray(checks[0])
    length_lies[2:4] = b"\xff\xfc"
    attribute_lies = bytearray(checks[0])
    attribute_lies[22:24] = b"\xff\xff"
    return [*checks, bytes(length_lies), bytes(attribute_lies)]


def dtls_records() -> list[bytes]:
    """A whole hello, and records that claim to be of a running or an ending association."""
    client = SSL.Connection(SSL.Context(SSL.DTLS_CLIENT_METHOD), None)
    client.set_connect_state()
    with suppress(SSL.WantReadError):
        client.do_handshake()
    hello = client.bio_read(65536)
    fatal_alert, close_notify = b"\x02\x28", b"\x01\x00"
    return [
        hello,
        *(_record(21, alert, epoch) for alert in (fatal_alert, close_notify) for epoch in (0, 1, 2)),
        *(_record(kind, DICE.randbytes(64), epoch) for kind in (20, 22, 23, 25, 63) for epoch in (0, 1, 65535)),
        _record(22, b"\x01\xff\xff\xff\0\0\0\0\0\0\xff\xff", 0),  # a fragment of a message of 16 MB
    ]


def _record(kind: int, body: bytes, epoch: int) -> bytes:
    """RFC 6347, section 4.1."""
    return struct.pack("!BHH6sH", kind, 0xFEFD, epoch, DICE.randbytes(6), len(body)) + body


def rtp_packets(ssrc: int) -> list[bytes]:
    packets = []
    for first in (0x80, 0x9F, 0xA0, 0xB0, 0xBF):  # none, 15 sources, padding, extension, all of them
        for payload_type in (96, 97, 111, 127):
            head = struct.pack("!BBHII", first, payload_type, DICE.randrange(65536), DICE.randrange(2**32), ssrc)
            packets += [head + DICE.randbytes(200), head + b"\xbe\xde\xff\xff", head + b"\xff" * 100]
    return packets


def rtcp_packets(ssrc: int) -> list[bytes]:
    """Each kind that means something, with a length that is right, none and far too long."""
    packets = []
    for kind in (200, 201, 202, 203, 205, 206, 207):
        for count in (0, 1, 15, 31):
            for length in (7, 0, 65535):
                head = struct.pack("!BBHI", 0x80 | count, kind, length, ssrc)
                packets.append(head + DICE.randbytes(24))
    return packets


Place = tuple[str, int]


def send_slowly(sender: socket.socket, datagrams: list[bytes], to: Place) -> None:
    """So that the kernel loses none."""
    pace = threading.Event()
    for datagram in datagrams:
        sender.sendto(datagram, to)
        pace.wait(0.001)


def send_as_stranger(datagrams: list[bytes], to: Place) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        send_slowly(sender, datagrams, to)


def send_as(disguise: Place, datagrams: list[bytes], to: Place) -> None:
    """From the address and port of another program of this machine; for root only."""
    family = socket.AF_INET6 if ":" in to[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_UDP) as sender:
        sender.bind((disguise[0], 0))
        if family == socket.AF_INET6:
            sender.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, 6)  # the kernel fills it in, at this place
        heads = (struct.pack("!HHHH", disguise[1], to[1], 8 + len(datagram), 0) for datagram in datagrams)  # RFC 768
        send_slowly(sender, [head + datagram for head, datagram in zip(heads, datagrams, strict=True)], (to[0], 0))
