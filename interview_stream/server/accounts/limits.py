"""How long somebody has to wait who tried too often, said in words, as a number and as a header.

allauth counts what was tried (ACCOUNT_RATE_LIMITS) and refuses, but does not say until when. The place where it counts
is private and has no hook, so it is wrapped: the versions are pinned, and a test would see it go.
"""

import json
import math
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from interview_stream.server.accounts.models import CacheEntry
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.problems import Answer, TooManyRequests, problem_response

LOCKED = "too_many_login_attempts"
_count = ratelimit._consume_single_rate  # noqa: SLF001 - see above


def install() -> None:
    ratelimit._consume_single_rate = _count_and_note  # noqa: SLF001


def wait_of(request: HttpRequest) -> int | None:
    """Seconds until what this request was refused for may be tried again; None when it was not refused."""
    return getattr(request, "retry_after_s", None)


def _count_and_note(request: HttpRequest, *, rate: ratelimit.Rate, **given: Any) -> Any:
    usage = _count(request, rate=rate, **given)
    if usage is None:
        which: dict[str, Any] = {name: given.get(name) for name in ("app", "action", "key", "user")}
        tried = cache.get(ratelimit.get_cache_key(request, rate=rate, **which)) or []  # the newest first
        now = timezone.now().timestamp()
        until = tried[rate.amount - 1] + rate.duration if len(tried) >= rate.amount else now
        request.retry_after_s = max(1, math.ceil(until - now))  # type: ignore[attr-defined]
    return usage


def say_how_long(get_response: Answer) -> Answer:
    """Django middleware: a refusal of this kind is a 429 that tells when to come again."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        wait_s = wait_of(request)
        if wait_s is None or not isinstance(response, HttpResponse) or not _is_refusal(response):
            return response
        problem = TooManyRequests(
            f"This was tried too often. Wait {in_words(wait_s)}, then try again.",
            slug="too-many-attempts",
            retry_after_s=wait_s,
        )
        return problem_response(problem)

    return middleware


def _is_refusal(response: HttpResponse) -> bool:
    """allauth answers a locked account as it answers a wrong password."""
    if response.status_code == 429:
        return True
    if response.status_code != 400:
        return False
    errors = json.loads(response.content).get("errors", ())
    return any(error.get("code") == LOCKED for error in errors)


def in_words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{math.ceil(seconds / 60)} minutes"


@job("Forget attempts that count no more")
def forget_old_attempts() -> None:
    """The database cache deletes what has expired only when it is full."""
    CacheEntry.objects.filter(expires__lt=timezone.now()).delete()
