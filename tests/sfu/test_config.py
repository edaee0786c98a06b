"""What the media engine is told: from the installation's settings."""

from pathlib import Path

import pytest

from interview_stream.environment import SettingError, read_environment
from interview_stream.keys import Keys
from interview_stream.nodes import nodes_of
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


def test_several_processes_have_ports_in_a_row_and_names_of_their_own() -> None:
    environment = read_environment(
        {"INTERVIEW_STREAM_SFU_PROCESSES": "3", "INTERVIEW_STREAM_SFU_MAX_PARTICIPANTS": "9"}
    )
    configs = [make_config(environment, KEYS, {}, number=number) for number in (1, 2, 3)]
    assert [config.name for config in configs] == ["sfu-1", "sfu-2", "sfu-3"]
    assert [config.port for config in configs] == [7981, 7982, 7983]
    assert [config.media_port for config in configs] == [7882, 7883, 7884]
    assert [config.media_tcp_port for config in configs] == [7881, 7882, 7883]
    assert len({config.node_id for config in configs}) == 3
    assert {config.max_participants for config in configs} == {0}  # the router keeps the limit


def test_one_process_is_as_it_was() -> None:
    config = make_config(read_environment({"INTERVIEW_STREAM_SFU_MAX_PARTICIPANTS": "9"}), KEYS, {})
    assert (config.name, config.port, config.media_port, config.media_tcp_port) == ("sfu", 7880, 7882, 7881)
    assert config.max_participants == 9


def test_without_media_over_tcp_no_process_has_a_port_for_it() -> None:
    environment = read_environment({"INTERVIEW_STREAM_SFU_PROCESSES": "2", "INTERVIEW_STREAM_MEDIA_TCP_PORT": "0"})
    assert [node.media_tcp_port for node in nodes_of(environment)] == [0, 0]


@pytest.mark.parametrize(
    "ports",
    [{"MEDIA_PORT": "65535"}, {"SFU_PORT": "65500"}, {"MEDIA_TCP_PORT": "7879"}, {"PORT": "7882"}],
)
def test_ports_that_meet_or_end_are_refused(ports: dict[str, str]) -> None:
    variables = {f"INTERVIEW_STREAM_{name}": value for name, value in ports.items()}
    with pytest.raises(SettingError, match="ports in a row"):
        nodes_of(read_environment({"INTERVIEW_STREAM_SFU_PROCESSES": "2", **variables}))
    nodes_of(read_environment(variables))
