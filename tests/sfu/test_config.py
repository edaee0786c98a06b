"""What the media engine is told: from the installation's settings."""

from pathlib import Path

from interview_stream.environment import read_environment
from interview_stream.keys import Keys
from interview_stream.sfu.config import make_config

KEYS = Keys(django="d", media_key="k", media_secret="s")


def test_webhooks_go_to_the_own_server_by_default() -> None:
    config = make_config(read_environment({"INTERVIEW_STREAM_PORT": "3100"}), KEYS, {})
    assert config.webhook_url == "http://127.0.0.1:3100/webhooks/livekit"
    assert config.webhook_ca is None
    assert config.node_id.startswith("ND_")


def test_webhooks_find_a_server_that_listens_elsewhere_than_on_the_loopback() -> None:
    config = make_config(read_environment({"INTERVIEW_STREAM_HOST": "192.0.2.1"}), KEYS, {})
    assert config.webhook_url == "http://192.0.2.1:3000/webhooks/livekit"


def test_with_tls_exactly_the_own_certificate_is_trusted() -> None:
    environment = read_environment({"INTERVIEW_STREAM_TLS_CERT": "/c.pem", "INTERVIEW_STREAM_TLS_KEY": "/k.pem"})
    config = make_config(environment, KEYS, {})
    assert config.webhook_url.startswith("https://127.0.0.1:")
    assert config.webhook_ca == Path("/c.pem")


def test_another_address_may_be_given() -> None:
    variables = {"INTERVIEW_STREAM_WEBHOOK_URL": "https://example.org/hook"}
    config = make_config(read_environment({}), KEYS, variables)
    assert (config.webhook_url, config.webhook_ca) == ("https://example.org/hook", None)
