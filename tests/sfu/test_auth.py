"""Tokens: who signed them, what they allow, and the ways in which they are refused."""

from datetime import UTC, datetime

import jwt
import pytest
from livekit import api

from interview_stream.sfu.auth import AuthError, Tokens
from interview_stream.sfu.core.grants import Grants, Identity

KEY, SECRET = "ISkey", "a-secret-that-is-long-enough-for-hs256"
TOKENS = Tokens(KEY, SECRET)
NOW = datetime.now(UTC).timestamp()


def token(**changes: object) -> str:
    claims: dict[str, object] = {
        "iss": KEY,
        "sub": "alice",
        "exp": NOW + 86_400,
        "video": {"roomJoin": True, "room": "r"},
    }
    return jwt.encode({**claims, **changes}, SECRET, algorithm="HS256")


def test_a_token_of_the_vendors_library_is_understood() -> None:
    made = (
        api.AccessToken(KEY, SECRET)
        .with_identity("alice")
        .with_name("Alice")
        .with_metadata("m")
        .with_attributes({"role": "candidate"})
        .with_grants(api.VideoGrants(room_join=True, room="r", can_publish_sources=["camera"]))
    )
    who = TOKENS.verify_join(made.to_jwt())
    assert (who.identity, who.name, who.metadata, who.attributes) == ("alice", "Alice", "m", {"role": "candidate"})
    assert who.grants.room == "r"
    assert len(who.grants.publish_sources) == 1


def test_a_refreshed_token_says_the_same() -> None:
    who = Identity(identity="a", name="A", attributes={"x": "1"}, grants=Grants(room="r", room_join=True))
    assert TOKENS.verify_join(TOKENS.sign(who, now=NOW, ttl_s=86_400)) == who


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 401),
        ("nonsense", 401),
        (jwt.encode({"iss": KEY, "exp": 4e9}, "another-secret-that-is-long-enough", algorithm="HS256"), 401),
        (token(iss="other"), 401),
        (token(exp=NOW - 3600), 401),
        (token(video={"room": "r"}), 401),
        (token(video="all"), 401),
        (token(video={"roomJoin": True}), 400),
        (token(sub=""), 400),
        (token(sub="x" * 257), 400),
        (token(name="x" * 257), 400),
    ],
)
def test_refusals_have_a_status_and_a_reason(text: str, status: int) -> None:
    with pytest.raises(AuthError) as refusal:
        TOKENS.verify_join(text)
    assert refusal.value.status == status
    assert str(refusal.value)


def test_a_token_without_an_end_is_refused() -> None:
    endless = jwt.encode({"iss": KEY, "sub": "alice"}, SECRET, algorithm="HS256")
    with pytest.raises(AuthError):
        TOKENS.verify(endless)


def test_odd_claims_count_as_absent_and_an_id_may_name_the_holder() -> None:
    found = TOKENS.verify(token(sub="", jti="from-jti", attributes=["x"], name=5))
    assert (found.identity, found.attributes, found.name) == ("from-jti", {}, "")


def test_a_webhooks_token_proves_its_body() -> None:
    body = '{"event":"room_started","id":"EV_1"}'
    signed = TOKENS.sign_body(body.encode(), now=datetime.now(UTC).timestamp())
    receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))
    assert receiver.receive(body, signed).event == "room_started"
    with pytest.raises(Exception, match="hash"):
        receiver.receive(body + " ", signed)


@pytest.mark.parametrize(("times", "made_at"), [({}, 0), ({"iat": 5}, 5), ({"nbf": 7, "iat": 5}, 7)])
def test_when_a_token_was_made_is_known(times: dict[str, object], made_at: float) -> None:
    assert TOKENS.verify(token(**times)).issued_at == made_at
