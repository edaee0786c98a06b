"""Which kind of address a client uses, as far as it told."""

import json

from interview_stream.sfu.core.remote_candidates import MAX_CANDIDATES, RemoteCandidates, is_tcp


def trickle(host: str, port: int, kind: str, transport: str = "udp") -> str:
    return json.dumps({"candidate": f"candidate:1 1 {transport} 99 {host} {port} typ {kind}", "sdpMid": "0"})


def test_an_address_has_the_kind_that_was_told_of_it() -> None:
    candidates = RemoteCandidates()
    candidates.told(trickle("192.0.2.1", 5000, "host"))
    candidates.told(trickle("203.0.113.9", 6000, "relay"))
    assert candidates.kind_of(("192.0.2.1", 5000, 1)) == "host"
    assert candidates.kind_of(("203.0.113.9", 6000)) == "relay"
    assert candidates.kind_of(("192.0.2.1", 5001, 1)) == "prflx"


def test_a_connection_is_known_by_its_host() -> None:
    candidates = RemoteCandidates()
    candidates.told(trickle("192.0.2.1", 9, "host", "tcp"))
    assert is_tcp(("192.0.2.1", 51234, -3))
    assert candidates.kind_of(("192.0.2.1", 51234, -3)) == "host"
    assert not is_tcp(("192.0.2.1", 51234, 3))
    assert not is_tcp(("192.0.2.1", 51234))


def test_what_makes_no_sense_is_ignored_and_so_is_too_much() -> None:
    candidates = RemoteCandidates()
    for text in ("", "[]", '{"candidate":""}', '{"candidate":7}', "[" * 900, "x" * 5000, '{"candidate":"a b"}'):
        candidates.told(text)
    candidates.told(trickle("192.0.2.1", 5000, "strange"))
    for port in range(2 * MAX_CANDIDATES):
        candidates.told(trickle("192.0.2.2", port, "host"))
    assert candidates.kind_of(("192.0.2.1", 5000)) == "prflx"
    assert candidates.kind_of(("192.0.2.2", MAX_CANDIDATES - 1)) == "host"
    assert candidates.kind_of(("192.0.2.2", MAX_CANDIDATES)) == "prflx"
