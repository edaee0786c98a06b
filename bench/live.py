"""How soon and at what cost pages see a change, by live queries beside plain polling: `python -m bench.live`.

Ten clients, each another member of one organisation, watch the same 100 interviews, a thousand queries in all, while
one more changes a title 50 times a second. Each change concerns ten of the queries: more runs are waste. Then ten
clients without live queries ask for each of the interviews every second, or as often as the server can answer, with
the same changes going on.

The server is the web process as it is, on CPU 0, with SQLite and HTTP; clients and writes come from CPU 1. Delay is
from before the write's HTTP request to when a client has its effect, or that of a later write to the same interview.
CPU is that of the web process, the write's own HTTP request included. A final state is wrong if, 30 seconds after the
last write, a client shows another title than the database holds. At the end 100 of the queries and one write a second,
beside PGlite (pglite_live.py).
"""

import argparse
import asyncio
import json
import math
import os
import socket
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import aiohttp

from bench.pglite_live import PGlite, measure_pglite
from bench.processes import ServerProcess, pin_generator

_UP_WITHIN_S, _SETTLE_S, _DRAIN_S = 60.0, 1.0, 30.0
_CSRF = "c" * 32
_KEEPALIVE_S = 2.0
"""Less than the server's, so that no request meets a connection that is just being closed."""


@dataclass(frozen=True, slots=True)
class Plan:
    interviews: int
    clients: int
    writes_per_s: int
    alone_s: float
    live_s: float
    polling_s: float
    poll_every_s: float = 1.0
    few_interviews: int = 10
    """With as many clients, one write a second and PGlite doing the same."""
    few_s: float = 20


FULL = Plan(interviews=100, clients=10, writes_per_s=50, alone_s=15, live_s=60, polling_s=30)
TINY = Plan(interviews=5, clients=2, writes_per_s=20, alone_s=1, live_s=2, polling_s=3, few_interviews=2, few_s=2)


@dataclass
class Product:
    """The server under test, and what is needed to speak to it."""

    url: str
    cookies: list[str]
    """Of one member for each client."""
    interviews: list[str]
    process: ServerProcess
    runs_file: Path

    @property
    def runs(self) -> int:
        """Of watched queries, so far."""
        return int(self.runs_file.read_text() or 0)

    @property
    def headers(self) -> dict[str, str]:
        return self.headers_of(0)

    def headers_of(self, client: int) -> dict[str, str]:
        return {"Cookie": self.cookies[client], "Origin": self.url, "X-CSRFToken": _CSRF}


@dataclass
class Observed:
    """What went out and what came in, by interview."""

    sent: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    arrived: dict[tuple[int, str], list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    first: int = 1
    """The number of the first write; what was before does not count."""
    refused: int = 0
    runs: int = 0
    cpu_s: float = 0.0
    seconds: float = 0.0

    def see(self, client: int, interview: str, title: str) -> None:
        seen = self.arrived[client, interview]
        number = int(title.rsplit(" ", 1)[-1])
        if not seen or seen[-1][0] != number:
            seen.append((number, time.perf_counter()))

    @property
    def writes(self) -> int:
        return sum(map(len, self.sent.values()))

    def delays_ms(self, clients: int) -> list[float]:
        delays = []
        for interview, writes in self.sent.items():
            for client in range(clients):
                arrivals = iter(self.arrived[client, interview])
                number, at = next(arrivals, (-1, 0.0))
                for write, sent_at in sorted(writes.items()):
                    while number < write:
                        number, at = next(arrivals, (sys.maxsize, math.inf))
                    if at < math.inf:  # Otherwise an earlier write was the last to be carried out.
                        delays.append((at - sent_at) * 1000)
        return sorted(delays)

    def wrong(self, titles: dict[str, str], clients: int) -> int:
        numbers = {interview: int(title.rsplit(" ", 1)[-1]) for interview, title in titles.items()}
        shown = {key: seen[-1][0] for key, seen in self.arrived.items()}
        return sum(
            shown.get((client, one), -1) != number for one, number in numbers.items() for client in range(clients)
        )


def _session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(family=socket.AF_INET, limit=40, keepalive_timeout=_KEEPALIVE_S)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=120))


@contextmanager
def running(plan: Plan, folder: Path) -> Iterator[Product]:
    """A fresh data folder with one member and the interviews, and a server on it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "interview_stream.server.settings",
        "INTERVIEW_STREAM_ENV_FILE": os.devnull,
        "INTERVIEW_STREAM_DATA": str(folder),
        "INTERVIEW_STREAM_PORT": str(port),
        "INTERVIEW_STREAM_LOG_LEVEL": "warning",
        "BENCH_LIVE_RUNS": str(folder / "runs"),
    }
    cookies, interviews = _fill(plan)
    process = ServerProcess([sys.executable, "-m", "bench.live_server"], folder / "server.log")
    try:
        yield Product(f"http://localhost:{port}", cookies, interviews, process, folder / "runs")
    finally:
        process.close()


def _fill(plan: Plan) -> tuple[list[str], list[str]]:
    """The cookies of each member, and the ids of the interviews."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connections

    from interview_stream.server.accounts.actions import create_member
    from interview_stream.server.accounts.actor import Member
    from interview_stream.server.accounts.models import Organisation, Role
    from interview_stream.server.interviews.actions import create_interview
    from interview_stream.server.interviews.schemas import InterviewIn

    call_command("migrate", verbosity=0)
    organisation = Organisation.objects.create(name="Acme")
    users = [
        create_member(organisation, role=Role.OWNER, name=f"Member {n}", email=f"{n}@example.org", password=f"{n}" * 20)
        for n in range(plan.clients)
    ]
    member = Member(user=users[0], organisation=organisation, role=Role.OWNER)
    interviews = [create_interview(member, wanted=InterviewIn(title="Title 0")) for _ in range(plan.interviews)]
    cookies = []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={_CSRF}")
    connections.close_all()
    return cookies, [str(one.id) for one in interviews]


async def _check(answer: aiohttp.ClientResponse) -> None:
    """A server that answers otherwise is broken: waiting for it would never end."""
    if not answer.ok:
        raise RuntimeError(f"{answer.method} {answer.url.path} was answered {answer.status}: {await answer.text()}")


async def _wait_until_up(product: Product, http: aiohttp.ClientSession) -> None:
    ask = partial(http.get, f"{product.url}/api/me", headers=product.headers)
    async with await product.process.first_answer(ask, _UP_WITHIN_S) as answer:
        await _check(answer)


async def _write(product: Product, http: aiohttp.ClientSession, plan: Plan, seconds: float, seen: Observed) -> None:
    """Open loop: a write that takes long does not hold up the next."""

    async def change(number: int) -> None:
        interview = product.interviews[number % len(product.interviews)]
        url = f"{product.url}/api/interviews/{interview}"
        seen.sent[interview][number] = time.perf_counter()
        async with http.patch(url, headers=product.headers, json={"title": f"Title {number}"}) as answer:
            if answer.status == 503:  # Overloaded: the database was busy for too long.
                del seen.sent[interview][number]
                seen.refused += 1
            else:
                await _check(answer)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for count in range(round(seconds * plan.writes_per_s)):
            await asyncio.sleep(max(0.0, began + count / plan.writes_per_s - time.perf_counter()))
            tasks.create_task(change(seen.first + count))


async def _watch(product: Product, http: aiohttp.ClientSession, client: int, seen: Observed) -> None:
    async with http.ws_connect(f"{product.url}/live", headers=product.headers_of(client), max_msg_size=0) as page:
        await page.send_json({"type": "hello", "guest": None})
        queries = [
            {"id": number, "query": "interviews.get", "args": {"interview_id": interview}}
            for number, interview in enumerate(product.interviews)
        ]
        await page.send_json({"type": "watch", "queries": queries})
        async for frame in page:
            for result in json.loads(frame.data).get("results", ()):
                if "problem" in result:
                    raise RuntimeError(f"A watched query ended: {result['problem']}")
                seen.see(client, product.interviews[result["id"]], result["data"]["title"])
        raise RuntimeError(f"The server has closed a page's socket: {page.close_code}")


async def _poll(product: Product, plan: Plan, http: aiohttp.ClientSession, client: int, seen: Observed) -> None:
    async def ask(interview: str, offset_s: float) -> None:
        await asyncio.sleep(offset_s)
        while True:
            next_at = time.perf_counter() + plan.poll_every_s
            url, headers = f"{product.url}/api/interviews/{interview}", product.headers_of(client)
            async with http.get(url, headers=headers) as answer:
                if answer.status != 503:  # Overloaded, as for writes.
                    await _check(answer)
                    seen.see(client, interview, (await answer.json())["title"])
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))

    async with asyncio.TaskGroup() as tasks:
        for number, interview in enumerate(product.interviews):
            offset = (number + client / plan.clients) / len(product.interviews) * plan.poll_every_s
            tasks.create_task(ask(interview, offset))


Follow = Callable[[aiohttp.ClientSession, int, Observed], Coroutine[None, None, None]]


async def measure(
    product: Product, plan: Plan, seconds: float, first: int, follow: Follow | None
) -> tuple[Observed, int]:
    """What the clients, if any, saw while the writes went on, and how many final states were wrong."""
    seen, count = Observed(first=first), plan.clients if follow else 0
    async with _session() as http, _session() as writing, asyncio.TaskGroup() as tasks:
        await _wait_until_up(product, http)
        clients = [tasks.create_task(follow(http, client, seen)) for client in range(count) if follow]
        while len(seen.arrived) < count * plan.interviews:
            product.process.check_alive()
            await asyncio.sleep(0.1)
        await asyncio.sleep(_SETTLE_S)
        cpu_s, runs, began = product.process.cpu_seconds(), product.runs if follow else 0, time.perf_counter()
        await _write(product, writing, plan, seconds, seen)
        seen.cpu_s, seen.seconds = product.process.cpu_seconds() - cpu_s, time.perf_counter() - began
        titles = {}
        for interview in product.interviews:
            async with writing.get(f"{product.url}/api/interviews/{interview}", headers=product.headers) as answer:
                titles[interview] = str((await answer.json())["title"])
        for _ in range(round(_DRAIN_S / 0.1)):
            if not (wrong := seen.wrong(titles, count)):
                break
            await asyncio.sleep(0.1)
        seen.runs = product.runs - runs if follow else 0
        for client in clients:
            client.cancel()
    return seen, wrong


def _report(name: str, plan: Plan, seen: Observed, wrong: int, alone_ms: float) -> float:
    """Prints one line; returns the median delay."""
    delays = seen.delays_ms(plan.clients)
    p50, p99 = statistics.median(delays), delays[int(len(delays) * 0.99)]
    print(
        f"{name}: {seen.writes / seen.seconds:.1f} writes/s ({seen.refused} refused), "
        f"write to client p50 {p50:.1f} ms, p99 {p99:.1f} ms; "
        f"{_cpu_ms(seen):.1f} ms CPU per write, {_cpu_ms(seen) - alone_ms:.1f} ms more than with nobody there; "
        f"{wrong} of {plan.clients * plan.interviews} final states wrong",
        flush=True,
    )
    return p50


def _cpu_ms(seen: Observed) -> float:
    return seen.cpu_s / seen.writes * 1000


def _report_pglite(few: Plan, live: Observed, wrong: int, peer: PGlite) -> None:
    delays, queries = live.delays_ms(few.clients), few.clients * few.interviews
    print(
        f"{queries} queries, one write a second: live p50 {statistics.median(delays):.1f} ms, "
        f"{_cpu_ms(live):.1f} ms CPU and {live.runs / live.writes:.1f} runs per write for {few.clients} concerned, "
        f"{wrong} wrong; PGlite p50 {peer.p50_ms:.1f} ms, {peer.cpu_ms:.1f} ms CPU and {peer.runs:.1f} runs per write "
        f"for 1 concerned, {peer.wrong} wrong",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a few seconds, to see that it runs")
    parser.add_argument("--writes", type=int, metavar="N", help="a second, instead of 50")
    options = parser.parse_args()
    plan = TINY if options.tiny else FULL
    plan = replace(plan, writes_per_s=options.writes or plan.writes_per_s)
    with tempfile.TemporaryDirectory(prefix="bench-live-") as name:
        folder = Path(name)
        with running(plan, folder) as product:
            pin_generator()
            alone, _ = asyncio.run(measure(product, plan, plan.alone_s, 1, None))
            print(f"with nobody there: {_cpu_ms(alone):.1f} ms CPU per write", flush=True)
            watch: Follow = partial(_watch, product)
            live, live_wrong = asyncio.run(measure(product, plan, plan.live_s, 100_000, watch))
            live_p50 = _report("live", plan, live, live_wrong, _cpu_ms(alone))
            watched = plan.clients * plan.interviews
            print(f"live: {live.runs / live.writes:.2f} runs per write, {plan.clients} of {watched} queries concerned")
            poll: Follow = partial(_poll, product, plan)
            polled, polled_wrong = asyncio.run(measure(product, plan, plan.polling_s, 200_000, poll))
            few = replace(plan, interviews=plan.few_interviews, writes_per_s=1, live_s=plan.few_s)
            some = replace(product, interviews=product.interviews[: few.interviews])
            watch_some: Follow = partial(_watch, some)
            calm, calm_wrong = asyncio.run(measure(some, few, few.live_s, 300_000, watch_some))
    peer = measure_pglite(few.clients * few.interviews, round(few.live_s))
    polled_p50 = _report(f"polling every {plan.poll_every_s:.0f} s", plan, polled, polled_wrong, _cpu_ms(alone))
    _report_pglite(few, calm, calm_wrong, peer)
    if live_wrong or calm_wrong:
        raise SystemExit(f"{live_wrong + calm_wrong} wrong final states")
    print(f"live {live_p50:.1f} ms, polling {polled_p50:.1f} ms, ratio {live_p50 / polled_p50:.4f}")


if __name__ == "__main__":
    main()
