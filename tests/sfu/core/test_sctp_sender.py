"""Windows, losses and what is given up, step by step; the property tests of `test_sctp` run it over a bad network."""

from interview_stream.sfu.core.sctp_sender import FIRST_RTO_S, MAX_PACKET, MAX_PIECE, MAX_RTO_S, MIN_RTO_S, Sender
from interview_stream.sfu.wire.sctp import Chunk, Data, ForwardTsn, Packet, Sack, serialize_packet

FIRST = 0xFFFFFFFE
WINDOW = 262144


def sender(*, window: int = WINDOW, may_give_up: bool = True) -> Sender:
    return Sender(FIRST, window, may_give_up=may_give_up)


def sent(one: Sender, now: float = 0.0) -> list[Chunk]:
    return Packet.parse(serialize_packet(1, 1, 1, one.transmit(now))).chunks


def numbers(chunks: list[Chunk]) -> list[int]:
    """From the first that was used."""
    return [(chunk.tsn - FIRST) & 0xFFFFFFFF for chunk in chunks if isinstance(chunk, Data)]


def ack(up_to: int, *gaps: tuple[int, int], window: int = WINDOW) -> Sack:
    return Sack((FIRST + up_to) & 0xFFFFFFFF, window, gaps)


def test_a_message_goes_out_in_pieces() -> None:
    one = sender()
    one.queue(4, 53, b"a" * (MAX_PIECE + 1))
    first, second = sent(one)
    assert isinstance(first, Data)
    assert isinstance(second, Data)
    assert (first.tsn, first.is_first, first.is_last, len(first.payload)) == (FIRST, True, False, MAX_PIECE)
    assert (second.tsn, second.is_first, second.is_last, second.payload) == (FIRST + 1, False, True, b"a")
    assert one.buffered == MAX_PIECE + 1
    one.queue(4, 53, b"b")
    (third,) = sent(one)
    assert isinstance(third, Data)
    assert (third.tsn, third.number, third.stream) == (0, 1, 4)
    assert one.acknowledge(ack(2), 0.1)
    assert one.is_idle
    assert one.buffered == 0
    assert one.deadline() is None


def test_the_window_opens_by_what_is_acknowledged() -> None:
    one = sender()
    one.queue(0, 53, bytes(100 * MAX_PIECE))
    assert len(sent(one)) == 4
    assert sent(one) == []
    one.acknowledge(ack(1), 0.1)
    assert numbers(sent(one)) == [4, 5, 6]
    assert one.has_queued(0)
    assert not one.has_queued(1)


def test_beyond_the_threshold_it_opens_slowly() -> None:
    one = sender()
    one.queue(0, 53, bytes(600 * MAX_PIECE))
    one._ssthresh = 1
    one.cwnd = 4 * MAX_PACKET
    assert len(sent(one)) == 5
    one.acknowledge(ack(1), 0.1)
    assert one.cwnd == 4 * MAX_PACKET
    sent(one, 0.1)
    one.acknowledge(ack(4), 0.2)
    assert one.cwnd == 5 * MAX_PACKET


def test_a_closed_window_is_asked_with_one_piece() -> None:
    one = sender(window=0)
    one.queue(0, 53, bytes(3 * MAX_PIECE))
    assert len(sent(one)) == 1
    one.acknowledge(ack(0, window=0), 0.1)
    assert len(sent(one, 0.1)) == 1
    one.acknowledge(ack(1), 0.2)
    assert len(sent(one, 0.2)) == 1


def test_three_reports_of_later_pieces_mean_a_loss() -> None:
    one = sender()
    one.queue(0, 53, bytes(20 * MAX_PIECE))
    sent(one)
    for end in (1, 2):
        one.acknowledge(ack(-1, (2, 1 + end)), 0.1)
        assert 0 not in numbers(sent(one, 0.1))
    one.acknowledge(ack(-1, (2, 4)), 0.1)
    again = sent(one, 0.1)
    assert numbers(again)[0] == 0
    assert one.cwnd == 4 * MAX_PACKET
    # One loss counts once.
    before = one.cwnd
    one.acknowledge(ack(-1, (2, 5)), 0.1)
    one.acknowledge(ack(-1, (2, 4), (6, 6)), 0.1)
    assert one.cwnd == before
    one.acknowledge(ack(5), 0.2)
    sent(one, 0.2)
    one.acknowledge(ack(one.next_tsn - 1 - FIRST), 0.3)
    assert one._outstanding == one._lost == 0


def test_a_second_loss_of_one_window_does_not_shrink_it_again() -> None:
    one = sender()
    one.queue(0, 53, bytes(40 * MAX_PIECE))
    one.cwnd = 20 * MAX_PACKET
    assert len(sent(one)) > 10
    for end in range(3, 7):
        one.acknowledge(ack(-1, (2, 2), (4, 1 + end)), 0.1)
    assert one.cwnd == 10 * MAX_PACKET
    assert one._lost == 2
    assert numbers(sent(one, 0.1)) == [0]
    one.acknowledge(ack(1), 0.2)
    one.acknowledge(ack(1, (2, 18)), 0.2)
    assert numbers(sent(one, 0.2))[0] == 2


def test_silence_means_that_all_is_lost() -> None:
    one = sender()
    one.queue(0, 53, bytes(4 * MAX_PIECE))
    sent(one)
    one.tick(FIRST_RTO_S / 2)
    assert one.deadline() == FIRST_RTO_S
    one.tick(FIRST_RTO_S)
    assert one.cwnd == MAX_PACKET
    assert numbers(sent(one, FIRST_RTO_S)) == [0]
    one.acknowledge(ack(0), 0.6)
    assert numbers(sent(one, 0.6)) == [1, 2]
    for _ in range(10):
        deadline = one.deadline()
        assert deadline is not None
        one.tick(deadline)
    assert one.rto == MAX_RTO_S


def test_what_the_receiver_threw_away_again_is_sent_again() -> None:
    one = sender()
    one.queue(0, 53, b"a")
    one.queue(0, 53, b"b")
    sent(one)
    one.acknowledge(ack(-1, (1, 2)), 0.1)
    assert one._outstanding == 0
    one.tick(1.0)
    assert numbers(sent(one, 1.0)) == [0]
    one.acknowledge(ack(1), 1.1)
    assert (one._outstanding, one.buffered, one.is_idle) == (0, 0, True)


def test_a_late_acknowledgement_of_what_counted_as_lost() -> None:
    one = sender()
    one.queue(0, 53, bytes(2 * MAX_PIECE))
    sent(one)
    one.tick(1.0)
    one.acknowledge(ack(1), 1.0)
    assert (one._outstanding, one._lost, one.is_idle) == (0, 0, True)


def test_the_timeout_follows_the_round_trip() -> None:
    one = sender()
    for number in range(40):
        one.queue(0, 53, b"a")
        sent(one, float(number))
        one.acknowledge(ack(number), number + 0.3)
    assert MIN_RTO_S <= one.rto < 0.5
    one.queue(0, 53, b"a")
    sent(one, 100.0)
    one.acknowledge(ack(40), 101.0)
    assert one.rto > 0.8


def test_acknowledgements_that_come_late_or_lie() -> None:
    one = sender()
    one.queue(0, 53, b"a")
    sent(one)
    one.acknowledge(ack(0), 0.1)
    assert one.acknowledge(ack(-1), 0.1)
    assert not one.acknowledge(ack(1), 0.1)
    one.queue(0, 53, b"a")
    sent(one)
    assert one.acknowledge(ack(0, (7, 60000)), 0.1)
    assert one.buffered == 1


def test_what_must_not_be_repeated_is_given_up_at_the_first_loss() -> None:
    one = sender()
    one.queue(2, 53, b"lossy", is_ordered=False, max_retransmits=0)
    one.queue(0, 53, b"kept")
    sent(one)
    one.tick(1.0)
    forward, kept = sent(one, 1.0)
    assert forward == ForwardTsn(FIRST, [])
    assert isinstance(kept, Data)
    assert kept.payload == b"kept"
    assert one.buffered == 4
    # As long as the receiver does not go on it is told again.
    one.acknowledge(ack(-1, (2, 2)), 1.1)
    assert sent(one, 1.1) == [ForwardTsn(FIRST, [])]
    one.acknowledge(ack(1), 1.2)
    assert one.is_idle
    assert one._outstanding == one.buffered == 0


def test_giving_up_an_ordered_message_names_its_stream() -> None:
    one = sender()
    one.queue(2, 53, bytes(9 * MAX_PIECE), max_retransmits=1)
    assert len(sent(one)) == 4
    one.acknowledge(ack(-1, (2, 2)), 0.1)
    one.tick(1.0)
    sent(one, 1.0)
    one.tick(10.0)
    assert sent(one, 10.0) == [ForwardTsn((FIRST + 3) & 0xFFFFFFFF, [(2, 0)])]
    assert one.buffered == one._outstanding == one._lost == 0
    one.queue(2, 53, b"next")
    (chunk,) = sent(one, 10.0)
    assert isinstance(chunk, Data)
    assert chunk.number == 1
    one.acknowledge(ack(4), 10.1)
    assert one.is_idle


def test_what_is_not_in_time_is_not_sent() -> None:
    one = sender()
    one.queue(2, 53, b"old", expires_at=5.0)
    one.queue(2, 53, b"new", expires_at=7.0)
    (chunk,) = sent(one, 6.0)
    assert isinstance(chunk, Data)
    assert chunk.payload == b"new"
    one.tick(6.5)
    assert numbers(sent(one, 6.5)) == [0]
    one.tick(100.0)
    assert sent(one, 100.0) == [ForwardTsn(FIRST, [(2, 0)])]
    one.tick(200.0)  # everything in flight is given up: only told again
    assert sent(one, 200.0) == [ForwardTsn(FIRST, [(2, 0)])]


def test_nothing_is_given_up_for_a_receiver_that_would_wait() -> None:
    one = sender(may_give_up=False)
    one.queue(2, 53, b"lossy", max_retransmits=0)
    sent(one)
    one.tick(1.0)
    assert numbers(sent(one, 1.0)) == [0]


def test_a_reset_stream_counts_anew() -> None:
    one = sender()
    one.queue(2, 53, b"a")
    sent(one)
    one.reset([2, 3])
    one.queue(2, 53, b"b")
    (chunk,) = sent(one)
    assert isinstance(chunk, Data)
    assert chunk.number == 0
