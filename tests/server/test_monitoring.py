"""The figures at /metrics: for whom they are, and that they add up."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

TOKEN = "a-token-of-the-operators"
pytestmark = pytest.mark.django_db(transaction=True)


def scrape(client: Client, token: str = TOKEN) -> str:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    return answer.content.decode()


@pytest.fixture
def with_token(settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, metrics_token=TOKEN)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer guessed"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer"}],
)
def test_who_does_not_know_the_token_finds_nothing(with_token: None, client: Client, headers: dict[str, str]) -> None:
    assert client.get("/metrics", headers=headers).status_code == 404


def test_without_a_token_there_is_nothing(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_interviews_jobs_and_parts_are_counted(with_token: None, client: Client, interview: Any) -> None:
    text = scrape(client)
    assert 'interview_stream_interviews{state="scheduled"} 1' in text
    assert 'interview_stream_up{part="web"} 1' in text
    assert 'interview_stream_up{part="worker"} 0' in text
    assert re.search(r'interview_stream_jobs\{state="due"\} \d', text)
    assert re.search(r'interview_stream_cpu_seconds_total\{part="web"\} [\d.]+', text)
    assert "Dana" not in text
    assert "example.org" not in text
