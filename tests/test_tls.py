"""The certificate that an installation signs itself."""

import datetime
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509

from interview_stream import tls

HOSTS = ["localhost", "127.0.0.1", "::1", "interviews.example.org"]


@pytest.fixture
def files(tmp_path: Path) -> tls.CertificateFiles:
    return tls.self_signed(tmp_path / "tls", HOSTS)


def certificate(files: tls.CertificateFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


@pytest.mark.parametrize("host", HOSTS)
def test_a_client_that_trusts_it_connects_under_every_name(files: tls.CertificateFiles, host: str) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cafile=str(files.certificate))
    here, there = socket.socketpair()

    def answer() -> None:
        with server.wrap_socket(there, server_side=True) as end:
            end.sendall(b"hello")

    thread = threading.Thread(target=answer)
    thread.start()
    with client.wrap_socket(here, server_hostname=host) as end:
        assert end.recv(5) == b"hello"
    thread.join()


def test_the_key_is_for_its_owner_only(files: tls.CertificateFiles) -> None:
    assert files.key.stat().st_mode & 0o077 == 0


def test_it_is_kept_while_it_is_good(files: tls.CertificateFiles) -> None:
    before = certificate(files)
    assert tls.self_signed(files.key.parent, ["localhost"]) == files
    assert certificate(files) == before


def test_another_host_needs_another_one(files: tls.CertificateFiles) -> None:
    before = certificate(files)
    tls.self_signed(files.key.parent, [*HOSTS, "10.0.0.7"])
    assert certificate(files) != before


def test_it_is_renewed_before_it_ends(files: tls.CertificateFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "RENEW_BEFORE", tls.LIFE + datetime.timedelta(days=1))
    before = certificate(files)
    tls.self_signed(files.key.parent, HOSTS)
    assert certificate(files) != before


@pytest.mark.parametrize("damage", ["certificate", "key"])
def test_a_damaged_one_is_replaced(files: tls.CertificateFiles, damage: str) -> None:
    if damage == "key":
        files.key.unlink()
    else:
        files.certificate.write_text("nonsense")
    tls.self_signed(files.key.parent, HOSTS)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
