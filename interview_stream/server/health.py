"""Says whether each part of the installation works, and names the one that does not."""

import json
import logging
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from interview_stream.server.heartbeat import BEAT_S, Heartbeat

log = logging.getLogger(__name__)

ANSWER_S = 2.0
MAX_ANSWER = 10_000


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part is "ok", otherwise 503 with what is wrong with each."""
    with ThreadPoolExecutor(1) as threads:
        engine = threads.submit(engine_state)
        parts = {"web": "ok", "database": database_state(), "sfu": engine.result(), "worker": worker_state()}
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app FROM django_migrations LIMIT 1")
            cursor.fetchone()
    except DatabaseError as error:
        log.error("The database does not answer: %s", error)
        return "failing"
    return "ok"


def engine_state() -> str:
    try:
        with urllib.request.urlopen(engine_address(), timeout=ANSWER_S) as answer:  # noqa: S310 - our own setting
            answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return _problem_in(error.read(MAX_ANSWER)) or f"answers {error.code}"
    except TimeoutError:
        return "not answering"
    except OSError as error:
        is_slow = isinstance(getattr(error, "reason", None), TimeoutError)
        return "not answering" if is_slow else "down"
    return "ok"


def _problem_in(answer: bytes) -> str:
    """Several media processes say which of them is broken."""
    try:
        return str(json.loads(answer)["problem"])
    except (ValueError, KeyError, TypeError):
        return ""


def engine_address() -> str:
    cluster = settings.ENVIRONMENT.livekit_url
    if not cluster:
        return f"http://127.0.0.1:{settings.ENVIRONMENT.sfu_port}/healthz"
    # A LiveKit server answers "OK" at its root.
    return urlsplit(cluster)._replace(scheme="http" if cluster.startswith(("ws:", "http:")) else "https").geturl()


def worker_state() -> str:
    beat = Heartbeat(settings.RUN_FOLDER / "worker").last()
    if beat is None or not _is_running(beat.process):
        return "down"
    return "ok" if time.monotonic() - beat.at < 3 * BEAT_S else "not answering"


def _is_running(process: int) -> bool:
    """A process that was killed keeps its number until the supervisor has noticed; its state is Z until then."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
