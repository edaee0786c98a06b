"""Reads about a person's own second factors, and the draft of a new authenticator app."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import get_totp_secret

from interview_stream.server.accounts.actor import Actor, user_among
from interview_stream.server.accounts.factors import most_passkeys
from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.schemas import FactorOut, FactorsOut, PasskeyOut, RecoveryCodesOut, TotpDraftOut
from interview_stream.server.live import query

Type = Authenticator.Type


@query("factors.get")
def get_factors(actor: Actor) -> FactorsOut:
    """One's own, also for those whom their organisation lets in only with one."""
    user = user_among(actor)
    own = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    totp = next((each for each in own if each.type == Type.TOTP), None)
    codes = next((each for each in own if each.type == Type.RECOVERY_CODES), None)
    return FactorsOut(
        totp=FactorOut(created_at=totp.created_at, last_used_at=totp.last_used_at) if totp else None,
        recovery_codes=_codes_out(codes) if codes else None,
        passkeys=[
            PasskeyOut(id=each.pk, name=each.data["name"], created_at=each.created_at, last_used_at=each.last_used_at)
            for each in own
            if each.type == Type.WEBAUTHN
        ],
        most_passkeys=most_passkeys(),
        has_password=user.has_usable_password(),
    )


def _codes_out(codes: Authenticator) -> RecoveryCodesOut:
    wrapped = RecoveryCodes(codes)
    return RecoveryCodesOut(
        created_at=codes.created_at, total=len(wrapped.generate_codes()), unused=len(wrapped.get_unused_codes())
    )


def draft_totp(user: User) -> TotpDraftOut:
    """A fresh secret, kept in the session until a code of it has been typed."""
    adapter, secret = get_adapter(), get_totp_secret(regenerate=True)
    address = adapter.build_totp_url(user, secret)
    return TotpDraftOut(secret=secret, otpauth_url=address, qr_svg=adapter.build_totp_svg(address))
