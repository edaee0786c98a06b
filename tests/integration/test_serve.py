"""`interview-stream serve` as an operator meets it: what it refuses, what it prints, and what it survives."""

import asyncio
import contextlib
import http.client
import http.server
import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from interview_stream.server.bounded_http import MAX_HEAD
from tests.product import Client, Product, free_port, wait_for

pytestmark = pytest.mark.integration

PATIENCE_S = 60
METRICS_TOKEN = "a token of the operators"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    settings = {"INTERVIEW_STREAM_METRICS_TOKEN": METRICS_TOKEN}
    product = Product(tmp_path_factory.mktemp("serve") / "data", settings=settings).start()
    yield product
    product.stop()


def health(product: Product) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(product.url + "/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def request(
    product: Product, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=30)
    with contextlib.closing(connection):
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@contextlib.contextmanager
def halted(pid: int) -> Iterator[None]:
    """The process stands still, as on a machine that is far too busy."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_figures_of_all_parts_are_at_one_address(product: Product) -> None:
    status, headers, body = request(product, "GET", "/metrics", Authorization=f"Bearer {METRICS_TOKEN}")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = body.decode().splitlines()
    for part in ("web", "database", "sfu", "worker"):
        assert f'interview_stream_up{{part="{part}"}} 1' in lines
    assert "interview_stream_rooms 0" in lines
    assert "interview_stream_live_connections 0" in lines
    assert {'part="web"', 'part="sfu"'} == {
        line.split("{")[1].split("}")[0] for line in lines if "cpu_seconds_total{" in line
    }
    assert request(product, "GET", "/metrics")[0] == 404


def test_it_says_where_to_go_and_names_every_part(product: Product) -> None:
    assert health(product) == (200, {"web": "ok", "database": "ok", "sfu": "ok", "worker": "ok"})
    wait_for(lambda: "is ready at" in product.output(), "the greeting")
    assert f"Interview Stream is ready at {product.url}" in product.output()
    assert re.search(rf"{product.url}/welcome/[\w-]{{43}}", product.output())
    assert "Only this machine can reach it" in product.output()


def test_the_owner_link_makes_one_account_and_is_kept_as_a_hash(product: Product) -> None:
    token = product.owner_link().rsplit("/", 1)[1]
    me = product.owner().get("/api/me")
    assert (me["user"]["email"], me["role"]) == ("alice@example.org", "owner")
    with pytest.raises(AssertionError, match="link-used"):
        product.owner()
    kept = b"".join(path.read_bytes() for path in product.data.glob("db.sqlite3*"))
    assert token.encode() not in kept


def test_secrets_are_for_their_owner_only(product: Product) -> None:
    secrets = [path for path in (product.data / "secrets").iterdir() if path.is_file()]
    assert len(secrets) == 3
    assert all(path.stat().st_mode & 0o177 == 0 for path in secrets)


def test_the_database_is_made_to_survive_a_crash(product: Product) -> None:
    with contextlib.closing(sqlite3.connect(product.data / "db.sqlite3")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("name", ["web", "sfu", "worker"])
def test_a_killed_process_comes_back_and_takes_no_other_along(product: Product, name: str) -> None:
    before = {one: product.child(one) for one in ("web", "sfu", "worker")}
    product.kill(name)
    wait_for(lambda: health(product)[0] == 200, "a healthy product again")
    after = {one: product.child(one) for one in before}
    assert after[name] != before[name]
    assert {one for one in before if before[one] != after[one]} == {name}
    assert re.search(rf"{name} +\| ended \(SIGKILL\)", product.output())


def test_who_comes_while_the_web_process_is_dead_waits_and_is_answered(product: Product) -> None:
    assert product.process is not None
    call = f"GET /api/me HTTP/1.1\r\nHost: localhost:{product.port}\r\nConnection: close\r\n\r\n"
    with contextlib.ExitStack() as visit:
        with halted(product.process.pid):  # so that nobody starts the web process again meanwhile
            product.kill("web")
            visitors = [
                visit.enter_context(socket.create_connection(("127.0.0.1", product.port), PATIENCE_S))
                for _ in range(20)
            ]
            for visitor in visitors:
                visitor.sendall(call.encode())
        answers = [visitor.recv(15) for visitor in visitors]
    assert answers == [b"HTTP/1.1 200 OK"] * len(visitors)


def test_a_web_process_that_is_asked_to_end_leaves_the_port_open(product: Product) -> None:
    before = product.child("web")
    os.kill(before, signal.SIGTERM)
    wait_for(lambda: not Path(f"/proc/{before}").exists(), "the end of the web process")
    assert request(product, "GET", "/api/me", host=f"localhost:{product.port}")[0] == 200


@pytest.mark.parametrize(("name", "state"), [("sfu", "not answering"), ("worker", "not answering")])
def test_health_names_the_part_that_hangs(product: Product, name: str, state: str) -> None:
    with halted(product.child(name)):
        status, parts = wait_for(lambda: (found := health(product))[0] == 503 and found, "bad health")  # type: ignore[misc]
        assert status == 503
        assert {part: what for part, what in parts.items() if what != "ok"} == {name: state}
    wait_for(lambda: health(product)[0] == 200, "good health")


def test_while_the_engine_is_away_its_paths_answer_503_and_never_404(product: Product) -> None:
    """A 404 would send clients to a protocol that we do not speak."""
    with _engine_away(product):
        for method, path in (
            ("GET", "/rtc/v1/validate"),
            ("GET", "/rtc/v1"),
            ("POST", "/twirp/livekit.RoomService/ListRooms"),
        ):
            status, headers, body = request(product, method, path, origin="https://elsewhere.example")
            assert (status, json.loads(body)["type"]) == (503, "/problems/unavailable")
            assert headers["access-control-allow-origin"] == "https://elsewhere.example"
        assert refused(f"ws://127.0.0.1:{product.port}/rtc/v1?join_request=x") == 503
    wait_for(lambda: health(product)[0] == 200, "good health")


@contextlib.contextmanager
def _engine_away(product: Product) -> Iterator[None]:
    """Kill it, and take its port so that it cannot come back."""
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        product.kill("sfu")
        wait_for(lambda: _try_bind(squatter, product.sfu_port), "the engine's port")
        yield


def _try_bind(own: socket.socket, port: int) -> bool:
    own.bind(("127.0.0.1", port))
    return True


def refused(url: str, **headers: str) -> int:
    """The status with which an upgrade is refused; 101 if it is not."""

    async def attempt() -> int:
        try:
            async with connect(url, additional_headers=headers, proxy=None, open_timeout=30):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code

    return asyncio.run(attempt())


@pytest.mark.parametrize("path", ["/live", "/rtc/v1?access_token=x"])
def test_a_foreign_origin_opens_no_socket(product: Product, path: str) -> None:
    url = f"ws://localhost:{product.port}{path}"
    assert refused(url, Origin="https://evil.example") == 403
    assert refused(url, Origin=product.url) in (101, 400, 401)
    assert refused(url) in (101, 400, 401)


@pytest.mark.parametrize("path", ["/", "/api/me", "/icon.svg"])
def test_a_name_that_someone_pointed_at_us_is_refused(product: Product, path: str) -> None:
    status, _, body = request(product, "GET", path, host="evil.example")
    assert (status, json.loads(body)["type"]) == (400, "/problems/unknown-host")


@pytest.mark.parametrize(
    "path", ["/api/interviews", "/twirp/livekit.RoomService/ListRooms", "/webhooks/livekit", "/csp-report"]
)
def test_a_body_of_10_mb_gets_a_clear_answer(product: Product, path: str) -> None:
    status, _, body = request(product, "POST", path, b"x" * 10_000_000)
    assert (status, json.loads(body)["type"]) == (413, "/problems/too-large")
    assert health(product)[0] == 200


def test_a_body_without_a_length_is_capped_too(product: Product) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=30)
    with contextlib.closing(connection):
        chunks = (b"x" * 65_536 for _ in range(100))
        connection.request("POST", "/api/interviews", chunks, {"Content-Type": "application/json"}, encode_chunked=True)
        assert connection.getresponse().status == 413


def test_a_body_of_two_lengths_is_refused(product: Product) -> None:
    """A proxy before us could believe the other one, and take the rest for another's request."""
    with socket.create_connection(("127.0.0.1", product.port), timeout=30) as client:
        client.sendall(
            b"POST /twirp/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        assert client.recv(100).split()[1] == b"400"


def test_headers_without_an_end_are_refused(product: Product) -> None:
    with socket.create_connection(("127.0.0.1", product.port), timeout=30) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX-Endless: " + b"x" * MAX_HEAD)
        assert client.recv(100).split()[1] == b"431"


@pytest.mark.parametrize(
    "line", [b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\n\r\n", b"\0\1\2\3\r\n\r\n", b"GET / HTTP/9.9\r\nA\r\n\r\n"]
)
def test_garbage_on_the_port_does_no_harm(product: Product, line: bytes) -> None:
    address = ("127.0.0.1", product.port)
    with socket.create_connection(address, timeout=30) as stranger, contextlib.suppress(OSError):
        stranger.sendall(line)
        assert stranger.recv(12)[:9] in (b"HTTP/1.1 ", b"")
    assert health(product)[0] == 200


def test_a_long_join_request_reaches_the_engine(product: Product) -> None:
    """It says that the token is wrong, not that the line is too long."""
    assert refused(f"ws://127.0.0.1:{product.port}/rtc/v1?access_token=wrong&join_request={'x' * 60_000}") == 401


async def test_a_write_of_another_process_reaches_a_watching_page(product: Product) -> None:
    """The worker and the command line write to the same database, and pages follow."""
    client = await asyncio.to_thread(_signed_in, product)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies)
    headers = {"Cookie": cookies, "Origin": product.url}
    async with connect(f"ws://localhost:{product.port}/live", additional_headers=headers, proxy=None) as page:
        await page.send('{"type":"hello","guest":null}')
        await page.send('{"type":"watch","queries":[{"id":1,"query":"interviews.list","args":{}}]}')
        first = _only_result(await asyncio.wait_for(page.recv(), PATIENCE_S))
        await asyncio.to_thread(_write_elsewhere, product, "Renamed elsewhere")
        second = _only_result(await asyncio.wait_for(page.recv(), PATIENCE_S))
        assert [one["title"] for one in second["data"]["items"]] == ["Renamed elsewhere"] * len(first["data"]["items"])
        assert first["data"]["items"]


def _only_result(text: str | bytes) -> dict[str, Any]:
    message = json.loads(text)
    assert message["type"] == "update"
    (result,) = message["results"]
    return dict(result)


def _signed_in(product: Product) -> Client:
    with contextlib.suppress(AssertionError):
        product.owner()
    client = Client(product.url)
    body = {"email": "alice@example.org", "password": "correct horse battery staple"}
    client.post("/_allauth/browser/v1/auth/login", body)
    client.post("/api/interviews", {"title": "Watched", "scheduled_for": None, "duration_minutes": 60})
    return client


def _write_elsewhere(product: Product, title: str) -> None:
    program = (
        "import sys, django; django.setup(); from django.conf import settings; "
        "from interview_stream.server.live import tracking; from interview_stream.server.live.wiring import sender; "
        "from interview_stream.server.interviews.models import Interview; "
        "tracking.on_write(sender('', settings.LIVE_SOCKET).send); Interview.objects.update(title=sys.argv[1])"
    )
    variables = {
        "INTERVIEW_STREAM_DATA": str(product.data),
        "DJANGO_SETTINGS_MODULE": "interview_stream.server.settings",
    }
    subprocess.run([sys.executable, "-c", program, title], check=True, env={**os.environ, **variables})


def test_a_second_server_keeps_off_the_folder(product: Product) -> None:
    done = serve_and_fail(product.data, "--port", str(free_port()))
    assert "another server already works on" in done


def test_stopping_ends_every_process(tmp_path: Path) -> None:
    product = Product(tmp_path / "data").start()
    children = [product.child(name) for name in ("web", "sfu", "worker")]
    assert product.process is not None
    product.process.send_signal(signal.SIGINT)
    assert product.process.wait(PATIENCE_S) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)


def test_children_do_not_outlive_a_killed_server(tmp_path: Path) -> None:
    product = Product(tmp_path / "data").start()
    children = [product.child(name) for name in ("web", "sfu", "worker")]
    assert product.process is not None
    product.process.kill()
    product.process.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "the end of the children")


def serve_and_fail(data: Path, *arguments: str) -> str:
    """What a server that cannot start says."""
    done = subprocess.run(
        [sys.executable, "-m", "interview_stream", "serve", "--data", str(data), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=data.parent if data.parent.is_dir() else None,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_plain_http_beyond_this_machine_is_refused(tmp_path: Path, host: str) -> None:
    said = serve_and_fail(tmp_path / "data", "--host", host)
    assert "browsers give no camera" in said
    assert "--tls-self-signed" in said
    assert not (tmp_path / "data" / "db.sqlite3").exists()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = serve_and_fail(tmp_path / "data", "--port", str(port))
    assert f"TCP port {port} on 127.0.0.1 cannot be used: another program has it" in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "data folder" in serve_and_fail(tmp_path / "file" / "data")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--tls-cert", "missing.pem", "--tls-key", "missing.pem"), "there is no file"),
        (("--tls-cert", "only.pem"), "go together"),
        (("--port", "70000"), "INTERVIEW_STREAM_PORT"),
        (("--public-url", "interviews.example.org"), "INTERVIEW_STREAM_PUBLIC_URL"),
    ],
)
def test_wrong_options_are_explained(tmp_path: Path, arguments: Sequence[str], said: str) -> None:
    assert said in serve_and_fail(tmp_path / "data", *arguments)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """Starts a product with these options and variables, and waits until it says that it is ready."""
    started: list[Product] = []

    def begin(*arguments: str, **variables: str) -> Product:
        prefix = ["env", *(f"{name}={value}" for name, value in variables.items())]
        product = Product(tmp_path / "data", arguments=arguments, prefix=prefix).start()
        started.append(product)
        wait_for(lambda: "is ready at" in product.output(), "the greeting")
        return product

    yield begin
    for product in started:
        product.stop()


def test_a_self_signed_certificate_serves_https(start: Callable[..., Product]) -> None:
    product = start("--tls-self-signed", "--host", "0.0.0.0")
    url = f"https://localhost:{product.port}"
    assert f"is ready at {url}" in product.output()
    trusting = ssl.create_default_context(cafile=str(product.data / "tls" / "certificate.pem"))
    with urllib.request.urlopen(f"{url}/api/me", context=trusting, timeout=30) as answer:
        assert answer.headers["Strict-Transport-Security"]
        assert "Secure" in answer.headers["Set-Cookie"]
        assert json.load(answer)["public_url"] == url


def test_plain_http_can_be_allowed_and_is_explained(start: Callable[..., Product]) -> None:
    product = start("--insecure-http", "--host", "0.0.0.0")
    assert "Browsers give no camera or microphone to plain http beyond localhost" in product.output()


@pytest.mark.parametrize(
    ("arguments", "addresses"), [(("localhost",), ["localhost"]), (("::", "--insecure-http"), ["::1", "127.0.0.1"])]
)
def test_names_and_ipv6_addresses_can_be_served(
    start: Callable[..., Product], arguments: Sequence[str], addresses: Sequence[str]
) -> None:
    product = start("--host", *arguments)  # which waits until the server has reached itself
    for address in addresses:
        with socket.create_connection((address, product.port), PATIENCE_S):
            pass


def test_the_web_process_opens_the_port_itself_when_nobody_handed_it_one(tmp_path: Path) -> None:
    port = free_port()
    variables = {"INTERVIEW_STREAM_DATA": str(tmp_path / "data"), "INTERVIEW_STREAM_PORT": str(port)}
    (tmp_path / "data" / "run").mkdir(parents=True)
    command = [sys.executable, "-m", "interview_stream.server"]

    def answers() -> bool:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S):
            return True

    with subprocess.Popen(command, env={**os.environ, **variables}) as web:
        try:
            wait_for(answers, "the port")
        finally:
            web.terminate()


class _Cluster(http.server.BaseHTTPRequestHandler):
    """What a LiveKit server answers at its root."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path in ("", "/") else 404)
        self.end_headers()
        self.wfile.write(b"OK")

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_with_a_cluster_no_engine_starts(start: Callable[..., Product]) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Cluster) as cluster:
        thread = threading.Thread(target=cluster.serve_forever)
        thread.start()
        product = start(LIVEKIT_URL=f"ws://127.0.0.1:{cluster.server_port}")
        assert health(product) == (200, {"web": "ok", "database": "ok", "sfu": "ok", "worker": "ok"})
        assert "sfu " not in product.output()
        cluster.shutdown()
        thread.join()
