"""The DTLS server against OpenSSL's client, over networks that lose, repeat and reorder."""

import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_stream.sfu.core.dtls import Certificate, DtlsError, DtlsServer
from interview_stream.sfu.core.srtp import PROFILES, SrtpKeys, SrtpSession
from interview_stream.sfu.wire.rtp import serialize_header
from interview_stream.sfu.wire.sdp import Fingerprint
from tests.sfu.transport_client import CLIENT_CERTIFICATE, DtlsClient

SERVER_CERTIFICATE = Certificate.generate()

Network = Callable[[list[bytes]], list[bytes]]


def perfect(datagrams: list[bytes]) -> list[bytes]:
    return datagrams


def shake_hands(
    client: DtlsClient, server: DtlsServer, network: Network = perfect, *, rounds: int = 4, now: float = 0.0
) -> None:
    """Carry datagrams, and time when nothing moves, until both sides are done."""
    to_server = client.step()
    for _ in range(rounds):
        for datagram in network(to_server):
            server.receive(datagram, now)
        deadline = server.deadline()
        to_client = server.outgoing()
        to_server = client.step(network(to_client))
        if server.keys and client.srtp and not to_server:
            break
        if not to_server and not to_client and deadline is not None:
            now = deadline
            server.tick(now)
            to_server = client.step(network(server.outgoing()))


def new_server(client: DtlsClient | None = None) -> DtlsServer:
    return DtlsServer(SERVER_CERTIFICATE, [(client or DtlsClient()).fingerprint])


def test_both_sides_get_the_same_keys_and_see_each_other() -> None:
    client = DtlsClient()
    server = new_server(client)
    shake_hands(client, server)
    keys = server.keys
    assert keys
    assert client.srtp
    assert client.server_fingerprint() == SERVER_CERTIFICATE.fingerprint
    session = SrtpSession(keys.profile, keys.inbound, keys.outbound)
    header = serialize_header(96, 1, 2, 3)
    assert session.unprotect_rtp(client.srtp.sender.protect(header, b"up")) == header + b"up"
    assert client.srtp.unprotect_rtp(session.sender.protect(header, b"down")) == header + b"down"


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [
        # As Chromium, the native client and Firefox offer them
        ("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM"),
        ("SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80", "SRTP_AEAD_AES_128_GCM"),
        ("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", "SRTP_AEAD_AES_256_GCM"),
        ("SRTP_AES128_CM_SHA1_80", "SRTP_AES128_CM_SHA1_80"),
    ],
)
def test_our_order_of_profiles_decides(offered: str, agreed: str) -> None:
    client = DtlsClient(profiles=offered)
    server = new_server(client)
    shake_hands(client, server)
    assert server.keys
    assert server.keys.profile == agreed
    assert client.srtp
    assert client.srtp.profile == agreed


@pytest.mark.parametrize("profiles", ["", "SRTP_AES128_CM_SHA1_32"])
def test_a_client_without_a_profile_that_we_know_is_refused(profiles: str) -> None:
    client = DtlsClient(profiles=profiles)
    with pytest.raises(DtlsError, match="profile"):
        shake_hands(client, new_server(client))


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_the_fingerprint_may_use_any_safe_hash(algorithm: str) -> None:
    fingerprint = CLIENT_CERTIFICATE.fingerprint_by(algorithm)
    server = DtlsServer(SERVER_CERTIFICATE, [Fingerprint("sha-1", "00"), Fingerprint("sha-256", "00"), fingerprint])
    shake_hands(DtlsClient(), server)
    assert server.keys


@pytest.mark.parametrize(
    "fingerprints", [[], [Certificate.generate().fingerprint], [Fingerprint("sha-1", "AA"), Fingerprint("md5", "BB")]]
)
def test_another_certificate_than_the_offers_is_refused(fingerprints: list[Fingerprint]) -> None:
    server = DtlsServer(SERVER_CERTIFICATE, fingerprints)
    with pytest.raises(DtlsError, match="not the one its description names"):
        shake_hands(DtlsClient(), server)
    assert server.keys is None
    assert server.deadline() is None
    with pytest.raises(DtlsError, match="not the one its description names"):
        server.receive(b"\x16", 1.0)


def test_a_client_without_certificate_is_refused() -> None:
    with pytest.raises(DtlsError, match="peer did not return a certificate"):
        shake_hands(DtlsClient(certificate=None), new_server())


def test_every_datagram_is_one_record_that_fits_the_mtu() -> None:
    client = DtlsClient()
    server = new_server(client)
    for datagram in client.step():
        server.receive(datagram, 0)
    flight = server.outgoing()
    assert len(flight) > 1
    for datagram in flight:
        assert len(datagram) <= 1200
        assert len(datagram) == 13 + int.from_bytes(datagram[11:13], "big")


def test_a_client_hello_in_several_datagrams() -> None:
    """Post-quantum key shares make it so long in browsers."""
    client = DtlsClient(application_protocols=(b"x" * 250,) * 8)
    server = new_server(client)
    hello = client.step()
    assert len(hello) > 1
    for datagram in hello[:-1]:
        server.receive(datagram, 0)
        assert server.outgoing() == []
        assert server.deadline() is None
    server.receive(hello[-1], 0)
    shake = client.step(server.outgoing())
    for datagram in shake:
        server.receive(datagram, 0)
    assert server.keys


def test_the_flight_is_sent_again_at_doubling_intervals_and_not_for_ever() -> None:
    client = DtlsClient()
    server = new_server(client)
    assert server.deadline() is None
    for datagram in client.step():
        server.receive(datagram, 10.0)
    flight = server.outgoing()
    times = []
    server.tick(10.05)
    assert server.outgoing() == []
    while (deadline := server.deadline()) is not None:
        times.append(round(deadline - 10, 3))
        server.tick(deadline)
        assert server.outgoing() == flight
    assert times == [0.1, 0.3, 0.7, 1.5, 3.1, 6.3, 12.7, 25.5]
    server.tick(1000)
    assert server.outgoing() == []


def test_a_lost_flight_is_repaired_by_the_timer() -> None:
    client = DtlsClient()
    server = new_server(client)
    for datagram in client.step():
        server.receive(datagram, 0)
    server.outgoing()  # lost
    server.tick(0.1)
    for datagram in client.step(server.outgoing()):
        server.receive(datagram, 0.2)
    assert server.keys
    assert server.deadline() is None


def test_openssl_repeats_the_flight_with_new_record_numbers_once_its_own_clock_says_so() -> None:
    client = DtlsClient()
    server = new_server(client)
    for datagram in client.step():
        server.receive(datagram, 0)
    flight = server.outgoing()
    time.sleep(server._connection.DTLSv1_get_timeout() or 0)  # OpenSSL's clock cannot be replaced
    server.tick(1.5)
    again = server.outgoing()
    assert [record[13:] for record in again] == [record[13:] for record in flight]
    assert {record[5:11] for record in again}.isdisjoint(record[5:11] for record in flight)
    assert server.deadline() == 1.7
    server.tick(1.7)
    assert server.outgoing() == again


def test_a_lost_last_flight_is_repaired_when_the_client_asks_again() -> None:
    client = DtlsClient()
    server = new_server(client)
    for datagram in client.step():
        server.receive(datagram, 0)
    finished = client.step(server.outgoing())
    for datagram in finished:
        server.receive(datagram, 0)
    assert server.keys
    server.outgoing()  # lost
    for datagram in finished:  # a mere copy, which the network made, asks for nothing
        server.receive(datagram, 1)
    assert server.outgoing() == []
    time.sleep(client.connection.DTLSv1_get_timeout() or 0)  # OpenSSL's clock cannot be replaced
    client.connection.DTLSv1_handle_timeout()
    for datagram in client.written():
        server.receive(datagram, 1)
    client.step(server.outgoing())
    assert client.srtp


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_the_handshake_survives_a_bad_network(seed: int, loss_percent: int) -> None:
    random = Random(seed)

    def bad(datagrams: list[bytes]) -> list[bytes]:
        kept = [datagram for datagram in datagrams if random.randrange(100) >= loss_percent]
        repeated = kept + [datagram for datagram in kept if random.randrange(4) == 0]
        random.shuffle(repeated)
        return repeated

    client = DtlsClient()
    server = new_server(client)
    shake_hands(client, server, bad, rounds=12)
    # From here on nothing gets lost, and the client repeats its last flight.
    for now in (100.0, 200.0, 300.0):
        for datagram in client.repeat():
            server.receive(datagram, now)
        server.tick(now + 99)
        client.step(server.outgoing())
    assert server.keys


def test_application_data_goes_both_ways() -> None:
    client = DtlsClient()
    server = new_server(client)
    with pytest.raises(AssertionError, match="finished handshake"):
        server.send(b"early", 0)
    shake_hands(client, server)
    client.connection.send(b"up")
    (datagram,) = client.written()
    assert server.receive(datagram, 0) == [b"up"]
    assert server.receive(datagram, 0) == []  # a replay
    server.send(b"down", 0)
    client.step(server.outgoing())
    assert client.received == [b"down"]
    assert server.deadline() is None


def test_a_close_notify_ends_nothing() -> None:
    client = DtlsClient()
    server = new_server(client)
    shake_hands(client, server)
    client.connection.shutdown()
    for datagram in client.written():
        assert server.receive(datagram, 0) == []
    server.send(b"still here", 0)
    assert server.outgoing()


def test_an_alert_during_the_handshake_ends_it() -> None:
    client = DtlsClient()
    server = new_server(client)
    for datagram in client.step():
        server.receive(datagram, 0)
    with pytest.raises(DtlsError, match="handshake failure"):
        server.receive(bytes.fromhex("15feff000000000000000100020228"), 0)


@settings(max_examples=200)
@given(st.lists(st.binary(min_size=1, max_size=80), max_size=5), st.integers(20, 63))
def test_garbage_is_dropped_or_ends_the_handshake_in_words(datagrams: list[bytes], first: int) -> None:
    server = new_server()
    try:
        for data in datagrams:
            assert server.receive(bytes((first,)) + data, 0) == []
            assert server.receive(bytes((22, 254, 253)) + data, 0) == []
    except DtlsError as error:
        assert str(error).endswith(".")
    assert server.keys is None


@given(st.binary(min_size=13, max_size=80))
def test_garbage_after_the_handshake_is_dropped(data: bytes) -> None:
    assert established().receive(b"\x17" + data, 1) == []


def established(cache: list[DtlsServer] = []) -> DtlsServer:  # noqa: B006 - one handshake for all examples
    if not cache:
        client = DtlsClient()
        cache.append(new_server(client))
        shake_hands(client, cache[0])
    assert cache[0].keys
    return cache[0]


def test_profiles_have_the_key_sizes_of_their_rfcs() -> None:
    assert {name: SrtpKeys(bytes(key), bytes(salt)) for name, (key, salt) in PROFILES.items()} == {
        "SRTP_AEAD_AES_128_GCM": SrtpKeys(bytes(16), bytes(12)),
        "SRTP_AEAD_AES_256_GCM": SrtpKeys(bytes(32), bytes(12)),
        "SRTP_AES128_CM_SHA1_80": SrtpKeys(bytes(16), bytes(14)),
    }
