"""The shapes of kits on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.lib.schemas import Schema
from interview_stream.server.lib.wording import Name, Text, Title, one_line

Anchor = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class KitProblem(Schema):
    """Something to be worked on. Its guidance is for who asks, and never for who answers."""

    title: Title
    statement: Text = Field(default="", description="What the candidate is told.")
    guidance: Text = Field(default="", description="For interviewers: hints in steps, what a good answer has.")
    minutes: int | None = Field(default=None, ge=1, le=240, description="How long it should take.")


class KitSkill(Schema):
    """Something to be scored, with what each of the four levels means, from strong no to strong yes."""

    name: Name
    anchors: list[Anchor] = Field(min_length=4, max_length=4)


class KitIn(Schema):
    name: Name
    description: Text = ""
    problems: list[KitProblem] = Field(default=[], max_length=20)
    skills: list[KitSkill] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _each_skill_once(self) -> Self:
        names = [one_line(skill.name).casefold() for skill in self.skills]
        if len(set(names)) < len(names):
            raise ValueError("Two skills have the same name.")
        return self


class KitPutIn(KitIn):
    based_on: int = Field(description="The version that was edited; another's later one is not overwritten.")


class KitArchiveIn(Schema):
    is_archived: bool


class SkillOut(Schema):
    key: str
    name: str
    anchors: list[str] = Field(description="What the four levels mean, from strong no to strong yes.")


class KitVersionOut(Schema):
    kit_id: UUID
    number: int
    name: str
    description: str
    problems: list[KitProblem]
    skills: list[SkillOut]
    at: datetime
    by: PersonOut | None


class KitSummaryOut(Schema):
    """A kit in the list, as its newest version is."""

    id: UUID
    name: str
    description: str
    problems: list[str] = Field(description="Their titles.")
    skills: list[str] = Field(description="Their names.")
    number: int
    changed_at: datetime
    is_archived: bool


class KitOut(Schema):
    id: UUID
    is_archived: bool
    versions: list[KitVersionOut] = Field(description="The newest first.")
