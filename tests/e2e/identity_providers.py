"""Two real identity providers on this machine: OpenID Connect (oidc-provider-mock) and SAML (pysaml2).

`python -W ignore -m tests.e2e.identity_providers FOLDER`: a process of their own, as their libraries use parts of
others that warn of being about to move. When FOLDER/providers.toml is there, they answer.
"""

import base64
import datetime
import html
import sys
import threading
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from oidc_provider_mock import User, run_server_in_thread
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.saml import NAME_FORMAT_URI
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from tests.product import free_port

OIDC_PEOPLE = (
    ("oda", {"email": "oda@oidc.example", "email_verified": True, "name": "Oda Olsen"}),
    ("stranger", {"email": "stranger@oidc.example", "email_verified": True, "name": "Some Stranger"}),
    ("unproven", {"email": "alice@example.org", "email_verified": False, "name": "Not Alice"}),
)
SAML_PERSON = {"mail": "sami@saml.example", "givenName": "Sami", "sn": "Salo"}


def run(folder: Path) -> None:
    """Answer until killed."""
    people = [User(sub=sub, claims=dict(claims)) for sub, claims in OIDC_PEOPLE]
    with run_server_in_thread(user_claims=people) as oidc, saml_provider(folder) as saml_url:
        written = folder / "providers.part"
        written.write_text(f"""
[staff]
kind = "oidc"
name = "Staff login"
server_url = "http://localhost:{oidc.server_port}"
client_id = "interview-stream"
client_secret = "of no matter"

[saml-house]
kind = "saml"
name = "SAML house"
entity_id = "{saml_url}/metadata"
sso_url = "{saml_url}/sso"
certificate = "{folder / "saml.pem"}"
domains = ["saml.example"]
joins_as = "interviewer"
""")
        written.rename(folder / "providers.toml")
        threading.Event().wait()


@contextmanager
def saml_provider(folder: Path) -> Iterator[str]:
    _make_certificate(folder)
    port = free_port()
    url = f"http://localhost:{port}"
    server = ThreadingHTTPServer(("localhost", port), _handler(url, folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield url
    server.shutdown()


def _handler(url: str, folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One page: whoever comes with a request of a service provider may go back as Sami."""

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            if "SAMLRequest" not in query:
                self.send_error(404)
                return
            consumer, response = _answer(url, folder, query["SAMLRequest"][0])
            page = f"""<!doctype html><title>SAML house</title><h1>SAML house</h1>
                <form method="post" action="{html.escape(consumer)}">
                <input type="hidden" name="SAMLResponse" value="{response}">
                <button>Sign in as Sami</button></form>"""
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _answer(url: str, folder: Path, request: str) -> tuple[str, str]:
    """Where the browser takes the signed assertion to, and the assertion."""
    config = IdPConfig().load(
        {
            "entityid": f"{url}/metadata",
            "key_file": str(folder / "saml.key"),
            "cert_file": str(folder / "saml.pem"),
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "metadata": {"inline": [_service_provider(request)]},
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(f"{url}/sso", BINDING_HTTP_REDIRECT)]},
                    "policy": {"default": {"name_form": NAME_FORMAT_URI, "lifetime": {"minutes": 5}}},
                }
            },
        }
    )
    idp = Server(config=config)
    asked = idp.parse_authn_request(request, BINDING_HTTP_REDIRECT).message
    arguments = idp.response_args(asked, [BINDING_HTTP_POST])
    response = idp.create_authn_response(
        SAML_PERSON,
        userid="sami",
        authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"},
        sign_assertion=True,
        sign_response=True,
        sign_alg=SIG_RSA_SHA256,
        digest_alg=DIGEST_SHA256,
        **arguments,
    )
    return arguments["destination"], base64.b64encode(str(response).encode()).decode()


def _service_provider(request: str) -> str:
    """The metadata that the product publishes, found by the address in its request."""
    text = zlib.decompress(base64.b64decode(request), -15).decode()
    issuer = text.partition("<saml:Issuer>")[2].partition("</saml:Issuer>")[0]
    with urllib.request.urlopen(issuer) as answer:
        return str(answer.read().decode())


def _make_certificate(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SAML house")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    (folder / "saml.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "saml.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


if __name__ == "__main__":
    run(Path(sys.argv[1]))
