"""How often one person may do what costs the server something, counted for all processes together."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache

from interview_stream.server.lib.problems import TooManyRequests


@dataclass(frozen=True, kw_only=True)
class Bound:
    """So many times in a window, which begins with the first."""

    of: str
    """What is counted; its name in the store."""
    times: int
    window: timedelta
    refusal: str
    """What is said to whoever goes beyond."""

    def count(self, who: str) -> None:
        """Once more; raises TooManyRequests."""
        key = f"{self.of}.{who}"
        cache.add(key, 0, timeout=self.window.total_seconds())
        try:
            count = cache.incr(key)
        except ValueError:
            return  # it has just run out
        if count > self.times:
            raise TooManyRequests(self.refusal)
