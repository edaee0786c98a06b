"""What settings may say."""

import pytest

from interview_stream.environment import SettingError, read_environment


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
        ("::", "", "http://[::1]:3000"),
        ("2001:db8::1", "cert.pem", "https://[2001:db8::1]:3000"),
    ],
)
def test_its_own_processes_find_the_server_where_it_listens(host: str, tls: str, url: str) -> None:
    variables = {"HOST": host, "TLS_CERT": tls, "TLS_KEY": tls}
    environment = read_environment({f"INTERVIEW_STREAM_{name}": value for name, value in variables.items()})
    assert environment.own_url == url
