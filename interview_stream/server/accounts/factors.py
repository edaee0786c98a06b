"""allauth's hooks into our rules for second factors: secrets are encrypted, keys belong to the public address."""

import base64
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from interview_stream.server.accounts.devices import device_of
from interview_stream.server.accounts.models import User
from interview_stream.server.lib.problems import Conflict, problem_response


class Factors(DefaultMFAAdapter):
    """The MFA_ADAPTER."""

    def encrypt(self, text: str) -> str:
        """A copy of the database alone must not make anybody's codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows; several installations are told apart by their host."""
        return f"Interview Stream ({urlsplit(settings.ENVIRONMENT.public_url).hostname})"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys hold for the public address, whichever name a request came by (WebAuthn, section 5.1.2)."""
        return {"id": urlsplit(settings.ENVIRONMENT.public_url).hostname or "", "name": "Interview Stream"}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:  # type: ignore[override]
        """Asked for when a passkey is to be made, and so the place to refuse one too many."""
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count() >= most_passkeys():
            text = f"An account has at most {most_passkeys()} passkeys. Remove one first."
            raise ImmediateHttpResponse(problem_response(Conflict(text, slug="too-many-passkeys")))
        return super().get_public_key_credential_user_entity(user) | {"display_name": user.name}

    def generate_authenticator_name(self, user: object, type: Authenticator.Type) -> str:
        """A passkey is named after where it was made, until its owner says otherwise."""
        return device_of(context.request)


def most_passkeys() -> int:
    most: int = settings.ENVIRONMENT.max_passkeys
    return most


@lru_cache(maxsize=1)
def _cipher() -> Fernet:
    """Of a key for this purpose alone, made of the installation's secret (RFC 5869)."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"interview-stream second factors")
    return Fernet(base64.urlsafe_b64encode(derived.derive(str(settings.SECRET_KEY).encode())))


class OneTimeTOTP(TOTP):
    """Each code lets in once, and none that is older than one that did (RFC 6238, section 5.2).

    allauth remembers used codes for one period only, while a code is taken in three: its own, and the ones beside it,
    for clocks that are wrong and people who type slowly.
    """

    @transaction.atomic
    def validate_code(self, code: str) -> bool:
        self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)
        step = step_of(Factors().decrypt(self.instance.data["secret"]), code)
        if step is None or step <= self.instance.data.get("last_step", 0):
            return False
        self.instance.data["last_step"] = step
        self.instance.save(update_fields=["data"])
        return True


def step_of(secret: str, code: str) -> int | None:
    """The time step that the code is of, among those of now."""
    typed = "".join(code.split())
    steps = yield_hotp_counters_from_time()
    return next((step for step in steps if f"{hotp_value(secret, step):06}" == typed), None)
