"""Under which addresses clients may reach us."""

from interview_stream.sfu.io.addresses import candidates, local_addresses


def test_the_loopback_comes_last_and_nothing_twice() -> None:
    found = local_addresses()
    assert found[-1] == "127.0.0.1"
    assert len(set(found)) == len(found)
    assert not any(address.startswith("fe80") for address in found)


def test_a_public_address_is_preferred() -> None:
    made = candidates(["192.0.2.1", "127.0.0.1"], "203.0.113.7", 7882)
    assert [candidate.host for candidate in made] == ["203.0.113.7", "192.0.2.1", "127.0.0.1"]
    priorities = [candidate.priority for candidate in made]
    assert priorities == sorted(priorities, reverse=True)
    assert {candidate.port for candidate in made} == {7882}
    assert len(candidates(["192.0.2.1"], "192.0.2.1", 1)) == 1
    assert len(candidates(["192.0.2.1"], "", 1)) == 1
