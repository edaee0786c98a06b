"""What the media engine is told from outside, parsed once."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from interview_stream.environment import Environment
from interview_stream.keys import Keys
from interview_stream.nodes import nodes_of


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one media engine process."""

    host: str
    """Address of signalling and server API."""
    port: int
    media_port: int
    media_tcp_port: int
    """0 for no media over TCP."""
    public_ips: tuple[str, ...]
    stun_servers: tuple[tuple[str, int], ...]
    turn_urls: tuple[str, ...]
    turn_secret: str
    turn_credential_s: int
    captures: Path
    """Folder that recordings are written to."""
    revoked: Path
    """File of tokens that were taken back."""
    key: str
    secret: str
    webhook_url: str
    webhook_ca: Path | None
    """The only certificate to trust when calling the webhook; None for the system's."""
    max_uplink_bps: int
    connection_sample_s: int
    """How often the server is told how connections are, in seconds; 0 for never."""
    max_participants: int
    """With as many people no new room is opened; 0 for no limit, as for one of several, whose router keeps it."""
    name: str
    """Of this process in the installation."""
    node_id: str


def make_config(
    environment: Environment, keys: Keys, variables: Mapping[str, str] | None = None, *, number: int = 0
) -> Config:
    """The engine's view of the installation's settings; `number` is that of one of several, from 1."""
    given = os.environ if variables is None else variables
    node = next(each for each in nodes_of(environment) if each.number == number)
    webhook = given.get("INTERVIEW_STREAM_WEBHOOK_URL", "").strip()
    return Config(
        host="127.0.0.1",
        port=node.port,
        media_port=node.media_port,
        media_tcp_port=node.media_tcp_port,
        public_ips=environment.public_ips,
        stun_servers=environment.stun_servers,
        turn_urls=environment.turn_urls,
        turn_secret=environment.turn_secret,
        turn_credential_s=environment.turn_credential_s,
        captures=environment.data / "captures",
        revoked=environment.data / "run" / "revoked-tokens.jsonl",
        key=keys.media_key,
        secret=keys.media_secret,
        webhook_url=webhook or f"{environment.own_url}/webhooks/livekit",
        webhook_ca=Path(environment.tls_cert) if environment.is_tls and not webhook else None,
        max_uplink_bps=environment.max_uplink_bps,
        connection_sample_s=environment.connection_sample_s,
        max_participants=0 if number else environment.sfu_max_participants,
        name=node.name,
        node_id=f"ND_{socket.gethostname()}" + (f"-{number}" if number else ""),
    )
