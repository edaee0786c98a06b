"""Entries of the audit log about an interview: they name its candidate, and forget the name when that is erased."""

from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.models import User
from interview_stream.server.interviews.models import Interview


def record_of(interview: Interview, user: User | None, act: Act, *, detail: str = "") -> None:
    record(interview.organisation, user, act, subject=interview.title, detail=detail, about=interview.id)


def record_file(interview: Interview, user: User | None, act: Act, name: str) -> None:
    """Of something that is attached to it."""
    record(interview.organisation, user, act, subject=name, detail=interview.title, about=interview.id)
