"""Tokens (JWT, HS256): hides how they are signed, checked and refreshed."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import jwt

from interview_stream.sfu.core.grants import Grants, Identity

LEEWAY_S = 60
MAX_NAME = 256


class AuthError(Exception):
    """A token is refused; `status` is the HTTP status that says so."""

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.status = status


class Tokens:
    """Checks and signs tokens with one API key and its secret."""

    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret

    def verify(self, token: str) -> Identity:
        """Who the token is for; raises AuthError."""
        if not token:
            raise AuthError("no token given")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key=self._secret,
                issuer=self._key,
                algorithms=["HS256"],
                leeway=LEEWAY_S,
                options={"require": ["exp"]},
            )
        except jwt.PyJWTError as error:
            raise AuthError(f"invalid token: {error}") from None
        attributes = claims.get("attributes")
        video = claims.get("video")
        return Identity(
            identity=_text(claims, "sub") or _text(claims, "jti"),
            name=_text(claims, "name"),
            metadata=_text(claims, "metadata"),
            kind=_text(claims, "kind"),
            attributes={str(name): str(value) for name, value in attributes.items()}
            if isinstance(attributes, dict)
            else {},
            grants=Grants.from_claim(video if isinstance(video, dict) else {}),
            issued_at=_time(claims),
        )

    def verify_join(self, token: str) -> Identity:
        """Like `verify`, for a token that lets someone into a room."""
        who = self.verify(token)
        if not who.grants.room_join:
            raise AuthError("permissions denied: the token does not allow to join a room")
        if not who.identity or not who.grants.room:
            raise AuthError("the token names no identity or no room", 400)
        if max(len(who.identity), len(who.grants.room), len(who.name)) > MAX_NAME:
            raise AuthError(f"identity, room or name is longer than {MAX_NAME}", 400)
        return who

    def sign(self, who: Identity, *, now: float, ttl_s: float) -> str:
        """A token for `who` that lives `ttl_s` from the Unix time `now`."""
        claims: dict[str, Any] = {
            "sub": who.identity,
            "name": who.name,
            "metadata": who.metadata,
            "kind": who.kind,
            "attributes": dict(who.attributes),
            "video": who.grants.to_claim(),
        }
        return self._encode(claims, now, ttl_s)

    def sign_body(self, body: bytes, *, now: float) -> str:
        """The token that goes with a webhook: proves origin and content."""
        return self._encode({"sha256": base64.b64encode(hashlib.sha256(body).digest()).decode()}, now, 300)

    def _encode(self, claims: dict[str, Any], now: float, ttl_s: float) -> str:
        # A second of grace for a receiver whose clock is a little behind and who allows no leeway.
        claims |= {"iss": self._key, "iat": int(now) - 1, "nbf": int(now) - 1, "exp": int(now + ttl_s)}
        return jwt.encode(claims, self._secret, algorithm="HS256")


def _time(claims: Mapping[str, Any]) -> float:
    """RFC 7519, sections 4.1.5 and 4.1.6; the vendor's libraries set the first, some others only the second."""
    return float(claims.get("nbf", claims.get("iat", 0)))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
