"""Every setting of the product: read once from the environment, documented in .env.example, needed by none."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from interview_stream.database import EXAMPLE, postgresql_settings

PREFIX = "INTERVIEW_STREAM_"
STUN_PORT = 3478
SHORTEST_TOKEN = 16
MOST_PROCESSES = 16
TAKEN_PATHS = {"api", "assets", "calendar", "healthz", "live", "metrics", "rtc", "twirp", "webhooks"}
"""Where other things answer, of what could be chosen as a path of the operators' pages."""
TURN_URL = re.compile(r"turns?:[^\s/?@]+(\?transport=(udp|tcp))?")  # RFC 7065


class SettingError(Exception):
    """A setting has a value that cannot be used; the message says which one and what would do."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The settings of one installation: field `port` is read from `INTERVIEW_STREAM_PORT`, and so on.

    Ports are TCP unless said otherwise, times are seconds, sizes are bytes.
    """

    data: Path
    """Folder of all state: database, files, secrets."""
    database_url: str
    """A PostgreSQL server instead of SQLite in the data folder; empty for the latter. Read from DATABASE_URL."""
    redis_url: str
    """A Redis server that tells processes of each other's writes; empty for a local socket. Read from REDIS_URL."""
    host: str
    """Address the web process listens on."""
    port: int
    """The one public TCP port: pages, API, live data and signalling."""
    public_url: str
    """Origin that browsers use, without a trailing slash."""
    public_ip: str
    """Addresses put into media candidates beside the interfaces' own, joined by commas; empty when there is no NAT."""
    stun_servers: tuple[tuple[str, int], ...]
    """Who is asked for the public address; nobody when empty."""
    turn_urls: tuple[str, ...]
    """TURN servers that clients may use when they reach us in no other way."""
    turn_secret: str
    """Shared with the TURN servers; makes time-limited credentials."""
    turn_credential_s: int
    """How long such credentials live."""
    media_port: int
    """UDP port of the media."""
    media_tcp_port: int
    """TCP port of the media, for networks that let no UDP through; 0 for none."""
    sfu_port: int
    """Loopback port on which the media engine answers the web process."""
    sfu_processes: int
    """How many media processes share the rooms; the ports of each are in `nodes.py`."""
    sfu_max_participants: int
    """How many people one media process has before new rooms go to others, or are refused; 0 for any number."""
    tls_cert: str
    """Certificate chain (PEM file); empty for plain HTTP."""
    tls_key: str
    """Private key of the certificate (PEM file)."""
    livekit_url: str
    """A LiveKit cluster to use instead of the embedded engine; empty for the embedded one."""
    trusted_proxies: int
    """How many proxies stand before us and append to X-Forwarded-For; what came before them is anybody's word."""
    max_body_bytes: int
    """Largest request body the API accepts."""
    owner_link_s: int
    """How long an owner link lives."""
    recent_sign_in_s: int
    """How long signing in, or confirming it, allows dangerous acts."""
    api_key_per_minute: int
    """How many requests one API key may make in a minute."""
    admin_path: str
    """Where the operators' pages are, without slashes; empty for nowhere."""
    max_passkeys: int
    """How many passkeys an account may have."""
    max_addresses: int
    """How many e-mail addresses an account may have."""
    candidate_link_days: int
    """How long a candidate's link lives after the planned time."""
    deletion_days: int
    shows_mails: bool
    domain_days: int
    dns_servers: tuple[tuple[str, int], ...]
    """How long a deleted organisation can be taken back before it is erased."""
    invitation_days: int
    """How long an invitation to become a member lives."""
    upload_hours: int
    """How long an upload that was begun may take."""
    max_attachment_mb: int
    max_resume_mb: int
    max_picture_mb: int
    s3_bucket: str
    """Where files that people send are kept; empty for the data folder."""
    s3_endpoint: str
    s3_region: str
    s3_access_key: str
    s3_secret_key: str
    reminder_minutes: tuple[int, ...]
    """How long before an interview its people are reminded; empty for never."""
    smtp_host: str
    """Mail server; empty to print e-mails into the log."""
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_security: str
    """starttls, tls or none."""
    mail_from: str
    """Sender of the e-mails."""
    geoip_file: Path | None
    """MaxMind database (.mmdb) that tells where an address is; none when not set."""
    breached_passwords: Path | None
    """Sorted SHA-1 hashes of passwords that have leaked; none when not set."""
    sign_in_providers: Path | None
    """TOML file of the identity providers that people may sign in with; none when not set."""
    max_uplink_bps: int
    """The most that the media engine invites one participant to send, in bit/s."""
    connection_sample_s: int
    """How often the media engine tells how everybody's connection is, in seconds; 0 for never."""
    metrics_token: str
    """Opens /metrics; empty for no such address."""
    live_connections: int
    """How many pages one web process keeps up to date at a time."""
    live_queries: int
    """How many queries one page may watch."""
    live_message_bytes: int
    """Largest message that a page may send on its live connection."""
    live_messages_per_s: int
    """How many messages a page may send there, over ten seconds."""
    live_result_bytes: int
    """Largest answer that a page is told, as JSON."""
    live_patch_bytes: int
    """Of an answer, from which on a page that has the one before is told only what to change in it, if that is less."""
    live_hello_s: int
    """Seconds until a new live connection has said for whom it speaks."""
    live_send_s: int
    """Seconds in which a page takes in what it is told, before its connection is closed."""
    live_threads: int
    """How many threads of a web process run live queries; each keeps a connection to the database."""
    http_threads: int
    """How many HTTP requests a web process answers at a time; with SQLite each keeps a connection to the database."""
    log_level: str
    """debug, info, warning or error."""

    @property
    def public_ips(self) -> tuple[str, ...]:
        """The entries of `public_ip`."""
        return tuple(_plain(part.strip()) for part in self.public_ip.split(",") if part.strip())

    @property
    def is_tls(self) -> bool:
        return bool(self.tls_cert)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us over https, also behind a proxy that ends TLS."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def own_url(self) -> str:
        """Where other processes of this machine reach the web process; its certificate may be for another name."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - recognised, not bound
        return f"{'https' if self.is_tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"


def _plain(host: str) -> str:
    """An address as browsers spell it, but without the brackets that IPv6 has in links; anything else as it is."""
    try:
        return str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")))
    except ValueError:
        return host


def _is_origin(url: str) -> bool:
    """RFC 6454, section 6.2: scheme, host and perhaps a port, as browsers send it."""
    try:
        parts = urlsplit(url)
        is_plain = parts.username is None and f"{parts.scheme}://{parts.netloc}" == url and parts.port != 0
    except ValueError:
        return False
    return is_plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_postgresql(url: str) -> bool:
    try:
        postgresql_settings(url)
    except ValueError:
        return False
    return True


def _is_redis(url: str) -> bool:
    return urlsplit(url).scheme in ("redis", "rediss", "unix")


def _server_url(given: Mapping[str, str], name: str, is_fit: Callable[[str], bool], example: str) -> str:
    url = given.get(name, "").strip()
    if url and not is_fit(url):
        # Without the value: it holds a password.
        raise SettingError(f"{name} cannot be used; it must look like {example}.")
    return url


def _minutes(name: str, value: str) -> tuple[int, ...]:
    parts = [] if value.lower() == "off" else value.split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() and 1 <= int(part) <= 20_160 for part in parts):
        raise SettingError(f"{PREFIX}{name} is {value!r}; it must be minutes up to 20160, as 1440,15, or off.")
    return tuple(sorted({int(part) for part in parts}, reverse=True))


def _file(name: str, value: str) -> Path | None:
    if value and not Path(value).is_file():
        raise SettingError(f"{PREFIX}{name} is {value!r}; there is no such file.")
    return Path(value).absolute() if value else None


def _host_ports(text: str) -> tuple[tuple[str, int], ...]:
    """`host:port, host, [address]:port` with the port of STUN where none is given."""
    found = []
    for part in (each.strip() for each in text.split(",")):
        if not part:
            continue
        try:
            parts = urlsplit(f"stun://{part.removeprefix('stun:')}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or port == 0 or "/" in part or "?" in part or "@" in part:
            raise SettingError(f"{PREFIX}STUN_SERVERS is {text!r}; each must look like stun.example.org:3478.")
        found.append((host, port or STUN_PORT))
    return tuple(found)


def _dns_servers(text: str) -> tuple[tuple[str, int], ...]:
    """`address, address:port, [address]:port`: names would need the DNS to be found."""
    found = []
    for part in (each.strip() for each in text.split(",") if each.strip()):
        host, colon, port = part.rpartition(":") if part.count(":") == 1 or "]:" in part else (part, "", "53")
        try:
            address = str(ipaddress.ip_address(host.strip("[]")))
            number = int(port)
        except ValueError:
            address, number = "", 0
        if not 0 < number < 65_536 or (colon and not port):
            raise SettingError(f"{PREFIX}DNS_SERVERS is {text!r}; each must look like 192.0.2.53 or 192.0.2.53:5353.")
        found.append((address, number))
    return tuple(found)


def _origin(text: str) -> str:
    url = text.rstrip("/").lower()
    if not _is_origin(url):
        raise SettingError(f"{PREFIX}PUBLIC_URL is {url!r}; it must look like https://interviews.example.org.")
    return url


def _text(given: Mapping[str, str], name: str, default: str) -> str:
    return given.get(PREFIX + name, "").strip() or default


def _both(tls_cert: str, tls_key: str) -> tuple[str, str]:
    if bool(tls_cert) != bool(tls_key):
        raise SettingError(f"{PREFIX}TLS_CERT and {PREFIX}TLS_KEY go together; one of them is missing.")
    return tls_cert, tls_key


def _shows_mails(text: Callable[[str, str], str], public_url: str) -> bool:
    """Codes that sign in stand in e-mails, so whoever reads the mailbox can be anybody: it is for one's own machine."""
    if _one_of("MAILBOX", text("MAILBOX", "off"), ("on", "off")) == "off":
        return False
    names = (text("HOST", "127.0.0.1"), urlsplit(public_url).hostname or "")
    is_own_machine = all(map(is_loopback, names))
    if not is_own_machine or text("TRUSTED_PROXIES", "0") != "0" or text("SMTP_HOST", ""):
        raise SettingError(
            f"{PREFIX}MAILBOX=on lets everybody who reaches this server read its e-mails. It works only where HOST and"
            " PUBLIC_URL are this machine alone, no proxy is trusted and no SMTP_HOST is set."
        )
    return True


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _one_of(name: str, text: str, choices: Sequence[str]) -> str:
    if text.lower() not in choices:
        listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise SettingError(f"{PREFIX}{name} is {text!r}; it must be {listed}.")
    return text.lower()


def _number(name: str, raw: str, low: int, high: int) -> int:
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        raise SettingError(f"{PREFIX}{name} is {raw!r}; it must be a whole number from {low} to {high}.")
    return int(raw)


def _metrics_token(token: str) -> str:
    if token and len(token) < SHORTEST_TOKEN:
        raise SettingError(f"{PREFIX}METRICS_TOKEN is too short; make one of {SHORTEST_TOKEN} characters or more.")
    return token


def _admin_path(path: str) -> str:
    path = path.strip("/")
    if path == "off":
        return ""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{2,39}", path) or path in TAKEN_PATHS:
        raise SettingError(
            f"{PREFIX}ADMIN_PATH is {path!r}; it must be one word of 3 to 40 small letters, digits or hyphens that is "
            "no address of the product, or off."
        )
    return path


def _processes(text: str) -> int:
    """`auto` leaves one core to the web process, the worker and the database."""
    if text.lower() == "auto":
        return min(max(len(os.sched_getaffinity(0)) - 1, 1), MOST_PROCESSES)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_PROCESSES:
        raise SettingError(
            f"{PREFIX}SFU_PROCESSES is {text!r}; it must be a whole number from 1 to {MOST_PROCESSES}, or auto."
        )
    return int(text)


def _turn_urls(text: str, secret: str) -> tuple[str, ...]:
    urls = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(TURN_URL.fullmatch(url) for url in urls):
        example = "turn:turn.example.org:3478?transport=udp"
        raise SettingError(f"{PREFIX}TURN_URLS is {text!r}; each must look like {example}.")
    if bool(urls) != bool(secret):
        raise SettingError(f"{PREFIX}TURN_URLS and {PREFIX}TURN_SECRET go together; one of them is missing.")
    return urls


def load_dotenv(path: Path, into: dict[str, str]) -> None:
    """Add `NAME=value` lines of a `.env` file to `into`; what is already there wins."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, found, value = text.partition("=")
        if not found:
            raise SettingError(f"{path}, line {number}: expected NAME=value, found {text!r}.")
        into.setdefault(name.strip(), value.strip().strip("'\""))


def read_environment(given: Mapping[str, str] = os.environ) -> Environment:
    """Parse the settings; raises SettingError with a sentence that says how to repair the first wrong one."""
    text = partial(_text, given)

    def number(name: str, default: int, low: int, high: int) -> int:
        return _number(name, text(name, str(default)), low, high)

    port = number("PORT", 3000, 1, 65535)
    tls_cert, tls_key = _both(text("TLS_CERT", ""), text("TLS_KEY", ""))
    smtp_security = _one_of("SMTP_SECURITY", text("SMTP_SECURITY", "starttls"), ("starttls", "tls", "none"))
    public_url = _origin(text("PUBLIC_URL", f"{'https' if tls_cert else 'http'}://localhost:{port}"))
    return Environment(
        data=Path(text("DATA", "data")).absolute(),
        database_url=_server_url(given, "DATABASE_URL", _is_postgresql, EXAMPLE),
        redis_url=_server_url(given, "REDIS_URL", _is_redis, "redis://:password@host:6379/0"),
        host=_plain(text("HOST", "127.0.0.1")),
        port=port,
        public_url=public_url,
        public_ip=text("PUBLIC_IP", ""),
        stun_servers=_host_ports(text("STUN_SERVERS", "")),
        turn_urls=_turn_urls(text("TURN_URLS", ""), text("TURN_SECRET", "")),
        turn_secret=text("TURN_SECRET", ""),
        turn_credential_s=number("TURN_CREDENTIAL_S", 21_600, 300, 604_800),
        media_port=number("MEDIA_PORT", 7882, 1, 65535),
        media_tcp_port=number("MEDIA_TCP_PORT", 7881, 0, 65535),
        sfu_port=number("SFU_PORT", 7880, 1, 65535),
        sfu_processes=_processes(text("SFU_PROCESSES", "1")),
        sfu_max_participants=number("SFU_MAX_PARTICIPANTS", 0, 0, 100_000),
        tls_cert=tls_cert,
        tls_key=tls_key,
        livekit_url=given.get("LIVEKIT_URL", "").strip(),
        trusted_proxies=number("TRUSTED_PROXIES", 0, 0, 10),
        max_body_bytes=number("MAX_BODY_BYTES", 1_048_576, 1024, 1_073_741_824),
        owner_link_s=number("OWNER_LINK_S", 3600, 60, 604_800),
        recent_sign_in_s=number("RECENT_SIGN_IN_S", 600, 30, 86_400),
        api_key_per_minute=number("API_KEY_PER_MINUTE", 600, 1, 1_000_000),
        admin_path=_admin_path(text("ADMIN_PATH", "admin")),
        max_passkeys=number("MAX_PASSKEYS", 10, 1, 100),
        max_addresses=number("MAX_ADDRESSES", 5, 1, 50),
        candidate_link_days=number("CANDIDATE_LINK_DAYS", 14, 1, 365),
        deletion_days=number("DELETION_DAYS", 7, 1, 90),
        shows_mails=_shows_mails(text, public_url),
        domain_days=number("DOMAIN_DAYS", 7, 1, 90),
        dns_servers=_dns_servers(text("DNS_SERVERS", "")),
        invitation_days=number("INVITATION_DAYS", 7, 1, 365),
        upload_hours=number("UPLOAD_HOURS", 24, 1, 720),
        max_attachment_mb=number("MAX_ATTACHMENT_MB", 2048, 1, 1_048_576),
        max_resume_mb=number("MAX_RESUME_MB", 20, 1, 1024),
        max_picture_mb=number("MAX_PICTURE_MB", 10, 1, 100),
        s3_bucket=text("S3_BUCKET", ""),
        s3_endpoint=text("S3_ENDPOINT", ""),
        s3_region=text("S3_REGION", ""),
        s3_access_key=text("S3_ACCESS_KEY", ""),
        s3_secret_key=text("S3_SECRET_KEY", ""),
        reminder_minutes=_minutes("REMINDER_MINUTES", text("REMINDER_MINUTES", "1440,15")),
        smtp_host=text("SMTP_HOST", ""),
        smtp_port=number("SMTP_PORT", 465 if smtp_security == "tls" else 587, 1, 65535),
        smtp_user=text("SMTP_USER", ""),
        smtp_password=text("SMTP_PASSWORD", ""),
        smtp_security=smtp_security,
        mail_from=text("MAIL_FROM", f"Interview Stream <no-reply@{urlsplit(public_url).hostname}>"),
        geoip_file=_file("GEOIP_FILE", text("GEOIP_FILE", "")),
        breached_passwords=_file("BREACHED_PASSWORDS", text("BREACHED_PASSWORDS", "")),
        sign_in_providers=_file("SIGN_IN_PROVIDERS", text("SIGN_IN_PROVIDERS", "")),
        max_uplink_bps=number("MAX_UPLINK_BPS", 4_000_000, 100_000, 100_000_000),
        connection_sample_s=number("CONNECTION_SAMPLE_S", 10, 0, 300),
        metrics_token=_metrics_token(text("METRICS_TOKEN", "")),
        live_connections=number("LIVE_CONNECTIONS", 2000, 1, 100_000),
        live_queries=number("LIVE_QUERIES", 100, 10, 10_000),
        live_message_bytes=number("LIVE_MESSAGE_BYTES", 65_536, 1024, 2_097_152),
        live_messages_per_s=number("LIVE_MESSAGES_PER_S", 50, 1, 10_000),
        live_result_bytes=number("LIVE_RESULT_BYTES", 4_000_000, 100_000, 100_000_000),
        live_patch_bytes=number("LIVE_PATCH_BYTES", 2000, 100, 100_000_000),
        live_hello_s=number("LIVE_HELLO_S", 10, 1, 300),
        live_send_s=number("LIVE_SEND_S", 30, 1, 300),
        live_threads=number("LIVE_THREADS", 4, 1, 64),
        http_threads=number("HTTP_THREADS", 16, 2, 256),
        log_level=_one_of("LOG_LEVEL", text("LOG_LEVEL", "info"), ("debug", "info", "warning", "error")),
    )
