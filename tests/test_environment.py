"""What settings may say."""

import pytest

from interview_stream.database import postgresql_settings
from interview_stream.environment import MOST_PROCESSES, SettingError, read_environment


@pytest.mark.parametrize(
    "url",
    [
        "interviews.example.org",
        "ftp://interviews.example.org",
        "https://",
        "https://[::1",
        "https://interviews.example.org:port",
        "https://interviews.example.org/calls",
        "https://interviews.example.org?a=b",
        "https://me@interviews.example.org",
    ],
)
def test_the_public_address_is_an_origin(url: str) -> None:
    """Browsers name it in Origin headers; there is no product below a path."""
    with pytest.raises(SettingError, match="INTERVIEW_STREAM_PUBLIC_URL"):
        read_environment({"INTERVIEW_STREAM_PUBLIC_URL": url})


@pytest.mark.parametrize("url", ["https://interviews.example.org/", "HTTPS://Interviews.Example.ORG"])
def test_the_public_address_is_kept_as_browsers_write_it(url: str) -> None:
    environment = read_environment({"INTERVIEW_STREAM_PUBLIC_URL": url})
    assert environment.public_url == "https://interviews.example.org"
    assert environment.is_https


@pytest.mark.parametrize(
    ("host", "tls", "url"),
    [
        ("", "", "http://127.0.0.1:3000"),
        ("localhost", "", "http://localhost:3000"),
        ("0.0.0.0", "", "http://127.0.0.1:3000"),
        ("::", "", "http://127.0.0.1:3000"),
        ("2001:db8::1", "cert.pem", "https://[2001:db8::1]:3000"),
        ("[2001:DB8:0:0::1]", "cert.pem", "https://[2001:db8::1]:3000"),
    ],
)
def test_its_own_processes_find_the_server_where_it_listens(host: str, tls: str, url: str) -> None:
    variables = {"HOST": host, "TLS_CERT": tls, "TLS_KEY": tls}
    environment = read_environment({f"INTERVIEW_STREAM_{name}": value for name, value in variables.items()})
    assert environment.own_url == url


def test_a_database_server_is_named_by_its_url() -> None:
    url = "postgresql://us%40er:p%2Fw@db.example.org:5433/na%20me?sslmode=require"
    assert read_environment({"DATABASE_URL": url}).database_url == url
    found = postgresql_settings(url)
    wanted = {"USER": "us@er", "PASSWORD": "p/w", "HOST": "db.example.org", "PORT": "5433", "NAME": "na me"}
    assert {name: found[name] for name in wanted} == wanted
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_database_server_may_listen_on_a_local_socket() -> None:
    found = postgresql_settings("postgres:///stream?host=/run/postgresql")
    assert (found["HOST"], found["PORT"], found["USER"]) == ("/run/postgresql", "", "")


@pytest.mark.parametrize(
    "url",
    [
        "stream",
        "mysql://me:secret@host/stream",
        "postgresql://me:secret@host",
        "postgresql://me:secret@host:port/stream",
        "postgresql://me:secret@host:0/stream",
        "postgresql://me:secret@[::1/stream",
        "postgresql://me:secret@host/stream/more",
        "postgresql://me:secret@host/stream?sslmode",
        "postgresql://me:secret@host/stream#part",
    ],
)
def test_another_database_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL") as refusal:
        read_environment({"DATABASE_URL": url})
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["redis://localhost:6379/0", "rediss://:pw@host", "unix:///run/redis.sock"])
def test_redis_is_named_by_its_url(url: str) -> None:
    assert read_environment({"REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize("url", ["localhost:6379", "http://localhost", "redis"])
def test_what_is_no_redis_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="REDIS_URL"):
        read_environment({"REDIS_URL": url})


def test_several_public_addresses_are_joined_by_commas() -> None:
    environment = read_environment({"INTERVIEW_STREAM_PUBLIC_IP": "203.0.113.7, 2001:db8::7"})
    assert environment.public_ips == ("203.0.113.7", "2001:db8::7")
    assert read_environment({}).public_ips == ()


def test_stun_servers_may_leave_out_the_port() -> None:
    environment = read_environment({"INTERVIEW_STREAM_STUN_SERVERS": "stun.example.org, stun:[2001:db8::1]:19302"})
    assert environment.stun_servers == (("stun.example.org", 3478), ("2001:db8::1", 19302))


@pytest.mark.parametrize("servers", ["stun.example.org:port", "https://stun.example.org", "a@b", "stun.example.org:0"])
def test_what_is_no_stun_server_is_refused(servers: str) -> None:
    with pytest.raises(SettingError, match="INTERVIEW_STREAM_STUN_SERVERS"):
        read_environment({"INTERVIEW_STREAM_STUN_SERVERS": servers})


@pytest.mark.parametrize(
    ("urls", "secret", "complaint"),
    [
        ("turn.example.org", "north", "must look like"),
        ("turn:turn.example.org?transport=sctp", "north", "must look like"),
        ("turn:turn.example.org", "", "go together"),
        ("", "north", "go together"),
    ],
)
def test_turn_servers_need_proper_addresses_and_a_secret(urls: str, secret: str, complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint):
        read_environment({"INTERVIEW_STREAM_TURN_URLS": urls, "INTERVIEW_STREAM_TURN_SECRET": secret})


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(SettingError, match="METRICS_TOKEN is too short"):
        read_environment({"INTERVIEW_STREAM_METRICS_TOKEN": "short"})
    assert read_environment({}).metrics_token == ""


def test_media_processes_are_counted_or_follow_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    def processes(text: str) -> int:
        return read_environment({"INTERVIEW_STREAM_SFU_PROCESSES": text}).sfu_processes

    assert read_environment({}).sfu_processes == 1
    assert processes("4") == 4
    for cores, count in ((1, 1), (2, 1), (4, 3), (64, MOST_PROCESSES)):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert processes("auto") == count
    for text in ("0", "17", "-1", "many"):
        with pytest.raises(SettingError, match=r"INTERVIEW_STREAM_SFU_PROCESSES is .*from 1 to 16, or auto"):
            processes(text)
