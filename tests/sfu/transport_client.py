"""A browser's side of the transport for tests: real ICE checks, OpenSSL's DTLS client and SRTP, without sockets."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography import x509
from OpenSSL import SSL

from interview_stream.sfu.core.dtls import Certificate, fingerprint_of
from interview_stream.sfu.core.ice import Credentials
from interview_stream.sfu.core.srtp import PROFILES, SrtpKeys, SrtpSession
from interview_stream.sfu.wire.sdp import Fingerprint
from interview_stream.sfu.wire.stun import Address, Class, Message

CLIENT_CERTIFICATE = Certificate.generate()


def check(
    local: Credentials,
    remote: Credentials,
    *,
    use_candidate: bool = False,
    transaction_id: bytes = b"transaction!",
    ice_controlled: int | None = None,
) -> bytes:
    """A connectivity check as a browser sends it to the side with the `remote` credentials."""
    message = Message(
        message_class=Class.REQUEST,
        transaction_id=transaction_id,
        username=f"{remote.ufrag}:{local.ufrag}",
        priority=1845501695,
        use_candidate=use_candidate,
        ice_controlling=None if ice_controlled is not None else 7,
        ice_controlled=ice_controlled,
    )
    return message.serialize(remote.pwd.encode())


@dataclass
class DtlsClient:
    """OpenSSL's DTLS client with our certificate; `datagrams` maps what it wrote to what it sends."""

    certificate: Certificate | None = CLIENT_CERTIFICATE
    profiles: str = ":".join(reversed(PROFILES))
    application_protocols: tuple[bytes, ...] = ()
    srtp: SrtpSession | None = None
    received: list[bytes] = field(default_factory=list)
    flight: list[bytes] = field(default_factory=list)
    """What was written last."""
    repeated: int = 1000

    def __post_init__(self) -> None:
        context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
        context.set_options(SSL.OP_NO_QUERY_MTU)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        if self.profiles:
            context.set_tlsext_use_srtp(self.profiles.encode())
        if self.certificate:
            context.use_certificate(self.certificate.certificate)
            context.use_privatekey(self.certificate.key)
        if self.application_protocols:
            context.set_alpn_protos(list(self.application_protocols))
        self.connection = SSL.Connection(context, None)
        self.connection.set_connect_state()
        self.connection.set_ciphertext_mtu(1200)

    @property
    def fingerprint(self) -> Fingerprint:
        assert self.certificate
        return self.certificate.fingerprint

    def step(self, incoming: Iterable[bytes] = ()) -> list[bytes]:
        """Take datagrams, go on with the handshake, and give what to send."""
        for datagram in incoming or [b""]:
            if datagram:
                self.connection.bio_write(datagram)
            try:
                if self.srtp is None:
                    self.connection.do_handshake()
                    self._finish()
                while True:
                    self.received.append(self.connection.recv(65536))
            except SSL.WantReadError:
                pass
        written = self.written()
        self.flight = written or self.flight
        return written

    def repeat(self) -> list[bytes]:
        """The last flight again as a timer would send it: with new record numbers, where those are not encrypted."""
        again = []
        for record in self.flight:
            self.repeated += 1
            is_clear = record[3:5] == b"\0\0"
            again.append(record[:5] + self.repeated.to_bytes(6, "big") + record[11:] if is_clear else record)
        return again

    def written(self) -> list[bytes]:
        """Whole records waiting in the memory BIO."""
        datagrams = []
        try:
            data = self.connection.bio_read(65536)
        except SSL.WantReadError:
            return []
        while data:
            size = 13 + int.from_bytes(data[11:13], "big")
            datagrams.append(data[:size])
            data = data[size:]
        return datagrams

    def _finish(self) -> None:
        profile = self.connection.get_selected_srtp_profile().decode()
        if profile:
            key, salt = PROFILES[profile]
            exported = self.connection.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
            client = SrtpKeys(exported[:key], exported[2 * key : 2 * key + salt])
            server = SrtpKeys(exported[key : 2 * key], exported[2 * key + salt :])
            self.srtp = SrtpSession(profile, inbound=server, outbound=client)

    def server_fingerprint(self) -> Fingerprint:
        certificate = self.connection.get_peer_certificate(as_cryptography=True)
        assert isinstance(certificate, x509.Certificate)
        return fingerprint_of(certificate, "sha-256")


ADDRESS: Address = ("192.0.2.7", 50000)
