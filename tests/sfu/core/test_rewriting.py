"""Numbers that stay continuous: sequences, timestamps and VP8 pictures."""

from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.core.rewriting import PictureMap, SequenceMap, TimestampMap, renumber
from interview_stream.sfu.wire.vp8 import Vp8Descriptor
from tests.sfu.rig import vp8


def test_gaps_in_the_source_stay_gaps() -> None:
    numbers = SequenceMap(100)
    numbers.start(5000)
    assert [numbers.map(number) for number in (5000, 5001, 5004)] == [100, 101, 104]
    assert numbers.map(5002) == 102


def test_what_is_left_out_leaves_no_gap() -> None:
    numbers = SequenceMap(100)
    numbers.start(5000)
    assert numbers.map(5000) == 100
    numbers.skip(5001)
    assert numbers.map(5002) == 101
    numbers.skip(5001)  # late: too late to close up
    numbers.skip(5005)
    assert numbers.map(5006) == 104
    assert [numbers.map(number) for number in (5003, 5004)] == [102, 103]


def test_a_new_source_continues_and_the_old_ones_late_packets_are_dropped() -> None:
    numbers = SequenceMap(65534)
    numbers.start(5000)
    assert [numbers.map(number) for number in (5000, 5001)] == [65534, 65535]
    numbers.start(90)
    assert [numbers.map(number) for number in (90, 91)] == [0, 1]
    assert numbers.map(89) is None


def test_a_jump_of_the_source_is_not_passed_on() -> None:
    numbers = SequenceMap(0)
    numbers.start(5000)
    numbers.map(5000)
    assert numbers.map(70000) == 1


@given(st.lists(st.sampled_from(["send", "skip", "switch"]), max_size=200))
def test_without_loss_the_outgoing_numbers_have_no_gap(steps: list[str]) -> None:
    numbers, source, sent = SequenceMap(0), 1000, []
    numbers.start(source)
    for step in steps:
        if step == "switch":
            source += 100_000
            numbers.start(source)
        elif step == "skip":
            numbers.skip(source)
            source += 1
        else:
            sent.append(numbers.map(source))
            source += 1
    assert sent == list(range(len(sent)))


def test_the_first_source_keeps_its_timestamps() -> None:
    clock = TimestampMap(90000)
    clock.start(12345, 10.0, None)
    assert clock.map(12345) == 12345


def test_time_goes_on_by_the_publishers_clock_when_it_is_known() -> None:
    clock = TimestampMap(90000)
    clock.start(0, 10.0, None)
    clock.sent(clock.map(0), 10.0)
    clock.start(1_000_000, 10.1, 8000)
    assert clock.map(1_000_000) == 8000


def test_time_goes_on_by_the_clock_on_the_wall_when_nothing_else_is_known() -> None:
    clock = TimestampMap(90000)
    clock.start(0, 10.0, None)
    clock.sent(clock.map(0), 10.0)
    for same_instant in (None, 90000 * 60):  # the second is so far off that it must be wrong
        clock.start(1_000_000, 10.5, same_instant)
        assert clock.map(1_000_000) == 45000


def test_time_never_goes_back() -> None:
    clock = TimestampMap(90000)
    clock.start(0, 10.0, None)
    clock.sent(clock.map(9000), 10.0)
    clock.start(1_000_000, 10.0, 9000)
    assert clock.map(1_000_000) == 9001


def goes_out(pictures: PictureMap, payload: bytes) -> Vp8Descriptor:
    """What the subscriber reads of a payload."""
    assert pictures.offsets
    return Vp8Descriptor.parse(renumber(payload, Vp8Descriptor.parse(payload), pictures.offsets))


def test_pictures_follow_each_other_across_a_switch() -> None:
    pictures = PictureMap()
    first = Vp8Descriptor.parse(vp8(key=True, picture=0x7FFF, tl0=255))
    pictures.start(first)
    assert pictures.offsets is None
    pictures.sent(first)
    payload = vp8(key=True, picture=500, tl0=7)
    descriptor = Vp8Descriptor.parse(payload)
    pictures.start(descriptor)
    out = goes_out(pictures, payload)
    assert (out.picture_id, out.tl0_index) == (0, 0)
    pictures.sent(descriptor)
    payload = vp8(key=True, picture=9, tl0=1)
    pictures.start(Vp8Descriptor.parse(payload))
    out = goes_out(pictures, payload)
    assert (out.picture_id, out.tl0_index) == (1, 1)


def test_pictures_without_numbers_pass_as_they_are() -> None:
    pictures = PictureMap()
    bare = Vp8Descriptor.parse(b"\x10\x00frame")
    pictures.sent(bare)
    pictures.start(Vp8Descriptor.parse(vp8(picture=77)))
    assert pictures.offsets is None
    pictures.sent(Vp8Descriptor.parse(vp8(picture=77)))
    pictures.start(bare)
    assert pictures.offsets is None
    assert renumber(b"\x10\x00frame", bare, (1, 2, 3)) == b"\x10\x00frame"
