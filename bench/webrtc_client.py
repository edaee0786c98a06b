"""One WebRTC client end without media logic: ICE checks, DTLS as client, SRTP, and the kernel's arrival times."""

import asyncio
import contextlib
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import Error, Policy, Session

from interview_stream.sfu.wire.sdp import Candidate, Fingerprint, SessionDescription
from interview_stream.sfu.wire.stun import Class, Message

PROFILE = "SRTP_AEAD_AES_128_GCM"
_KEY_SIZE, _SALT_SIZE = 16, 12
_SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python has no name for it
_TIMESPEC = struct.Struct("qq")
_CHECK_INTERVAL_S = 2.5  # what libwebrtc does on a pair that works
_FIRST_CHECK_INTERVAL_S = 0.05
_RECEIVE_BUFFER = 4 << 20

Address = tuple[str, int]
OnPacket = Callable[[bytes, int], None]
"""Called with a plain RTP or RTCP packet and its arrival, in nanoseconds of CLOCK_REALTIME."""


@dataclass(frozen=True, slots=True)
class Remote:
    """What the server's description says of its transport."""

    ufrag: str
    password: str
    fingerprint: Fingerprint
    address: Address

    @classmethod
    def of(cls, description: SessionDescription) -> "Remote":
        first = description.sections[0]
        hosts = [c for section in description.sections for c in section.candidates if c.transport.lower() == "udp"]
        ipv4 = [c for c in hosts if "." in c.host and not c.host.startswith("127.")]
        if not ipv4:
            raise RuntimeError("The server offers no IPv4 candidate beyond loopback.")
        return cls(first.ice_ufrag, first.ice_pwd, first.fingerprints[0], (ipv4[0].host, ipv4[0].port))


class Client:
    """One UDP socket that a server takes for a browser. Create, exchange descriptions, `connect`, send, `close`."""

    def __init__(self, on_rtp: OnPacket, on_rtcp: OnPacket) -> None:
        self._on_rtp, self._on_rtcp = on_rtp, on_rtcp
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.failures = 0
        """Datagrams that failed authentication."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((local_host(), 0))
        self._socket.setblocking(False)
        self._dtls = SSL.Connection(_context(), None)
        self._dtls.set_connect_state()
        self._dtls.set_ciphertext_mtu(1200)
        self._inbound: Session | None = None
        self._outbound: Session | None = None
        self._checked = asyncio.Event()
        self._secured = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def candidate(self) -> Candidate:
        host, port = self._socket.getsockname()
        return Candidate("1", 1, "udp", 2122260223, host, port)

    @property
    def fingerprint(self) -> Fingerprint:
        return _fingerprint(_certificate()[1])

    async def connect(self, remote: Remote) -> None:
        """Returns when media can flow; raises TimeoutError after 10 s."""
        self._remote = remote
        self._socket.connect(remote.address)
        asyncio.get_running_loop().add_reader(self._socket, self._readable)
        self._tasks.append(asyncio.create_task(self._keep_checking()))
        async with asyncio.timeout(10):
            await self._checked.wait()
            self._handshake()
            while not self._secured.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._secured.wait(), self._dtls.DTLSv1_get_timeout() or 0.1)
                if self._dtls.DTLSv1_get_timeout() == 0:
                    self._dtls.DTLSv1_handle_timeout()
                    self._flush()

    def send_rtp(self, packet: bytes) -> None:
        assert self._outbound
        self._send(self._outbound.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        assert self._outbound
        self._send(self._outbound.protect_rtcp(packet))

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            self._socket.send(data)

    async def _keep_checking(self) -> None:
        while True:
            check = Message(
                message_class=Class.REQUEST,
                transaction_id=secrets.token_bytes(12),
                username=f"{self._remote.ufrag}:{self.ufrag}",
                priority=0x6E0001FF,
                use_candidate=True,
                ice_controlling=1,
            )
            self._send(check.serialize(self._remote.password.encode()))
            await asyncio.sleep(_CHECK_INTERVAL_S if self._checked.is_set() else _FIRST_CHECK_INTERVAL_S)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                data, ancillary, _, _ = self._socket.recvmsg(2048, 64)
                seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
                self._receive(data, seconds * 1_000_000_000 + nanoseconds)

    def _receive(self, data: bytes, arrival_ns: int) -> None:
        first = data[0]  # RFC 7983
        if 128 <= first <= 191 and self._inbound:
            try:
                if 192 <= data[1] <= 223:
                    self._on_rtcp(self._inbound.unprotect_rtcp(data), arrival_ns)
                else:
                    self._on_rtp(self._inbound.unprotect(data), arrival_ns)
            except Error:
                self.failures += 1
        elif 20 <= first <= 63:
            self._dtls.bio_write(data)
            self._handshake()
        elif first <= 3:
            self._stun_received(Message.parse(data))

    def _stun_received(self, message: Message) -> None:
        if message.message_class is Class.SUCCESS:
            self._checked.set()
        elif message.message_class is Class.REQUEST:  # an ICE-lite server sends none
            answer = Message(
                message_class=Class.SUCCESS,
                transaction_id=message.transaction_id,
                mapped_address=self._remote.address,
            )
            self._send(answer.serialize(self.password.encode()))

    def _handshake(self) -> None:
        if self._secured.is_set():
            return
        try:
            self._dtls.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        self._flush()
        certificate = self._dtls.get_peer_certificate(as_cryptography=True)
        assert certificate is not None
        if _fingerprint(certificate).value != self._remote.fingerprint.value:
            raise RuntimeError("The server's certificate is not the one that its description announced.")
        self._derive_keys()
        self._secured.set()

    def _derive_keys(self) -> None:
        """RFC 5764 section 4.2: client key, server key, client salt, server salt."""
        chosen = self._dtls.get_selected_srtp_profile().decode()
        if chosen != PROFILE:
            raise RuntimeError(f"The server chose {chosen}, not {PROFILE}.")
        size = 2 * (_KEY_SIZE + _SALT_SIZE)
        material = self._dtls.export_keying_material(b"EXTRACTOR-dtls_srtp", size, None)
        keys, salts = material[: 2 * _KEY_SIZE], material[2 * _KEY_SIZE :]
        ours = keys[:_KEY_SIZE] + salts[:_SALT_SIZE]
        theirs = keys[_KEY_SIZE:] + salts[_SALT_SIZE:]
        gcm = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
        self._outbound = Session(Policy(key=ours, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=gcm))
        self._inbound = Session(Policy(key=theirs, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=gcm))

    def _flush(self) -> None:
        """Send what OpenSSL has written, a record per datagram (RFC 6347 section 4.1: 13 bytes, then the length)."""
        with contextlib.suppress(SSL.WantReadError):
            written = self._dtls.bio_read(65536)
            while written:
                end = 13 + int.from_bytes(written[11:13], "big")
                self._send(written[:end])
                written = written[end:]


@cache
def local_host() -> str:
    """The address of the interface that leads outside: Janus uses no loopback candidates. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))
        host: str = probe.getsockname()[0]
        return host


@cache
def _certificate() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    return key, builder.sign(key, hashes.SHA256())


@cache
def _context() -> SSL.Context:
    context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
    key, certificate = _certificate()
    context.use_privatekey(key)
    context.use_certificate(certificate)
    context.set_verify(SSL.VERIFY_PEER, lambda *_: True)  # the fingerprint decides, RFC 8122
    context.set_tlsext_use_srtp(PROFILE.encode())
    return context


def _fingerprint(certificate: x509.Certificate) -> Fingerprint:
    return Fingerprint("sha-256", certificate.fingerprint(hashes.SHA256()).hex(":").upper())
