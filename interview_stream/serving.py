"""What `interview-stream serve` does: check, prepare, start the processes, and say where to go."""

import asyncio
import errno
import fcntl
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from interview_stream.environment import PREFIX, Environment, SettingError, is_loopback, read_environment
from interview_stream.keys import load_keys
from interview_stream.listening import close_listeners, open_listeners
from interview_stream.nodes import nodes_of
from interview_stream.supervisor import Program, Supervisor
from interview_stream.tls import self_signed as make_certificate

T = TypeVar("T")

# The processes of a server that was killed need a moment to notice and free their ports.
PORT_WAIT_S = 5.0
SLOW_START_S = 30.0


def serve(variables: dict[str, str], *, self_signed: bool, insecure_http: bool) -> int:
    environment = _with_address(variables, self_signed)
    _check_host(environment, insecure_http)
    _check_tls(environment)
    with _data_folder(environment.data), _public_port(environment) as listeners:
        _check_engine_ports(environment)
        token = _prepare(variables)
        supervisor = Supervisor(_programs(environment, listeners), variables)
        asyncio.run(_supervise(supervisor, environment, token, listeners))
    return 0


def _with_address(variables: dict[str, str], self_signed: bool) -> Environment:
    """The settings, after adding to `variables` what follows from them: a certificate and the public address."""
    environment = read_environment(variables)
    if self_signed and not environment.is_tls:
        files = make_certificate(environment.data / "tls", _certificate_hosts(environment))
        variables[f"{PREFIX}TLS_CERT"], variables[f"{PREFIX}TLS_KEY"] = str(files.certificate), str(files.key)
    if not variables.get(f"{PREFIX}PUBLIC_URL"):
        is_tls = bool(variables.get(f"{PREFIX}TLS_CERT"))
        host = _best_host(environment)
        variables[f"{PREFIX}PUBLIC_URL"] = f"{'https' if is_tls else 'http'}://{host}:{environment.port}"
    return read_environment(variables)


def _certificate_hosts(environment: Environment) -> list[str]:
    named = [environment.host, *environment.public_ips, urlsplit(environment.public_url).hostname or ""]
    wanted = ["localhost", "127.0.0.1", "::1", *named]
    return [host for host in wanted if host and not _is_wildcard(host)]


def _best_host(environment: Environment) -> str:
    """The address to put into links when none was given."""
    if is_loopback(environment.host):
        return "localhost"
    public = next(iter(environment.public_ips), "")
    host = public or ("localhost" if _is_wildcard(environment.host) else environment.host)
    return f"[{host}]" if ":" in host else host


def _is_wildcard(host: str) -> bool:
    return host in ("0.0.0.0", "::", "")  # noqa: S104 - recognised, not bound


def _check_host(environment: Environment, insecure_http: bool) -> None:
    if is_loopback(environment.host) or environment.is_tls or insecure_http:
        return
    raise SettingError(
        f"serving on {environment.host} without TLS would send sign-ins and links in the clear, and browsers give no "
        "camera or microphone to plain http beyond localhost. Add --tls-cert and --tls-key, or --tls-self-signed to "
        "try it out, or --insecure-http when a proxy in front of this machine does TLS."
    )


def _check_tls(environment: Environment) -> None:
    if not environment.is_tls:
        return
    for path in (environment.tls_cert, environment.tls_key):
        if not Path(path).is_file():
            raise SettingError(f"there is no file {path}; it was named as a TLS certificate or key.")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(environment.tls_cert, environment.tls_key)
    except ssl.SSLError as error:
        raise SettingError(f"the TLS certificate and key cannot be used: {error}.") from error


@contextmanager
def _data_folder(folder: Path) -> Iterator[None]:
    """Make the folder and its secrets, and keep other servers out of it."""
    try:
        (folder / "run").mkdir(parents=True, exist_ok=True)
        load_keys(folder)
        lock = (folder / "run" / "serve.lock").open("w")
    except OSError as error:
        reason = f"the data folder {folder} cannot be written: {error.strerror}"
        raise SettingError(f"{reason}. Choose one with --data.") from error
    with lock:
        for _ in _attempts():
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
        else:
            raise SettingError(f"another server already works on {folder}. Stop it, or choose another with --data.")
        yield


@contextmanager
def _public_port(environment: Environment) -> Iterator[list[socket.socket]]:
    """Open from here on, so that connections wait for the web process instead of being refused while it is away."""
    host, port = environment.host, environment.port
    listeners = _take_port("TCP", host, port, "--port", lambda: open_listeners(host, port))
    try:
        yield listeners
    finally:
        close_listeners(listeners)


def _check_engine_ports(environment: Environment) -> None:
    if environment.livekit_url:
        return
    nodes = nodes_of(environment)
    everywhere = "0.0.0.0"  # noqa: S104 - media comes from outside
    loopback = dict.fromkeys([environment.sfu_port, *(node.port for node in nodes)])
    wanted = [("TCP", "127.0.0.1", port, "--sfu-port") for port in loopback]
    wanted += [("UDP", everywhere, node.media_port, "--media-port") for node in nodes]
    wanted += [("TCP", everywhere, node.media_tcp_port, "--media-tcp-port") for node in nodes if node.media_tcp_port]
    for protocol, host, port, option in wanted:
        _take_port(protocol, host, port, option, partial(_try_bind, protocol, host, port))


def _take_port(protocol: str, host: str, port: int, option: str, take: Callable[[], T]) -> T:
    """What `take` gives; when it fails for long, a sentence that names the port and the option to choose another."""
    for _ in _attempts():
        try:
            return take()
        except OSError as error:
            problem = _port_problem(error)
    raise SettingError(
        f"{protocol} port {port} on {host} cannot be used: {problem}. Free it, or choose another with {option}."
    )


def _attempts() -> Iterator[None]:
    until = time.monotonic() + PORT_WAIT_S
    yield
    while time.monotonic() < until:
        time.sleep(0.2)
        yield


def _try_bind(protocol: str, host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if protocol == "TCP" else socket.SOCK_DGRAM) as probe:
        if protocol == "TCP":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _port_problem(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program has it"
    if error.errno is None or isinstance(error, socket.gaierror):  # Names have error numbers of their own.
        return (error.strerror or str(error)).lower()
    return os.strerror(error.errno).lower()


def _prepare(variables: Mapping[str, str]) -> str | None:
    """Migrate in a process of its own, so that the supervisor stays small; returns an owner link's token if due."""
    run = subprocess.run(
        [sys.executable, "-m", "interview_stream.server", "prepare"],
        env=variables,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if run.returncode != 0:
        raise SettingError("the database could not be prepared; the reason is above.")
    answer: dict[str, str | None] = json.loads(run.stdout)
    return answer["owner_token"]


def _programs(environment: Environment, listeners: Sequence[socket.socket]) -> list[Program]:
    python = [sys.executable, "-u", "-m"]
    programs = [
        Program("web", [*python, "interview_stream.server"], listeners),
        Program("worker", [*python, "interview_stream.server", "worker"]),
    ]
    return programs if environment.livekit_url else [*_media_programs(environment, python), *programs]


def _media_programs(environment: Environment, python: Sequence[str]) -> Iterator[Program]:
    """One media process, or several with a router where the one would be."""
    nodes = nodes_of(environment)
    for node in nodes:
        which = ["--node", str(node.number)] if node.number else []
        yield Program(node.name, [*python, "interview_stream.sfu", *which], address=_health_of(node.port))
    if len(nodes) > 1:
        yield Program("sfu", [*python, "interview_stream.sfu.router"], address=_health_of(environment.sfu_port))


def _health_of(port: int) -> str:
    return f"http://127.0.0.1:{port}/healthz"


async def _supervise(
    supervisor: Supervisor, environment: Environment, token: str | None, listeners: Sequence[socket.socket]
) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
    greeting = asyncio.create_task(_greet(supervisor, environment, token))
    await supervisor.run()
    close_listeners(listeners)  # The greeting may wait there for an answer that nobody gives any more.
    greeting.cancel()
    with suppress(asyncio.CancelledError):
        await greeting


async def _greet(supervisor: Supervisor, environment: Environment, token: str | None) -> None:
    """Say where to go once every part answers; say what is missing when that takes long."""
    started = asyncio.get_running_loop().time()
    is_late = False
    while not supervisor.is_stopping:
        health = await asyncio.to_thread(read_health, environment)
        if health is not None and set(health.values()) == {"ok"}:
            _print("\n".join(["", *_greeting(environment, token), ""]))
            return
        if not is_late and asyncio.get_running_loop().time() - started > SLOW_START_S:
            is_late = True
            missing = "web" if health is None else ", ".join(name for name, state in health.items() if state != "ok")
            _print(f"Still waiting for: {missing}. The lines above say why.")
        await asyncio.sleep(0.1)


def _greeting(environment: Environment, token: str | None) -> Iterator[str]:
    yield f"  Interview Stream is ready at {environment.public_url}"
    if token is not None:
        yield f"  Make the owner's account: {environment.public_url}/welcome/{token}"
        yield f"  (works once, within {environment.owner_link_s // 60} minutes; createowner makes another)"
    if not environment.is_https and not is_loopback(environment.host):
        yield "  Browsers give no camera or microphone to plain http beyond localhost: people need an https address."
    elif is_loopback(environment.host) and not environment.is_https:
        yield "  Only this machine can reach it; --host and TLS open it to others."
    if environment.shows_mails:
        yield f"  E-mails: {environment.public_url}/development/mailbox"
    yield "  Ctrl-C stops it."


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def read_health(environment: Environment) -> dict[str, Any] | None:
    """What /healthz says; None while the web process does not answer."""
    url = f"{environment.own_url}/healthz"
    context = None
    if environment.is_tls:
        # We ask ourselves: the certificate is not checked, it names the public address.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(url, timeout=5, context=context) as answer:  # noqa: S310 - our own address
            return _object(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return _object(error.read())
    except OSError:
        return None


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
