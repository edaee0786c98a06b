"""What can be done with an interview in which state, and what it becomes by it: the only place of these rules."""

from collections.abc import Mapping
from types import MappingProxyType

from interview_stream.server.interviews.schemas import Act, InterviewState
from interview_stream.server.lib.problems import Conflict

SCHEDULED, WAITING = InterviewState.SCHEDULED, InterviewState.WAITING
LIVE, ENDED = InterviewState.LIVE, InterviewState.ENDED
EVALUATED, DECIDED = InterviewState.EVALUATED, InterviewState.DECIDED
CANCELLED, NO_SHOW = InterviewState.CANCELLED, InterviewState.NO_SHOW


# What is not here cannot be done.
RULES: Mapping[tuple[InterviewState, Act], InterviewState] = MappingProxyType(
    {
        (SCHEDULED, Act.OPEN_ROOM): LIVE,
        (SCHEDULED, Act.JOIN): SCHEDULED,
        (SCHEDULED, Act.EDIT): SCHEDULED,
        (SCHEDULED, Act.RESCHEDULE): SCHEDULED,
        (SCHEDULED, Act.CANCEL): CANCELLED,
        (SCHEDULED, Act.MARK_NO_SHOW): NO_SHOW,
        (SCHEDULED, Act.END): ENDED,
        (SCHEDULED, Act.RENEW_LINK): SCHEDULED,
        (SCHEDULED, Act.OFFER_TIMES): SCHEDULED,
        (SCHEDULED, Act.CHOOSE_TIME): SCHEDULED,
        (SCHEDULED, Act.KNOCK): WAITING,
        (SCHEDULED, Act.LEAVE_DOOR): SCHEDULED,
        # What can be done while it is only planned can be done while they wait; but they have come.
        (WAITING, Act.OPEN_ROOM): LIVE,
        (WAITING, Act.JOIN): WAITING,
        (WAITING, Act.EDIT): WAITING,
        (WAITING, Act.RESCHEDULE): WAITING,
        (WAITING, Act.CANCEL): CANCELLED,
        (WAITING, Act.END): ENDED,
        (WAITING, Act.RENEW_LINK): WAITING,
        (WAITING, Act.OFFER_TIMES): WAITING,
        (WAITING, Act.CHOOSE_TIME): WAITING,
        (WAITING, Act.KNOCK): WAITING,
        # Let in, sent away, or gone.
        (WAITING, Act.LEAVE_DOOR): SCHEDULED,
        (LIVE, Act.OPEN_ROOM): LIVE,
        (LIVE, Act.EMPTY_ROOM): SCHEDULED,
        (LIVE, Act.KNOCK): LIVE,
        (LIVE, Act.LEAVE_DOOR): LIVE,
        (LIVE, Act.JOIN): LIVE,
        (LIVE, Act.EDIT): LIVE,
        # An interviewer who waits alone in the room makes the interview live.
        (LIVE, Act.MARK_NO_SHOW): NO_SHOW,
        (LIVE, Act.END): ENDED,
        (LIVE, Act.RENEW_LINK): LIVE,
        # Ending twice is no error: two people may press the button.
        (ENDED, Act.END): ENDED,
        (ENDED, Act.MARK_NO_SHOW): NO_SHOW,
        # All who held it have said what they think.
        (ENDED, Act.EVALUATE): EVALUATED,
        (ENDED, Act.DECIDE): DECIDED,
        (EVALUATED, Act.END): EVALUATED,
        (EVALUATED, Act.DECIDE): DECIDED,
        (DECIDED, Act.REOPEN): ENDED,
        # A new time brings back what did not take place; that is also how a mistake is undone.
        (CANCELLED, Act.RESCHEDULE): SCHEDULED,
        (NO_SHOW, Act.RESCHEDULE): SCHEDULED,
    }
)

BY_ITSELF = frozenset({Act.OPEN_ROOM, Act.EMPTY_ROOM, Act.KNOCK, Act.LEAVE_DOOR, Act.EVALUATE, Act.CHOOSE_TIME})
"""Nobody of the team presses a button for these."""

TO_COME = frozenset({SCHEDULED, WAITING})
"""The call has not begun."""

OVER = frozenset({ENDED, EVALUATED, DECIDED, CANCELLED, NO_SHOW})
"""Nobody can enter the room any more."""

_WHY_NOT = {
    SCHEDULED: ("This interview has not taken place yet.", "interview-not-over"),
    WAITING: ("The candidate is waiting to be let in.", "candidate-waiting"),
    LIVE: ("The call is going on. End it first.", "interview-live"),
    ENDED: ("This interview has ended.", "interview-ended"),
    EVALUATED: ("This interview has ended, and is evaluated.", "interview-ended"),
    DECIDED: ("This interview has been decided. Reopen it first.", "interview-ended"),
    CANCELLED: ("This interview was cancelled.", "interview-ended"),
    NO_SHOW: ("The candidate did not come to this interview.", "interview-ended"),
}


_HIDDEN = {WAITING: SCHEDULED, EVALUATED: ENDED, DECIDED: ENDED}


def as_candidates_see(state: str) -> InterviewState:
    """How far the judgement of them has come is not a candidate's to read off their page; that they wait they know."""
    now = InterviewState(state)
    return _HIDDEN.get(now, now)


def can(state: str, act: Act) -> bool:
    return (InterviewState(state), act) in RULES


def after(state: str, act: Act) -> InterviewState:
    """The state that `act` leads to; a Conflict says why it cannot be done now."""
    now = InterviewState(state)
    following = RULES.get((now, act))
    if following is None:
        detail, slug = _WHY_NOT[now]
        raise Conflict(detail, slug=slug)
    return following
