"""Tokens that are refused though they have not expired: whoever was put out must not come back with what they saved."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from interview_stream.sfu.core.grants import Identity

KEPT_S = 86_400.0
"""Our tokens live ten minutes; other programs with the media key may make some that live for hours."""


@dataclass(frozen=True, kw_only=True)
class Revocation:
    """Of one identity's tokens for one room. Times are Unix."""

    room: str
    identity: str
    before: float
    """Tokens made earlier are refused."""
    until: float
    """When this can be forgotten."""


def _no_news() -> Iterable[Revocation]:
    """Where a process has no place to look."""
    return ()


def _keep_nothing(revocation: Revocation) -> None:
    """Where a process has no place to keep it."""


class Revocations:
    """All that hold now. `keep` is given each new one, for the processes beside this one and after it; `news` tells
    theirs, and at first those from before.
    """

    def __init__(
        self,
        news: Callable[[], Iterable[Revocation]] = _no_news,
        keep: Callable[[Revocation], None] = _keep_nothing,
    ) -> None:
        self._news = news
        self._keep = keep
        self._held: dict[tuple[str, str], Revocation] = {}

    def revoke(self, room: str, identity: str, before: float, unix_now: float) -> None:
        """Refuse from now on what was signed for this identity and room before that time."""
        self._learn()
        for place in [place for place, held in self._held.items() if held.until <= unix_now]:
            del self._held[place]
        held = self._held.get((room, identity))
        if held is not None:
            before = max(before, held.before)
        revocation = Revocation(room=room, identity=identity, before=before, until=max(before, unix_now) + KEPT_S)
        self._held[room, identity] = revocation
        self._keep(revocation)

    def refuses(self, who: Identity) -> bool:
        """Whether the token that `who` showed was taken back. One that does not say when it was made counts as old."""
        self._learn()
        held = self._held.get((who.grants.room, who.identity))
        return held is not None and who.issued_at < held.before

    def _learn(self) -> None:
        for told in self._news():
            held = self._held.get((told.room, told.identity))
            if held is None or held.before <= told.before:
                self._held[told.room, told.identity] = told
