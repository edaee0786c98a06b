"""What is scored in an interview: what its kit says, or what goes with its kind."""

from collections.abc import Mapping
from types import MappingProxyType

from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewKind
from interview_stream.server.kits.schemas import SkillOut
from interview_stream.server.kits.skills import SKILLS, skill_out

_GENERAL = ("problem_solving", "technical_knowledge", "communication", "collaboration")

SKILLS_OF_KIND: Mapping[InterviewKind, tuple[str, ...]] = MappingProxyType(
    {
        InterviewKind.CONVERSATION: ("motivation", "technical_knowledge", "communication"),
        InterviewKind.CODING: ("problem_solving", "code_quality", "technical_knowledge", "communication"),
        InterviewKind.PAIRING: ("problem_solving", "code_quality", "communication", "collaboration"),
        InterviewKind.SYSTEM_DESIGN: ("system_design", "technical_knowledge", "communication", "collaboration"),
        InterviewKind.DEBUGGING: ("debugging", "technical_knowledge", "communication", "collaboration"),
        InterviewKind.BEHAVIOURAL: ("motivation", "communication", "collaboration"),
        InterviewKind.OTHER: _GENERAL,
    }
)


def skills_of(interview: Interview) -> list[SkillOut]:
    if interview.kit_version is not None:
        return [SkillOut(**skill) for skill in interview.kit_version.skills]
    return [skill_out(key) for key in SKILLS_OF_KIND[InterviewKind(interview.kind)]]


def skills_with(interview: Interview, scored: set[str]) -> list[SkillOut]:
    """Those of the interview, and those that a card has from when it was of another kind."""
    wanted = skills_of(interview)
    known = {skill.key for skill in wanted}
    return [*wanted, *(skill_out(key) for key in sorted(scored - known) if key in SKILLS)]
