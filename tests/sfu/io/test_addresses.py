"""Under which addresses clients may reach us."""

from interview_stream.sfu.io.addresses import (
    MAX_CANDIDATES,
    candidates,
    is_address,
    local_addresses,
    parse_local_addresses,
)


def test_the_loopback_comes_last_and_nothing_twice() -> None:
    found = local_addresses()
    assert found[-1] == "127.0.0.1"
    assert len(set(found)) == len(found)
    assert not any(address.startswith("fe80") for address in found)


def test_a_public_address_is_preferred() -> None:
    made = candidates(["192.0.2.1", "127.0.0.1"], ["203.0.113.7"], 7882, 0)
    assert [candidate.host for candidate in made] == ["203.0.113.7", "192.0.2.1", "127.0.0.1"]
    priorities = [candidate.priority for candidate in made]
    assert priorities == sorted(priorities, reverse=True)
    assert {candidate.port for candidate in made} == {7882}
    assert len(candidates(["192.0.2.1"], ["192.0.2.1"], 1, 0)) == 1
    assert len(candidates(["192.0.2.1"], [], 1, 0)) == 1


def test_of_many_addresses_the_main_ones_and_the_loopback_are_offered() -> None:
    many = [f"192.0.2.{number}" for number in range(1, 30)]
    hosts = [candidate.host for candidate in candidates([*many, "127.0.0.1"], ["203.0.113.7"], 7882, 0)]
    assert hosts == ["203.0.113.7", *many[: MAX_CANDIDATES - 2], "127.0.0.1"]


def test_over_tcp_fewer_are_offered_and_all_of_udp_is_preferred() -> None:
    made = candidates([f"192.0.2.{number}" for number in range(1, 9)], [], 7882, 7881)
    over_udp, over_tcp = made[:8], made[8:]
    assert {(each.transport, each.tcp_type, each.port) for each in over_tcp} == {("tcp", "passive", 7881)}
    assert [each.host for each in over_tcp] == ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.8"]
    assert min(each.priority for each in over_udp) > max(each.priority for each in over_tcp)
    assert len({each.foundation for each in made}) == len(made)


def test_further_addresses_of_an_interface_are_found() -> None:
    table = """Local:
  +-- 0.0.0.0/0 3 0 5
     |-- 127.0.0.1
        /32 host LOCAL
        +-- 192.0.2.0/30 2 0 2
           |-- 192.0.2.0
              /24 link UNICAST
           |-- 192.0.2.2
              /32 link UNICAST
              /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
"""
    assert parse_local_addresses(table) == ["127.0.0.1", "192.0.2.2"]


def test_names_are_no_addresses() -> None:
    assert is_address("2001:db8::1")
    assert not is_address("media.example.org")
    assert not is_address("")
