"""A peer and the table of peers against a real client: checks, handshake, media, silence, restart and attackers."""

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_stream.sfu.core.dtls import Certificate
from interview_stream.sfu.core.ice import Credentials
from interview_stream.sfu.core.peer import MAX_PACKETS_PER_S, Peer, PeerTable, stun_ufrag
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.wire.rtcp import Pli, RtcpPacket, serialize_compound, source_description
from interview_stream.sfu.wire.rtp import RtpPacket, serialize_header
from interview_stream.sfu.wire.stun import Address, Class, Message
from interview_stream.sfu.wire.vp8 import Vp8Descriptor
from tests.sfu.transport_client import ADDRESS, DtlsClient, check

CERTIFICATE = Certificate.generate()
CLIENT = Credentials("clnt", "c" * 24)
ELSEWHERE: Address = ("198.51.100.9", 40000)
RTCP = serialize_compound([source_description(1, "me"), Pli(1, 2)])

texts = count()


def random_text(size: int) -> str:
    """Not random, but never twice the same."""
    return f"{next(texts):0{size}}"


class Listener:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.packets: list[RtpPacket] = []
        self.rtcp: list[RtcpPacket] = []
        self.data: list[bytes] = []

    def connected(self, now: float) -> None:
        self.events.append(f"connected at {now}")

    def disconnected(self, now: float) -> None:
        self.events.append(f"disconnected at {now}")

    def rtp_received(self, packet: RtpPacket, now: float) -> None:
        self.packets.append(packet)

    def rtcp_received(self, packets: Sequence[RtcpPacket], now: float) -> None:
        self.rtcp += packets

    def data_received(self, data: bytes, now: float) -> None:
        self.data.append(data)

    def is_video(self, ssrc: int) -> bool:
        return False

    def closed(self, reason: str) -> None:
        self.events.append(f"closed: {reason}")


class Call:
    """A server's peer and a client on the other side of a perfect network."""

    def __init__(self, client: DtlsClient | None = None) -> None:
        self.client = client or DtlsClient()
        self.outbox: Outbox = []
        self.listener = Listener()
        self.peer = Peer(CERTIFICATE, self.outbox, self.listener, random_text=random_text)
        self.peer.set_remote(CLIENT.ufrag, CLIENT.pwd, [self.client.fingerprint], 0.0)
        self.table = PeerTable()
        self.table.add(self.peer)

    def check(self, source: Address = ADDRESS, now: float = 0.0, *, use_candidate: bool = True) -> list[bytes]:
        self.table.receive(check(CLIENT, self.peer.local, use_candidate=use_candidate), source, now)
        return self.drain(source)

    def drain(self, expected: Address = ADDRESS) -> list[bytes]:
        datagrams = [data for data, _ in self.outbox]
        assert {target for _, target in self.outbox} <= {expected}
        self.outbox.clear()
        return datagrams

    def connect(self, now: float = 0.0) -> "Call":
        self.check(now=now)
        to_server = self.client.step()
        while to_server:
            for datagram in to_server:
                self.table.receive(datagram, ADDRESS, now)
            to_server = self.client.step(self.drain())
        assert self.client.srtp
        return self

    def media(self, number: int, payload: bytes = b"payload", now: float = 1.0, source: Address = ADDRESS) -> None:
        assert self.client.srtp
        data = self.client.srtp.sender.protect(serialize_header(96, number, 1000, 7), payload)
        self.table.receive(data, source, now)

    def control(self, data: bytes = RTCP, now: float = 1.0) -> None:
        assert self.client.srtp
        self.table.receive(self.client.srtp.protect_rtcp(data), ADDRESS, now)


def test_a_call_connects_and_media_flow_both_ways() -> None:
    call = Call().connect()
    assert call.listener.events == ["connected at 0.0"]
    assert call.peer.is_connected
    assert call.peer.srtp_profile == "SRTP_AEAD_AES_128_GCM"
    call.media(1)
    call.control()
    (packet,) = call.listener.packets
    assert (packet.ssrc, packet.sequence_number, packet.payload) == (7, 1, b"payload")
    assert call.listener.rtcp == [source_description(1, "me"), Pli(1, 2)]
    header = serialize_header(111, 5, 6, 8)
    call.peer.outlet.send_rtp(header, b"down")
    call.peer.send_rtcp(RTCP)
    rtp, rtcp = call.drain()
    assert call.client.srtp
    assert call.client.srtp.unprotect_rtp(rtp) == header + b"down"
    assert call.client.srtp.unprotect_rtcp(rtcp) == RTCP
    assert call.client.server_fingerprint() == CERTIFICATE.fingerprint
    assert call.peer.drops == call.table.drops == {}


def test_the_profile_is_unknown_before_the_handshake() -> None:
    assert Call().peer.srtp_profile is None


def test_nothing_is_sent_before_the_connection() -> None:
    call = Call()
    call.peer.tick(0.0)
    assert call.peer.deadline() is None
    assert not call.peer.is_connected
    call.check()
    call.peer.outlet.send_rtp(serialize_header(96, 1, 2, 3), b"x")
    call.peer.send_rtcp(RTCP)
    assert call.outbox == []
    assert call.peer.drops == {"not connected": 2}


def test_media_before_the_handshake_are_dropped() -> None:
    call = Call()
    call.check()
    call.table.receive(serialize_header(96, 1, 2, 3) + b"payload", ADDRESS, 0.0)
    assert call.peer.drops == {"early media": 1}


def test_a_handshake_without_a_check_is_not_begun() -> None:
    call = Call()
    (hello,) = call.client.step()
    call.peer.receive(hello, ELSEWHERE, 0.0)
    assert call.outbox == []
    assert call.peer.drops == {"early dtls": 1}


def test_a_handshake_before_the_offer_is_not_begun() -> None:
    call = Call()
    peer = Peer(CERTIFICATE, call.outbox, call.listener, random_text=random_text)
    peer.receive(check(CLIENT, peer.local), ADDRESS, 0.0)
    call.outbox.clear()
    peer.receive(call.client.step()[0], ADDRESS, 0.0)
    assert call.outbox == []
    assert peer.drops == {"early dtls": 1}
    assert peer.deadline() is None
    peer.tick(1.0)


def test_a_stranger_cannot_disturb_a_running_call() -> None:
    call = Call().connect()
    call.peer.receive(b"\x16\xfe\xfd" + bytes(30), ELSEWHERE, 1.0)
    call.peer.receive(b"\x15\xfe\xfd" + bytes(8) + b"\x00\x02\x02\x28", ELSEWHERE, 1.0)
    call.peer.receive(check(CLIENT, Credentials(call.peer.local.ufrag, "guess")), ELSEWHERE, 1.0)
    call.peer.receive(serialize_header(96, 1, 2, 7) + bytes(40), ELSEWHERE, 1.0)
    assert call.outbox == []
    assert call.peer.drops == {"early dtls": 2, "stun refused": 1, "not authentic": 1}
    call.media(1)
    assert len(call.listener.packets) == 1


def test_a_wrong_certificate_closes_the_peer_once() -> None:
    call = Call()
    call.client.certificate = Certificate.generate()
    call = Call(DtlsClient(certificate=call.client.certificate))
    call.peer = Peer(CERTIFICATE, call.outbox, call.listener, random_text=random_text)
    call.peer.set_remote(CLIENT.ufrag, CLIENT.pwd, [DtlsClient().fingerprint], 0.0)
    call.table.add(call.peer)
    call.check()
    for datagram in call.client.step():
        call.table.receive(datagram, ADDRESS, 0.0)
    for datagram in call.client.step(call.drain()):
        call.table.receive(datagram, ADDRESS, 0.0)
    (event,) = call.listener.events
    assert event == "closed: The client's certificate is not the one its description names."
    assert not call.peer.is_connected
    assert call.peer.deadline() is None
    call.outbox.clear()
    call.check()
    call.peer.tick(100.0)
    assert call.outbox == []
    assert call.peer.drops["closed"]


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "short"),
        (bytes(11), "short"),
        (b"\x40" * 20, "unknown protocol"),
        (b"\xff" * 20, "unknown protocol"),
        (b"\x0a" * 20, "unknown protocol"),
        (bytes(20), "malformed"),
        (b"\x80" + bytes(40), "not authentic"),
        (b"\x80\xc8" + bytes(40), "not authentic"),
    ],
)
def test_drops_are_counted_by_cause(data: bytes, cause: str) -> None:
    call = Call().connect()
    call.peer.receive(data, ADDRESS, 1.0)
    assert call.peer.drops == {cause: 1}


def test_a_flood_of_authentic_packets_is_cut_and_harms_nobody_else() -> None:
    call, other = Call().connect(), Call().connect()
    for _ in range(100):  # with a forged address
        call.table.receive(b"\x80" + bytes(40), ADDRESS, 5.0)
    for number in range(MAX_PACKETS_PER_S + 500):
        call.media(number & 0xFFFF, now=5.0 + number / (MAX_PACKETS_PER_S + 500) * 0.99)
    assert len(call.listener.packets) == MAX_PACKETS_PER_S
    assert call.peer.drops == {"flood": 500, "not authentic": 100}
    other.media(1, now=5.99)
    assert len(other.listener.packets) == 1
    call.media(MAX_PACKETS_PER_S + 501, now=6.5)
    assert len(call.listener.packets) == MAX_PACKETS_PER_S + 1
    assert call.peer.is_connected


def test_authentic_packets_may_be_malformed_too() -> None:
    call = Call().connect()
    assert call.client.srtp
    call.table.receive(
        call.client.srtp.sender.protect(b"\xa0" + serialize_header(96, 1, 2, 3)[1:], bytes(4)), ADDRESS, 1.0
    )
    call.control(b"\x80\xc8\x00\xff" + bytes(8))
    assert call.peer.drops == {"malformed": 2}
    assert (call.listener.packets, call.listener.rtcp) == ([], [])


def test_a_listener_may_find_a_payload_malformed() -> None:
    class Picky(Listener):
        def rtp_received(self, packet: RtpPacket, now: float) -> None:
            Vp8Descriptor.parse(packet.payload)

    call = Call()
    call.peer = Peer(CERTIFICATE, call.outbox, Picky(), random_text=random_text)
    call.peer.set_remote(CLIENT.ufrag, CLIENT.pwd, [call.client.fingerprint], 0.0)
    call.table.add(call.peer)
    call.connect()
    call.media(1, b"")
    assert call.peer.drops == {"malformed": 1}


def test_a_number_used_twice_is_dropped_and_counted() -> None:
    call = Call().connect()
    for payload in (b"one", b"two"):
        call.peer.outlet.send_rtp(serialize_header(96, 1, 2, 3), payload)
    assert len(call.drain()) == 1
    assert call.peer.drops == {"number used twice": 1}


def test_data_goes_both_ways_once_connected() -> None:
    call = Call()
    call.peer.send_data(b"early", 0.0)
    assert call.peer.drops == {"not connected": 1}
    call.connect()
    call.client.connection.send(b"sctp")
    for datagram in call.client.written():
        call.table.receive(datagram, ADDRESS, 1.0)
    assert call.listener.data == [b"sctp"]
    call.peer.send_data(b"answer", 1.0)
    call.client.step(call.drain())
    assert call.client.received == [b"answer"]


def test_the_handshake_is_repeated_by_time() -> None:
    call = Call()
    call.check()
    for datagram in call.client.step():
        call.table.receive(datagram, ADDRESS, 5.0)
    flight = call.drain()
    deadline = call.peer.deadline()
    assert deadline is not None
    assert deadline == pytest.approx(5.1)
    call.peer.tick(5.05)
    assert call.outbox == []
    call.peer.tick(deadline)
    assert call.drain() == flight


def test_ten_silent_seconds_disconnect_and_anything_valid_connects_again() -> None:
    call = Call().connect()
    call.media(1, now=3.0)
    assert call.peer.deadline() == 13.0
    call.peer.tick(12.9)
    assert call.listener.events == ["connected at 0.0"]
    call.peer.tick(13.0)
    call.peer.tick(14.0)
    assert not call.peer.is_connected
    assert call.peer.deadline() is None
    call.peer.outlet.send_rtp(serialize_header(96, 1, 2, 3), b"x")
    assert call.peer.drops == {"not connected": 1}
    call.media(2, now=20.0)
    call.peer.tick(30.0)
    call.control(now=40.0)
    call.peer.tick(50.0)
    call.check(now=60.0)
    assert call.listener.events == [
        "connected at 0.0",
        "disconnected at 13.0",
        "connected at 20.0",
        "disconnected at 30.0",
        "connected at 40.0",
        "disconnected at 50.0",
        "connected at 60.0",
    ]


def test_garbage_does_not_keep_a_call_alive() -> None:
    call = Call().connect()
    call.table.receive(b"\x80" + bytes(40), ADDRESS, 9.0)
    call.table.receive(check(CLIENT, Credentials(call.peer.local.ufrag, "guess")), ADDRESS, 9.0)
    call.peer.tick(10.0)
    assert not call.peer.is_connected


def test_records_that_are_not_authentic_prove_no_life_and_are_counted() -> None:
    call = Call().connect()
    hello = DtlsClient().step()[0]
    fatal_alert = bytes.fromhex("15 fefd 0001 000000000007 0002 0228")
    for datagram in (hello, fatal_alert):
        call.table.receive(datagram, ADDRESS, 5.0)
    assert call.peer.drops == {"dtls without data": 2}
    call.peer.tick(10.0)
    assert call.listener.events == ["connected at 0.0", "disconnected at 10.0"]


def test_media_follow_the_latest_nomination() -> None:
    call = Call().connect()
    call.check(ELSEWHERE, 1.0, use_candidate=False)
    call.peer.outlet.send_rtp(serialize_header(96, 1, 2, 3), b"x")
    call.drain(ADDRESS)
    call.check(ELSEWHERE, 1.0)
    call.peer.outlet.send_rtp(serialize_header(96, 2, 2, 3), b"x")
    assert len(call.drain(ELSEWHERE)) == 1
    call.media(5, source=ADDRESS)
    call.media(6, source=ELSEWHERE)
    assert len(call.listener.packets) == 2


def test_an_offer_with_new_credentials_restarts_ice_and_nothing_else() -> None:
    call = Call().connect()
    old = call.peer.local
    call.peer.set_remote(CLIENT.ufrag, CLIENT.pwd, [call.client.fingerprint], 50.0)
    assert call.peer.local == old
    call.peer.set_remote("new1", "n" * 24, [call.client.fingerprint], 50.0)
    new = call.peer.local
    assert new.ufrag != old.ufrag
    assert new.pwd != old.pwd
    assert new.ufrag.startswith(call.peer.ufrag_prefix)
    assert call.peer.is_connected
    call.table.receive(check(CLIENT, old), ADDRESS, 51.0)  # a check on its way
    assert call.drain()
    call.check(ELSEWHERE, 51.0)
    call.media(9, source=ELSEWHERE, now=52.0)
    assert len(call.listener.packets) == 1
    assert call.listener.events == ["connected at 0.0"]


def test_fingerprints_cannot_change() -> None:
    call = Call().connect()
    with pytest.raises(ValueError, match="fingerprints"):
        call.peer.set_remote(CLIENT.ufrag, CLIENT.pwd, [Certificate.generate().fingerprint], 1.0)


def test_a_closed_peer_is_silent() -> None:
    call = Call().connect()
    call.peer.close()
    call.media(1)
    call.check()
    call.peer.outlet.send_rtp(serialize_header(96, 1, 2, 3), b"x")
    call.peer.tick(100.0)
    assert call.outbox == []
    assert call.peer.deadline() is None
    assert call.listener.events == ["connected at 0.0"]
    assert call.listener.packets == []


def test_the_table_finds_a_peer_by_address_only_after_a_check() -> None:
    call = Call()
    assert call.table.receive(serialize_header(96, 1, 2, 3), ADDRESS, 0.0) is None
    assert call.table.receive(b"", ADDRESS, 0.0) is None
    assert call.table.drops == {"unknown source": 2}
    call.check()
    assert call.table.receive(serialize_header(96, 1, 2, 3), ADDRESS, 0.0) is call.peer


def test_the_table_knows_no_stranger() -> None:
    call = Call()
    assert call.table.receive(check(CLIENT, Credentials("nobodyknows", "p")), ADDRESS, 0.0) is None
    assert call.table.receive(bytes(30), ADDRESS, 0.0) is None
    assert call.table.drops == {"unknown user": 2}


def test_guessing_a_name_does_not_capture_an_address() -> None:
    call, other = Call().connect(), Call()
    call.table.add(other.peer)
    guess = Credentials(other.peer.local.ufrag, "wrong")
    assert call.table.receive(check(CLIENT, guess), ADDRESS, 0.0) is other.peer
    call.media(1)
    assert len(call.listener.packets) == 1


def test_an_address_passes_to_the_new_session_behind_it() -> None:
    call, later = Call().connect(), Call()
    call.table.add(later.peer)
    call.table.receive(check(CLIENT, later.peer.local), ADDRESS, 5.0)
    assert call.table.receive(b"\x80" + bytes(20), ADDRESS, 5.0) is later.peer


def test_the_table_keeps_few_addresses_of_a_peer_and_none_after_its_end() -> None:
    call = Call()
    for port in range(1, 100):
        call.table.receive(check(CLIENT, call.peer.local, use_candidate=True), ("192.0.2.7", port), 0.0)
    assert len(call.table._by_address) == 64
    call.table.remove(call.peer)
    assert (call.table._by_address, call.table._by_prefix) == ({}, {})
    call.table.remove(call.peer)


def test_the_name_in_a_check() -> None:
    assert stun_ufrag(check(CLIENT, Credentials("server01", "p"))) == "server01"
    assert stun_ufrag(Message(message_class=Class.SUCCESS, transaction_id=bytes(12)).serialize()) is None
    assert stun_ufrag(b"garbage") is None


CONNECTED = Call().connect()


@settings(max_examples=500)
@given(st.binary(max_size=60), st.sampled_from([b"", b"\x00\x01", b"\x16\xfe\xfd", b"\x80\x60", b"\x90\xc8"]))
def test_receive_never_raises(data: bytes, start: bytes) -> None:
    for call in (CONNECTED, Call()):
        call.table.receive(start + data, ADDRESS, 1.0)
        call.peer.receive(start + data, ADDRESS, 1.0)
        call.peer.receive(start + data, ELSEWHERE, 1.0)
        assert call.listener.packets == []
    assert CONNECTED.listener.events == ["connected at 0.0"]


UNUSED_SSRC = count(1000)


@settings(max_examples=300)
@given(st.binary(min_size=8, max_size=60), st.binary(max_size=60), st.integers(0, 0xFFFF))
def test_an_authentic_client_that_sends_nonsense_does_no_harm(control: bytes, payload: bytes, number: int) -> None:
    assert CONNECTED.client.srtp
    CONNECTED.table.receive(CONNECTED.client.srtp.protect_rtcp(b"\x80\xc8" + control), ADDRESS, 1.0)
    ssrc = next(UNUSED_SSRC)  # under which every number is free
    header = bytes((0xA0 | number & 0x1F, 96)) + serialize_header(96, number, 2, ssrc)[2:] + bytes(72)
    CONNECTED.table.receive(CONNECTED.client.srtp.sender.protect(header, payload), ADDRESS, 1.0)
    CONNECTED.listener.packets.clear()
    CONNECTED.listener.rtcp.clear()
    CONNECTED.outbox.clear()
