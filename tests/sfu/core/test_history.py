"""What is kept of a sender's messages, and for how long."""

from interview_stream.sfu.core.history import KEPT_BYTES, KEPT_S, History, Sent


def sent(sequence: int, *identities: str, size: int = 1, at: float = 0.0) -> Sent:
    return Sent(sequence, frozenset(identities), bytes([sequence]) * size, at)


def test_what_is_newer_and_meant_for_someone() -> None:
    history = History()
    for message in (sent(1), sent(2, "dana"), sent(3, "alice"), sent(4)):
        history.add(message)
    assert list(history.since(1, "dana")) == [b"\2", b"\4"]
    assert history.is_repeated(4)
    assert not history.is_repeated(5)
    assert not history.is_repeated(0)


def test_old_and_many_messages_give_way() -> None:
    history = History()
    history.add(sent(1))
    history.add(sent(2, at=KEPT_S + 1))
    assert list(history.since(0, "dana")) == [b"\2"]
    history.add(sent(3, size=KEPT_BYTES, at=KEPT_S + 1))
    assert len(list(history.since(0, "dana"))) == 1
    history.add(sent(4, size=KEPT_BYTES + 1, at=KEPT_S + 1))
    assert list(history.since(0, "dana")) == []
    assert history.last_sequence == 4
