"""What clients are told of TURN servers."""

from dataclasses import replace

from interview_stream.sfu.core.relays import Relays
from interview_stream.sfu.core.services import Services
from tests.sfu.rig import Rig

URLS = ("turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:443?transport=tcp")


def test_credentials_are_as_the_servers_compute_them() -> None:
    """By `openssl dgst -sha1 -hmac secret -binary | base64`."""
    (server,) = Relays(URLS, "north", 3600).servers("PA_x", 1_700_000_000.5)
    assert list(server.urls) == list(URLS)
    assert (server.username, server.credential) == ("1700003600:PA_x", "tA50pxOTHHdD4r0oNHoos0M90wI=")


def test_clients_get_them_when_they_join_and_fresh_ones_when_they_resume() -> None:
    rig = Rig()
    services: Services = replace(rig.services, relays=Relays(URLS, "north", 3600))
    rig.services = rig.engine.services = services
    dana = rig.client("dana").connect()
    joined = dana.signals.last("join").join.ice_servers[0]
    assert joined.username == f"{int(services.unix(rig.now)) + 3600}:{dana.participant.sid}"
    rig.pass_time(5)
    resumed = dana.resume().last("reconnect").reconnect.ice_servers[0]
    assert resumed.username.endswith(dana.participant.sid)
    assert resumed.username > joined.username


def test_without_servers_there_is_nothing_to_tell() -> None:
    dana = Rig().client("dana").connect()
    assert not dana.signals.last("join").join.ice_servers
