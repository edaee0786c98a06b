"""What `interview-stream check --deploy` looks at beside Django's and allauth's own checks.

Importing it registers them; every finding says what to set. Those of Django's that the settings silence ask for parts
which ours replace, and are asked of ours here.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from interview_stream.environment import PREFIX, Environment, is_loopback
from interview_stream.server.security import fixed_headers

Findings = list[CheckMessage]

PROMISES = (
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
)


def on_deployment(check: Callable[[Environment], Findings]) -> None:
    def run(app_configs: object, **kwargs: Any) -> Findings:
        return check(settings.ENVIRONMENT)

    register(run, Tags.security, deploy=True)


@on_deployment
def has_secure_transport(environment: Environment) -> Findings:
    """Browsers give camera and microphone to secure origins only, and a session over http is anybody's."""
    if environment.is_https:
        return []
    name = urlsplit(environment.public_url).hostname or ""
    if is_loopback(name):
        return [
            Warning(
                f"{environment.public_url} is for this machine alone.",
                hint=f"Set {PREFIX}PUBLIC_URL to the https address that people open, and TLS_CERT and TLS_KEY.",
                id="interview_stream.W001",
            )
        ]
    return [
        Error(
            f"{environment.public_url} is not https: no camera there, and passwords cross the line in clear.",
            hint=f"Set {PREFIX}TLS_CERT and {PREFIX}TLS_KEY, or put a proxy with TLS in front.",
            id="interview_stream.E001",
        )
    ]


@on_deployment
def keeps_the_headers_promises(environment: Environment) -> Findings:
    missing = [name for name in PROMISES if name not in fixed_headers()]
    if environment.is_https and missing:
        return [Error(f"Answers lack {', '.join(missing)}.", id="interview_stream.E002")]
    return []


@on_deployment
def can_send_mail(environment: Environment) -> Findings:
    if environment.smtp_host:
        return []
    return [
        Warning(
            "E-mails are printed into the log: whoever reads it can sign in with the codes in them.",
            hint=f"Set {PREFIX}SMTP_HOST.",
            id="interview_stream.W002",
        )
    ]


@on_deployment
def keeps_mail_secret(environment: Environment) -> Findings:
    if not environment.smtp_host or environment.smtp_security != "none" or is_loopback(environment.smtp_host):
        return []
    return [
        Warning(
            "E-mails go to the mail server in clear, and codes and invitations with them.",
            hint=f"Set {PREFIX}SMTP_SECURITY to starttls or tls.",
            id="interview_stream.W003",
        )
    ]


@on_deployment
def knows_its_proxies(environment: Environment) -> Findings:
    """Behind a proxy that is not told of, everybody has one address: limits hit all, and the log says nothing."""
    is_behind = environment.is_https and not environment.is_tls
    if not is_behind or environment.trusted_proxies:
        return []
    return [
        Warning(
            "A proxy ends TLS before this server, but how many proxies there are is not set.",
            hint=f"Set {PREFIX}TRUSTED_PROXIES to their number, mostly 1.",
            id="interview_stream.W004",
        )
    ]
