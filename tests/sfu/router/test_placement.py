"""Which process a room goes to: spreading, staying, dying, emptying, and a router that knows nothing yet."""

from collections.abc import Collection

import pytest

from interview_stream.sfu.router.placement import GRACE_S, ORPHAN_S, NoNodeError, Placement, Report, State

NOW = 1000.0


def report(
    *rooms: str, people: int | None = None, instance: str = "first", drain_left_s: float | None = None
) -> Report:
    count = 2 * len(rooms) if people is None else people
    return Report(instance=instance, participants=count, rooms=rooms, drain_left_s=drain_left_s)


def running(count: int = 2, limit: int = 0, rooms: Collection[str] = ()) -> Placement:
    """All up; the first has these rooms."""
    placement = Placement([f"sfu-{number}" for number in range(1, count + 1)], limit)
    for name in placement.nodes:
        placement.heard(name, report(*(rooms if name == "sfu-1" else ())), NOW)
    return placement


def test_rooms_are_spread_also_before_anybody_has_entered_them() -> None:
    placement = running(3)
    assert [placement.place(f"room {n}", NOW) for n in range(6)] == ["sfu-1", "sfu-2", "sfu-3"] * 2


def test_a_room_goes_to_where_the_fewest_people_are() -> None:
    placement = running()
    placement.heard("sfu-1", report("a", people=3), NOW)
    placement.heard("sfu-2", report("b", "c", people=2), NOW)
    assert placement.place("new", NOW) == "sfu-2"


def test_a_room_stays_where_it_is_whatever_the_load() -> None:
    placement = running(rooms=["a"])
    placement.heard("sfu-1", report("a", people=500), NOW + 1)
    assert placement.place("a", NOW + 2) == placement.find("a", NOW + 2) == "sfu-1"


def test_a_process_that_has_reached_the_limit_gets_no_new_rooms_and_its_rooms_go_on() -> None:
    placement = running(limit=4, rooms=["a", "b"])
    assert [placement.place(f"room {n}", NOW) for n in range(4)] == ["sfu-2"] * 4
    with pytest.raises(NoNodeError, match="full"):
        placement.place("one more", NOW)
    assert placement.place("a", NOW) == "sfu-1"


def test_an_empty_room_is_forgotten_once_nobody_can_be_on_the_way() -> None:
    placement = running()
    placement.place("a", NOW)
    placement.heard("sfu-1", report(), NOW + GRACE_S - 1)
    assert placement.find("a", NOW + GRACE_S - 1) == "sfu-1"
    placement.heard("sfu-1", report(), NOW + 2 * GRACE_S - 2)
    assert placement.find("a", NOW + 2 * GRACE_S - 2) == "sfu-1"
    placement.heard("sfu-1", report(), NOW + 4 * GRACE_S)
    assert placement.find("a", NOW + 4 * GRACE_S) is None


def test_rooms_of_a_process_that_is_gone_are_placed_anew_and_no_others() -> None:
    placement = running(rooms=["a"])
    placement.heard("sfu-2", report("b"), NOW)
    placement.down("sfu-1", NOW + 1)
    assert placement.place("a", NOW + 1) == "sfu-2"
    assert placement.find("b", NOW + 1) == "sfu-2"


def test_its_people_are_let_in_beyond_the_limit_for_a_while() -> None:
    placement = running(limit=2, rooms=["a", "b"])
    placement.heard("sfu-2", report("c"), NOW)
    placement.down("sfu-1", NOW)
    assert placement.place("a", NOW + 1) == "sfu-2"
    with pytest.raises(NoNodeError, match="full"):
        placement.place("new", NOW + 1)
    with pytest.raises(NoNodeError, match="full"):
        placement.place("b", NOW + ORPHAN_S)


def test_a_process_that_was_killed_and_is_back_before_anybody_noticed_has_lost_its_rooms() -> None:
    placement = running(rooms=["a"])
    placement.heard("sfu-2", report(people=0), NOW)
    placement.heard("sfu-1", report(instance="second", people=9), NOW + 1)
    assert placement.find("a", NOW + 1) is None
    assert placement.place("a", NOW + 1) == "sfu-2"


def test_rooms_of_a_process_that_hangs_go_nowhere_else() -> None:
    """It may go on; the room would then be in two places."""
    placement = running(rooms=["a"])
    placement.silent("sfu-1")
    assert placement.nodes["sfu-1"].state is State.SILENT
    assert placement.place("a", NOW) == "sfu-1"
    assert placement.place("new", NOW) == "sfu-2"


def test_a_router_that_has_just_started_places_nothing_until_it_knows_where_rooms_are() -> None:
    placement = Placement(["sfu-1", "sfu-2"], 0)
    placement.heard("sfu-1", report("a"), NOW)
    placement.silent("sfu-2")
    assert placement.place("a", NOW) == "sfu-1"
    with pytest.raises(NoNodeError, match="starting"):
        placement.place("b", NOW)
    placement.heard("sfu-2", report("b"), NOW + 1)
    assert placement.place("b", NOW + 1) == "sfu-2"


def test_a_process_that_is_not_there_yet_holds_nothing() -> None:
    placement = Placement(["sfu-1", "sfu-2"], 0)
    placement.heard("sfu-1", report(), NOW)
    placement.down("sfu-2", NOW)
    assert placement.place("a", NOW) == "sfu-1"


def test_a_process_that_is_being_emptied_gets_no_new_rooms() -> None:
    placement = running(rooms=["a"])
    placement.heard("sfu-1", report("a", drain_left_s=60.0), NOW + 1)
    placement.heard("sfu-2", report(people=50), NOW + 1)
    assert placement.place("new", NOW + 2) == "sfu-2"
    assert placement.place("a", NOW + 2) == "sfu-1"


def test_where_all_are_being_emptied_no_room_is_opened() -> None:
    placement = running(1)
    placement.heard("sfu-1", report(drain_left_s=60.0), NOW + 1)
    with pytest.raises(NoNodeError, match="no media process takes new rooms"):
        placement.place("new", NOW + 2)


def test_an_older_report_does_not_bring_a_room_back_that_was_handed_over() -> None:
    placement = running(rooms=["a"])
    placement.forget("a", NOW + 5)
    placement.put("a", "sfu-2", NOW + 5)
    placement.heard("sfu-1", report("a", drain_left_s=0.0), NOW + 4)
    assert placement.find("a", NOW + 6) == "sfu-2"
    placement.heard("sfu-2", report(), NOW + 4)  # asked before it had it
    assert placement.find("a", NOW + 6) == "sfu-2"


def test_what_a_process_being_emptied_no_longer_has_is_nowhere() -> None:
    """Its people come again at once, all the time: they must not be sent to where nobody is let in."""
    placement = running(rooms=["a"])
    placement.find("a", NOW + 1)
    placement.heard("sfu-1", report(drain_left_s=0.0), NOW + 1.5)
    assert placement.place("a", NOW + 2) == "sfu-2"


def test_without_any_process_it_is_said() -> None:
    placement = running(1)
    assert placement.any_up() == "sfu-1"
    placement.down("sfu-1", NOW)
    with pytest.raises(NoNodeError, match="not running"):
        placement.any_up()


def test_a_lobby_is_where_its_room_is_and_the_other_way_round() -> None:
    placement = running(3)
    placement.heard("sfu-2", report("room", people=9), NOW + 1)
    assert placement.place("room~1", NOW + 2) == "sfu-2"
    first = placement.place("later~1", NOW + 2)
    assert [placement.place(name, NOW + 2) for name in ("later~2", "later")] == [first, first]
    assert placement.place("late", NOW + 2) != first


def test_near_or_not_a_process_that_takes_no_new_rooms_gets_none() -> None:
    placement = running(2, limit=4)
    placement.heard("sfu-1", report("room", people=4), NOW + 1)
    assert placement.place("room~1", NOW + 2) == "sfu-2"
    placement.heard("sfu-2", report("other", people=1, drain_left_s=60.0), NOW + 3)
    with pytest.raises(NoNodeError):
        placement.place("other~1", NOW + 4)
