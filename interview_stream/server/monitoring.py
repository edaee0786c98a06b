"""Figures for Prometheus, of all parts of the installation at one address that a token opens. They name no people."""

import hmac
import logging
import urllib.request

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from interview_stream.metrics import CONTENT_TYPE, Metric, by, exposition, merged, own_process, single
from interview_stream.server.health import ANSWER_S, database_state, engine_state, worker_state
from interview_stream.server.interviews.models import Interview
from interview_stream.server.jobs.models import FailedJob
from interview_stream.server.lib.problems import not_found
from interview_stream.server.recordings.models import Recording

log = logging.getLogger(__name__)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For who knows the token; to others, and while none is set, there is no such address."""
    token = settings.ENVIRONMENT.metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_known = scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    if not token or not is_known:
        return not_found(request)
    scope = getattr(request, "scope", {})
    figures = [*_parts(), *_counts(), *_jobs(), *own_process("web")]
    if "live_connections" in scope:
        figures.append(single("live_connections", "gauge", "Open pages.", scope["live_connections"]))
    return HttpResponse(merged(exposition(figures), _of_engine()), content_type=CONTENT_TYPE)


def _parts() -> list[Metric]:
    states = {"web": "ok", "database": database_state(), "sfu": engine_state(), "worker": worker_state()}
    up = {part: float(state == "ok") for part, state in states.items()}
    return [Metric("up", "gauge", "1 when this part works.", by("part", up))]


def _counts() -> list[Metric]:
    """Of the whole installation, whoever they belong to: the operator's view, numbers only."""
    interviews = dict(Interview.objects.order_by().values_list("state").annotate(Count("pk")))
    recordings = dict(Recording.objects.order_by().values_list("state").annotate(Count("pk")))
    return [
        Metric("interviews", "gauge", "Interviews that are kept.", by("state", interviews)),
        Metric("recordings_kept", "gauge", "Recordings that are kept.", by("state", recordings)),
    ]


def _jobs() -> list[Metric]:
    now = timezone.now()
    due = DBTaskResult.objects.filter(status="READY").exclude(run_after__gt=now)
    oldest = due.aggregate(oldest=Min("enqueued_at"))["oldest"]
    kept = {"due": due.count(), "running": DBTaskResult.objects.filter(status="RUNNING").count()}
    kept["planned"] = DBTaskResult.objects.filter(status="READY", run_after__gt=now).count()
    kept["failed"] = FailedJob.objects.count()
    waiting_s = (now - oldest).total_seconds() if oldest else 0.0
    return [
        Metric("jobs", "gauge", "Jobs of the worker.", by("state", kept)),
        single("jobs_oldest_seconds", "gauge", "How long the job that is due has waited.", max(0.0, waiting_s)),
    ]


def _of_engine() -> str:
    """Empty while there is no answer, or a LiveKit cluster in the engine's place, which has figures of its own."""
    if settings.ENVIRONMENT.livekit_url:
        return ""
    try:
        address = f"http://127.0.0.1:{settings.ENVIRONMENT.sfu_port}/metrics"
        with urllib.request.urlopen(address, timeout=ANSWER_S) as answer:
            return bytes(answer.read()).decode()
    except OSError as error:
        log.info("the media engine gives no figures: %s", error)
        return ""
