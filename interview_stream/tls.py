"""A certificate that the installation signs itself, for trying it out in a local network."""

import datetime
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Browsers refuse longer-lived ones.
LIFE = datetime.timedelta(days=397)
RENEW_BEFORE = datetime.timedelta(days=30)


@dataclass(frozen=True)
class CertificateFiles:
    certificate: Path
    key: Path


def self_signed(folder: Path, hosts: Iterable[str]) -> CertificateFiles:
    """The kept certificate while it is good for all these hosts, otherwise a new one."""
    files = CertificateFiles(folder / "certificate.pem", folder / "key.pem")
    wanted = {_general_name(host) for host in hosts}
    if not _is_good(files, wanted):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(files, wanted)
    return files


def _is_good(files: CertificateFiles, wanted: set[x509.GeneralName]) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    lasts = certificate.not_valid_after_utc - RENEW_BEFORE > datetime.datetime.now(datetime.UTC)
    return files.key.is_file() and lasts and wanted <= set(names)


def _make(files: CertificateFiles, wanted: set[x509.GeneralName]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Interview Stream (self-signed)")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName(sorted(wanted, key=str)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(files.key, key.private_bytes(*_KEY_FORM))
    _write(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))


_KEY_FORM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
