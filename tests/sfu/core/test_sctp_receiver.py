"""What is delivered of chunks that come in any order, and what is held of those that lie."""

import random

import pytest

from interview_stream.sfu.core.sctp_receiver import WINDOW, Message, Receiver, ViolationError
from interview_stream.sfu.wire.sctp import Data, ForwardTsn, Sack


def piece(tsn: int, payload: bytes = b"x", *, number: int = 0, **flags: bool) -> Data:
    return Data(tsn & 0xFFFFFFFF, 1, number, 53, payload, **flags)


def texts(messages: list[Message]) -> list[bytes]:
    return [message.payload for message in messages]


def test_pieces_are_put_together_whatever_their_order() -> None:
    pieces = [
        piece(0xFFFFFFFE, b"a", is_last=False),
        piece(0xFFFFFFFF, b"b", is_first=False, is_last=False),
        piece(0, b"c", is_first=False),
        piece(1, b"d", number=1),
    ]
    for seed in range(24):
        receiver = Receiver(0xFFFFFFFE)
        random.Random(seed).shuffle(pieces)
        came = [text for one in pieces for text in texts(receiver.accept(one))]
        assert came == [b"abc", b"d"]
        assert receiver.sack() == Sack(1, WINDOW, [], [])
        assert not receiver.is_lacking


def test_unordered_messages_wait_for_nothing() -> None:
    receiver = Receiver(10)
    assert texts(receiver.accept(piece(12, b"late", is_unordered=True))) == [b"late"]
    assert receiver.is_lacking
    assert receiver.sack() == Sack(9, WINDOW, [(3, 3)], [])


def test_gaps_and_duplicates_are_told() -> None:
    receiver = Receiver(10)
    for tsn in (12, 13, 16, 13, 10, 9):
        receiver.accept(piece(tsn, number=tsn - 10))
    sack = receiver.sack()
    assert (sack.tsn, sack.gaps, sack.duplicates) == (10, [(2, 3), (6, 6)], [13, 9])
    assert receiver.sack().duplicates == []
    for _ in range(100):
        receiver.accept(piece(9))
    assert len(receiver.sack().duplicates) == 16


def test_only_so_many_gaps_are_told() -> None:
    receiver = Receiver(0)
    for tsn in range(1, 400, 2):
        receiver.accept(piece(tsn, number=tsn))
    assert len(receiver.sack().gaps) == 64


def test_what_would_take_too_much_memory_is_not_taken() -> None:
    receiver = Receiver(0)
    for tsn in range(1, 400):
        receiver.accept(piece(tsn, bytes(1000), number=tsn))
    assert receiver.sack().window == 0
    end = receiver.sack().gaps[-1][1]
    assert end < 300
    # The missing one is always taken, and frees the others.
    assert len(receiver.accept(piece(0, bytes(1000)))) == end
    assert receiver.sack().window == WINDOW


def test_what_is_too_far_ahead_is_not_taken() -> None:
    receiver = Receiver(0)
    assert receiver.accept(piece(5000, is_unordered=True)) == []
    assert not receiver.is_lacking


def test_a_message_without_end_is_a_violation() -> None:
    receiver = Receiver(0)
    with pytest.raises(ViolationError):
        for tsn in range(1000):
            receiver.accept(piece(tsn, bytes(1000), is_first=tsn == 0, is_last=False))


def test_a_message_that_is_too_large_is_a_violation() -> None:
    receiver = Receiver(0)
    with pytest.raises(ViolationError):
        for tsn in range(70):
            receiver.accept(piece(tsn, bytes(1000), is_first=tsn == 0, is_last=tsn == 69))


def test_what_the_sender_gave_up_is_not_waited_for() -> None:
    receiver = Receiver(0)
    receiver.accept(piece(1, b"rest", number=0, is_first=False))
    receiver.accept(piece(2, b"second", number=1))
    receiver.accept(piece(5, b"fourth", number=3))
    assert texts(receiver.forward(ForwardTsn(1, [(1, 0)]))) == [b"second"]
    assert receiver.sack().gaps == [(3, 3)]
    assert texts(receiver.forward(ForwardTsn(4, [(1, 2), (1, 0)]))) == [b"fourth"]
    assert receiver.sack() == Sack(5, WINDOW, [], [])
    assert receiver.forward(ForwardTsn(4)) == []
    assert receiver.forward(ForwardTsn(9000)) == []


def test_complete_messages_among_those_given_up_are_delivered() -> None:
    receiver = Receiver(0)
    receiver.accept(piece(1, b"one", number=1))
    receiver.accept(piece(2, b"two", number=2))
    receiver.accept(piece(3, b"three", number=3))
    assert texts(receiver.forward(ForwardTsn(2, [(1, 2)]))) == [b"one", b"two", b"three"]


def test_numbers_that_a_stream_has_used_are_not_delivered_again() -> None:
    receiver = Receiver(0)
    assert texts(receiver.accept(piece(0))) == [b"x"]
    assert receiver.accept(piece(1)) == []
    receiver.accept(piece(2, number=5))
    assert receiver.accept(piece(3, number=5)) == []


@pytest.mark.parametrize("streams", [[1], []])
def test_a_reset_stream_counts_anew(streams: list[int]) -> None:
    receiver = Receiver(0)
    receiver.accept(piece(0))
    receiver.accept(piece(1, number=7))
    receiver.reset([*streams, 9] if streams else [])
    assert receiver.sack().window == WINDOW
    assert texts(receiver.accept(piece(2, b"first again"))) == [b"first again"]
