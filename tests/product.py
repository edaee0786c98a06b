"""Starts the whole product as a user would, on free ports and an empty data folder, for tests that need it running."""

import contextlib
import http.cookiejar
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_given: set[int] = set()

PATIENCE_S = 90.0
"""How long a wait may take before a test fails: generous, since two cores may be encoding video meanwhile."""

PASSWORD = "correct horse battery staple"


def wait_for(condition: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
    """Poll until `condition` gives something true; a condition that cannot be asked yet counts as not yet."""
    deadline = time.monotonic() + patience_s
    last: object = None
    while time.monotonic() < deadline:
        try:
            value = condition()
            if value:
                return value
            last = value
        except (OSError, AssertionError) as error:
            last = error
        time.sleep(0.1)
    raise AssertionError(f"waited {patience_s:.0f} s for {what}; last seen: {last!r}")


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM, then: Sequence[int] = ()) -> int:
    """One that is free, with those that lie so much higher; never given twice.

    Below the ports that the kernel takes for connections (from 32768 on): a browser's could hold it by the time it is
    listened at.
    """
    while True:
        first = 10_000 + secrets.randbelow(22_000)
        ports = {first + offset for offset in (0, *then)}
        if ports & _given:
            continue
        with contextlib.suppress(OSError), contextlib.ExitStack() as probes:
            for port in ports:
                probes.enter_context(socket.socket(socket.AF_INET, kind)).bind(("0.0.0.0", port))
            _given.update(ports)
            return first


class Product:
    """One running instance: `interview-stream serve` with its three children."""

    def __init__(
        self,
        data: Path,
        *,
        arguments: Sequence[str] = (),
        prefix: Sequence[str] = (),
        host: str = "localhost",
        settings: Mapping[str, str] | None = None,
        nodes: int = 1,
    ) -> None:
        """`prefix` runs before the command (`ip netns exec …`); `host` is the name that browsers use. `nodes` are media
        processes.

        `settings` are environment variables for the product alone, with their full names.
        """
        self.data = data
        self.port = free_port()
        self.sfu_port = free_port(then=range(101, 101 + nodes))
        self.media_tcp_port, self.media_port = (
            free_port(kind, range(1, nodes)) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        )
        self.url = f"http://{host}:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        self.arguments, self.prefix = list(arguments), list(prefix)
        self.settings = {"INTERVIEW_STREAM_SFU_PROCESSES": str(nodes), **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Product":
        command = [*self.prefix, sys.executable, "-m", "interview_stream", "serve", "--data", str(self.data)]
        command += ["--port", str(self.port), "--media-port", str(self.media_port), *self.arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=self.variables())
        if not self.prefix:
            try:
                self.wait_until_healthy()
            except AssertionError:
                self.stop()
                raise
        return self

    def variables(self) -> dict[str, str]:
        """The environment in which its commands run."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEW_STREAM_", "LIVEKIT_"))}
        ports = {"SFU_PORT": self.sfu_port, "MEDIA_TCP_PORT": self.media_tcp_port}
        environment |= {f"INTERVIEW_STREAM_{name}": str(port) for name, port in ports.items()}
        return environment | {"PYTHONUNBUFFERED": "1"} | self.settings

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def wait_until_healthy(self) -> None:
        def healthy() -> bool:
            assert self.process and self.process.poll() is None, self.output()[-4000:]
            try:
                with urllib.request.urlopen(self.url + "/healthz", timeout=5) as answer:
                    return bool(answer.status == 200)
            except urllib.error.HTTPError as error:
                with error:
                    raise AssertionError(error.read().decode(errors="replace")) from None

        wait_for(healthy, f"a healthy product; log: {self.log}")

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def owner_link(self) -> str:
        """The newest owner link in the log."""
        link = re.compile(re.escape(self.url) + r"/welcome/[\w-]+")
        return str(wait_for(lambda: link.findall(self.output()), "an owner link")[-1])

    def child(self, name: str) -> int:
        """Process id of the child `web`, `sfu` or `worker`; of several media processes, `sfu-1` and so on."""
        tail = {
            "web": ["-m", "interview_stream.server"],
            "sfu": ["-m", "interview_stream.sfu"],
            "worker": ["-m", "interview_stream.server", "worker"],
            "router": ["-m", "interview_stream.sfu.router"],
        }.get(name) or ["-m", "interview_stream.sfu", "--node", name.removeprefix("sfu-")]

        def find() -> int:
            assert self.process
            for pid in _descendants(self.process.pid):
                with contextlib.suppress(OSError):
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
                    if words[-len(tail) :] == tail:
                        return pid
            return 0

        return wait_for(find, f"the {name} process")

    def hang(self, name: str) -> None:
        """The child lives and does nothing any more."""
        os.kill(self.child(name), signal.SIGSTOP)

    def kill(self, name: str) -> None:
        """`kill -9` the child and wait until the kernel has let it go."""
        pid = self.child(name)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not _is_alive(pid), f"the end of {name}")

    def drain(self, *process: str) -> tuple[int, str]:
        """Empty one of several media processes at once, or list them; exit code and all that was printed."""
        command = [sys.executable, "-m", "interview_stream", "drain", "--data", str(self.data), "--wait", "0", *process]
        run = subprocess.run(command, env=self.variables(), capture_output=True, text=True, timeout=120, check=False)
        return run.returncode, run.stdout + run.stderr

    def place_of_call(self) -> str:
        """Which of several media processes has the one call."""
        return str(wait_for(lambda: re.findall(r"(sfu-\d): ok, 1 call", self.drain()[1]), "the process of the call")[0])

    def media_key(self) -> tuple[str, str]:
        """API key and secret, as `interview-stream media-key` prints them."""
        printed = subprocess.run(
            [sys.executable, "-m", "interview_stream", "media-key", "--data", str(self.data)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        key, secret = re.findall(r"[:=]\s*(\S+)", printed)[:2]
        return key, secret

    def owner(self) -> "Client":
        """Claim the owner link as alice would, through the API."""
        client = Client(self.url)
        client.post(
            f"/api/owner-links/{self.owner_link().rsplit('/', 1)[1]}",
            {"name": "Alice Adler", "email": "alice@example.org", "password": PASSWORD, "organisation": "Acme"},
        )
        return client


class Client:
    """A person's HTTP client: cookies kept, CSRF header sent, problems raised as AssertionError with their text."""

    def __init__(self, url: str, guest: str = "", cookies: Mapping[str, str] | None = None) -> None:
        """`guest` is a candidate link's token; `cookies` continue a session begun in a browser."""
        self.url, self.guest = url, guest
        self.cookies = http.cookiejar.CookieJar()
        for name, value in (cookies or {}).items():
            self.cookies.set_cookie(_cookie(name, value))
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.get("/api/me")

    def get(self, path: str) -> Any:
        return self._call("GET", path, None)

    def post(self, path: str, body: object = None) -> Any:
        return self._call("POST", path, body)

    def put(self, path: str, body: object = None) -> Any:
        return self._call("PUT", path, body)

    def patch(self, path: str, body: object = None) -> Any:
        return self._call("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path, None)

    def fetch(self, path: str, headers: Mapping[str, str]) -> bytes:
        """The bytes of a file."""
        with self._opener.open(urllib.request.Request(self.url + path, headers=dict(headers)), timeout=60) as answer:
            content: bytes = answer.read()
            return content

    def _call(self, method: str, path: str, body: object) -> Any:
        headers = {"Content-Type": "application/json", "Origin": self.url}
        for cookie in self.cookies:
            if cookie.name.endswith("csrftoken"):
                headers["X-CSRFToken"] = cookie.value or ""
        if self.guest:
            headers["Authorization"] = f"Guest {self.guest}"
        data = None if method == "GET" else json.dumps(body if body is not None else {}).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from error
        return json.loads(text) if text else None


def enter_as_guest(host: Client, guest: Client, interview_path: str, scope: str = "all") -> Any:
    """The candidate chooses what may be recorded, knocks and is let in; the answer of joining."""
    question = guest.get("/api/guest/recording-question")["question"]
    guest.post("/api/guest/consent", {"scope": scope, "question": question})
    if guest.post("/api/guest/knock")["knock"] == "waiting":
        (waiting,) = host.get(f"{interview_path}/door")["waiting"]
        host.post(f"/api/knocks/{waiting['id']}/answer", {"admit": True})
    return guest.post(f"{interview_path}/join")


def _cookie(name: str, value: str) -> http.cookiejar.Cookie:
    return http.cookiejar.Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain="localhost.local",
        domain_specified=False,
        domain_initial_dot=False,
        path="/",
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )


def _descendants(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        children = parents.get(queue.pop(), [])
        found += children
        queue += children
    return found


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
