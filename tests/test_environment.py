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
