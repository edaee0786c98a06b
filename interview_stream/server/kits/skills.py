"""The skills that come with the product, and what each level of them means, so that two people score alike."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from interview_stream.server.kits.schemas import SkillOut


class Level(IntEnum):
    """There is no middle: whoever scores has to lean."""

    STRONG_NO = 1
    NO = 2
    YES = 3
    STRONG_YES = 4


Anchors = tuple[str, str, str, str]
"""From strong no to strong yes."""

SKILLS: Mapping[str, tuple[str, Anchors]] = MappingProxyType(
    {
        "problem_solving": (
            "Problem solving",
            (
                "Could not begin without being told how",
                "Got there with many hints",
                "Broke it down and got there with a nudge",
                "Saw the structure, weighed ways, saw the edges alone",
            ),
        ),
        "code_quality": (
            "Code",
            (
                "Did not get working code",
                "Works for the simple case, hard to read",
                "Works, reads well, some tests",
                "Clear, tested, would be merged as it is",
            ),
        ),
        "technical_knowledge": (
            "Technical knowledge",
            (
                "Gaps in what the role needs daily",
                "Knows the words, not the reasons",
                "Solid in what the role needs",
                "Teaches the interviewer something",
            ),
        ),
        "system_design": (
            "Design",
            (
                "No design that could work",
                "Works at small size only; trade-offs unseen",
                "Sound design, names its limits",
                "Weighs several, plans for failure and growth",
            ),
        ),
        "debugging": (
            "Finding faults",
            (
                "Changed things at random",
                "Found it with much help",
                "Narrowed it down step by step",
                "Fast, explained the cause and how to prevent it",
            ),
        ),
        "communication": (
            "Communication",
            (
                "Could not be followed",
                "Had to be asked again and again",
                "Clear, thinks aloud",
                "Makes hard things simple, checks that it arrived",
            ),
        ),
        "collaboration": (
            "Working together",
            (
                "Dismissed help or people",
                "Took hints slowly",
                "Took hints well, asked good questions",
                "Made the other person better",
            ),
        ),
        "motivation": (
            "Motivation",
            (
                "Does not want this work",
                "Little idea of the role",
                "Knows why this role",
                "Specific, prepared, realistic",
            ),
        ),
    }
)


def skill_out(key: str) -> SkillOut:
    name, anchors = SKILLS[key]
    return SkillOut(key=key, name=name, anchors=list(anchors))
