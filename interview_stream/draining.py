"""What `interview-stream drain` does: has one media process emptied, and waits until it is back."""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from interview_stream.environment import PREFIX, Environment
from interview_stream.keys import load_keys
from interview_stream.sfu.auth import Tokens
from interview_stream.sfu.core.grants import Grants, Identity

LOOK_S = 1.0
ANSWER_S = 10.0
PATIENCE_S = 60.0


class DrainError(Exception):
    """It cannot be done; the message says why."""


def drain(environment: Environment, process: str, *, wait_s: int) -> int:
    """Exit code for the shell, once the process is back. To be interrupted stops the waiting, not the emptying."""
    try:
        _check(environment)
        before = _ask(environment, f"/nodes/{process}/drain", {"wait_s": wait_s})
        _say(f"{process} gets no new calls; {_counted(before)} there, handed over in {wait_s} s at the latest.")
        return _follow(environment, process, before["instance"])
    except DrainError as error:
        print(f"interview-stream: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        _say("It goes on by itself.")
        return 130


def list_processes(environment: Environment) -> int:
    """Exit code for the shell."""
    try:
        _check(environment)
        for node in _ask(environment, "/nodes"):
            left_s = node["drain_left_s"]
            draining = "" if left_s is None else f", being emptied ({max(left_s, 0):.0f} s left)"
            _say(f"{node['name']}: {node['state']}, {_counted(node)}{draining}")
    except DrainError as error:
        print(f"interview-stream: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _follow(environment: Environment, process: str, instance: str) -> int:
    told, heard_at = "", time.monotonic()
    while True:
        time.sleep(LOOK_S)
        try:
            node = next(one for one in _ask(environment, "/nodes") if one["name"] == process)
        except DrainError:
            # The router may be starting; it learns from the process that it is being emptied.
            if time.monotonic() - heard_at > PATIENCE_S:
                raise
            continue
        heard_at = time.monotonic()
        if node["instance"] != instance and node["state"] == "ok":
            _say(f"{process} has started afresh.")
            return 0
        if node["instance"] == instance and node["drain_left_s"] is None and node["state"] == "ok":
            raise DrainError(f"{process} is not being emptied any more.")
        now = f"{_counted(node)} left"
        if now != told and node["state"] == "ok":
            _say(now)
            told = now


def _counted(node: dict[str, Any]) -> str:
    rooms, people = node["rooms"], node["participants"]
    return f"{rooms} {'call' if rooms == 1 else 'calls'} with {people} {'person' if people == 1 else 'people'}"


def _check(environment: Environment) -> None:
    if environment.livekit_url:
        raise DrainError("calls go to a LiveKit cluster; empty its nodes by its own means.")
    if environment.sfu_processes == 1:
        raise DrainError(
            f"there is one media process, so no other can take its calls. {PREFIX}SFU_PROCESSES says how many run."
        )


def _ask(environment: Environment, path: str, question: dict[str, Any] | None = None) -> Any:
    keys = load_keys(environment.data)
    who = Identity(identity="operator", grants=Grants(room_create=True))
    token = Tokens(keys.media_key, keys.media_secret).sign(who, now=time.time_ns() / 1e9, ttl_s=60.0)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = None if question is None else json.dumps(question).encode()
    url = f"http://127.0.0.1:{environment.sfu_port}{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=ANSWER_S) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            raise DrainError(_reason(error.read(10_000)) or f"the media engine answered {error.code}.") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise DrainError(
            f"the media engine does not answer at port {environment.sfu_port}; is `serve` running?"
        ) from error


def _reason(answer: bytes) -> str:
    try:
        return f"{json.loads(answer)['error']}."
    except (ValueError, KeyError, TypeError):
        return ""


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
