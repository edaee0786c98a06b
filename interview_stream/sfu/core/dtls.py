"""The DTLS server of one participant over memory (RFC 5763, RFC 5764): hides OpenSSL and its timers."""

import datetime
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NoReturn, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from interview_stream.sfu.core.srtp import PROFILES, SrtpKeys
from interview_stream.sfu.wire.sdp import Fingerprint

_DTLS_1_2: Final = 0xFEFD
_MTU: Final = 1200
_RECORD_HEADER: Final = 13
_EXPORTER: Final = b"EXTRACTOR-dtls_srtp"
_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha-256": hashes.SHA256,
    "sha-384": hashes.SHA384,
    "sha-512": hashes.SHA512,
}
_CIPHERS: Final = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"

_FIRST_RETRANSMISSION_S: Final = 0.1
_MAX_RETRANSMISSIONS: Final = 8


class DtlsError(Exception):
    """The handshake failed or the other side is not who its description said; the message says why."""


class Certificate:
    """The process's self-signed certificate and the OpenSSL context that uses it."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self.key, self.certificate = key, certificate
        self.fingerprint = self.fingerprint_by("sha-256")
        self.context = SSL.Context(SSL.DTLS_SERVER_METHOD)
        self.context.set_min_proto_version(_DTLS_1_2)
        self.context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_TICKET)
        self.context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        self.context.set_cipher_list(_CIPHERS)
        self.context.use_certificate(certificate)
        self.context.use_privatekey(key)
        self.context.set_tlsext_use_srtp(":".join(PROFILES).encode())
        # Any certificate passes here; its fingerprint is compared with the offer's after the handshake.
        self.context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)

    @classmethod
    def generate(cls) -> Self:
        """A new P-256 key and certificate. Nobody checks its dates, only its fingerprint (RFC 8827 section 6.5)."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WebRTC")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
            .not_valid_after(datetime.datetime(2049, 12, 31, tzinfo=datetime.UTC))
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    def fingerprint_by(self, algorithm: str) -> Fingerprint:
        """The fingerprint by another hash."""
        return fingerprint_of(self.certificate, algorithm)


def fingerprint_of(certificate: x509.Certificate, algorithm: str) -> Fingerprint:
    """As a=fingerprint writes it; KeyError for a hash that is not safe or not known (RFC 8122 section 5)."""
    return Fingerprint(algorithm, certificate.fingerprint(_HASHES[algorithm]()).hex(":").upper())


@dataclass(frozen=True, slots=True)
class DtlsKeys:
    """What the handshake agreed on: the SRTP profile and both directions' keys."""

    profile: str
    inbound: SrtpKeys
    outbound: SrtpKeys


class DtlsServer:
    """One association. Feed datagrams to `receive`, call `tick` at `deadline`, drain `outgoing` after each."""

    def __init__(self, certificate: Certificate, fingerprints: Sequence[Fingerprint]) -> None:
        self._fingerprints = tuple(fingerprints)
        self._connection = SSL.Connection(certificate.context, None)
        self._connection.set_accept_state()
        self._connection.set_ciphertext_mtu(_MTU)
        self._outgoing: list[bytes] = []
        self._flight: list[bytes] = []
        self._retransmissions = 0
        self._retransmit_at: float | None = None
        self._error: DtlsError | None = None
        self.keys: DtlsKeys | None = None
        """Set once the handshake is complete and the client's certificate matches."""

    def receive(self, data: bytes, now: float) -> list[bytes]:
        """Handle one datagram; application data that came in it. Raises DtlsError when the association is lost."""
        if self._error:
            raise self._error
        self._connection.bio_write(data)
        try:
            if self.keys is None:
                self._connection.do_handshake()
                self.keys = self._agreed_keys()
                self._flight, self._retransmit_at = [], None
            return self._read_application_data()
        except SSL.WantReadError:
            return []
        except SSL.Error as error:
            self._fail(DtlsError(f"The DTLS association failed: {_reason(error)}."))
        except DtlsError as error:
            self._fail(error)
        finally:
            self._collect(now)

    def _fail(self, error: DtlsError) -> NoReturn:
        self._error = error
        self._flight, self._retransmit_at = [], None
        raise error from None

    def _read_application_data(self) -> list[bytes]:
        messages = []
        while True:
            try:
                messages.append(self._connection.recv(65536))
            except (SSL.WantReadError, SSL.ZeroReturnError):
                # A close_notify ends nothing: signalling says who leaves.
                return messages

    def _agreed_keys(self) -> DtlsKeys:
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        assert certificate is not None, "The context demands a certificate."
        known = [offered for offered in self._fingerprints if offered.algorithm in _HASHES]
        if not any(fingerprint_of(certificate, offered.algorithm) == offered for offered in known):
            raise DtlsError("The client's certificate is not the one its description names.")
        profile = self._connection.get_selected_srtp_profile().decode()
        if profile not in PROFILES:
            raise DtlsError("The client offers no SRTP profile that we know.")
        key, salt = PROFILES[profile]
        exported = self._connection.export_keying_material(_EXPORTER, 2 * (key + salt))
        # Client key, server key, client salt, server salt (RFC 5764 section 4.2).
        return DtlsKeys(
            profile,
            inbound=SrtpKeys(exported[:key], exported[2 * key : 2 * key + salt]),
            outbound=SrtpKeys(exported[key : 2 * key], exported[2 * key + salt :]),
        )

    def send(self, data: bytes, now: float) -> None:
        """Send application data (SCTP); only once connected."""
        assert self.keys is not None, "Application data needs a finished handshake."
        self._connection.send(data)
        self._collect(now)

    def _collect(self, now: float) -> None:
        """Take what OpenSSL wrote; while the handshake runs that is a flight, to be sent again until it is answered."""
        written: list[bytes] = []
        while True:
            try:
                written += _records(self._connection.bio_read(65536))
            except SSL.WantReadError:
                break
        self._outgoing += written
        if written and self.keys is None and self._error is None:
            self._flight = written
            self._retransmissions = 0
            self._retransmit_at = now + _FIRST_RETRANSMISSION_S

    def tick(self, now: float) -> None:
        """Retransmit if it is time.

        OpenSSL does so after a second by its own clock, with new record numbers; that is far longer than a round trip,
        so until then the same records are sent again, of which the client takes those that it lacks.
        """
        if self._retransmit_at is None or now < self._retransmit_at:
            return
        retransmissions = self._retransmissions + 1
        with suppress(SSL.Error):
            self._connection.DTLSv1_handle_timeout()
        self._collect(now)
        if not self._outgoing:
            self._outgoing += self._flight
        self._retransmissions = retransmissions
        if self._retransmissions < _MAX_RETRANSMISSIONS:
            self._retransmit_at = now + _FIRST_RETRANSMISSION_S * 2**self._retransmissions
        else:
            self._retransmit_at = None

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        return self._retransmit_at

    def outgoing(self) -> list[bytes]:
        """Datagrams to send, one record each; empties the list."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing


def _records(data: bytes) -> list[bytes]:
    """The memory BIO joins datagrams; a record fits the MTU, so each may travel alone (RFC 6347 section 4.1.1)."""
    records = []
    while data:
        size = _RECORD_HEADER + int.from_bytes(data[11:13], "big")
        records.append(data[:size])
        data = data[size:]
    return records


def _reason(error: SSL.Error) -> str:
    """OpenSSL's own words, if it has any."""
    queue = error.args[0] if error.args else ()
    words = [entry[-1] for entry in queue if isinstance(entry, tuple) and entry] if isinstance(queue, list) else []
    return "; ".join(words) or "no reason given"
