"""The table of states, spelled out once more by hand: every state with every act."""

import pytest

from interview_stream.server.interviews import states
from interview_stream.server.interviews.schemas import Act, InterviewState
from interview_stream.server.lib.problems import Conflict

# Columns as in `Act`; a dot where it cannot be done.
TABLE = """
              open_room empty_room knock     leave_door join      edit      reschedule cancel    mark_no_show end       renew_link offer_times choose_time evaluate  decide  reopen
scheduled     live      .          waiting   scheduled  scheduled scheduled scheduled  cancelled no_show      ended     scheduled  scheduled   scheduled   .         .       .
waiting       live      .          waiting   scheduled  waiting   waiting   waiting    cancelled .            ended     waiting    waiting     waiting     .         .       .
live          live      scheduled  live      live       live      live      .          .         no_show      ended     live       .           .           .         .       .
ended         .         .          .         .          .         .         .          .         no_show      ended     .          .           .           evaluated decided .
evaluated     .         .          .         .          .         .         .          .         .            evaluated .          .           .           .         decided .
decided       .         .          .         .          .         .         .          .         .            .         .          .           .           .         .       ended
cancelled     .         .          .         .          .         .         scheduled  .         .            .         .          .           .           .         .       .
no_show       .         .          .         .          .         .         scheduled  .         .            .         .          .           .           .         .       .
"""  # noqa: E501
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (row[0], act, becomes)
    for row in ROWS[1:]
    for act, becomes in zip(ROWS[0], row[1:], strict=True)
]  # fmt: skip


def test_the_table_has_every_state_and_every_act() -> None:
    assert ROWS[0] == [act.value for act in Act]
    assert [row[0] for row in ROWS[1:]] == [state.value for state in InterviewState]


@pytest.mark.parametrize(("state", "act", "becomes"), CELLS)
def test_what_an_act_leads_to(state: str, act: str, becomes: str) -> None:
    assert states.can(state, Act(act)) == (becomes != ".")
    if becomes == ".":
        with pytest.raises(Conflict) as refused:
            states.after(state, Act(act))
        assert refused.value.detail
    else:
        assert states.after(state, Act(act)) == becomes


def test_over_is_where_nobody_gets_in() -> None:
    assert {state for state in InterviewState if not states.can(state, Act.JOIN)} == states.OVER
    assert {state for state in InterviewState if not states.can(state, Act.OPEN_ROOM)} == states.OVER


def test_every_state_can_be_reached() -> None:
    reached = {InterviewState.SCHEDULED}
    for _ in InterviewState:
        reached |= {becomes for (state, _), becomes in states.RULES.items() if state in reached}
    assert reached == set(InterviewState)
