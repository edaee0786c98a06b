"""The demo is what a first look shows, so all of it has to work."""

from typing import Any

import av
import pytest

from interview_stream.server import demo
from interview_stream.server.accounts.models import User
from interview_stream.server.recordings.models import RecordedTrack
from tests.server.conftest import signed_in
from tests.server.stand_in_engine import StandInEngine

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_shows_life_and_can_be_signed_in_to(
    media: StandInEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Drawing the recording takes as long as it lasts.
    monkeypatch.setattr(demo, "RECORDED_S", 9.0)
    assert demo.fill() == 0

    as_maya = signed_in(User.objects.get(email="maya@nordlicht.example"))
    assert f"maya@nordlicht.example, password {demo.PASSWORD}" in capsys.readouterr().out
    assert User.objects.get(email="maya@nordlicht.example").check_password(demo.PASSWORD)
    interviews = as_maya.get("/api/interviews").json()["items"]
    assert sorted(i["state"] for i in interviews) == ["ended", "ended", "scheduled", "scheduled", "scheduled"]
    assert sum(i["recordings_count"] for i in interviews) == 1

    (recording,) = as_maya.get("/api/recordings").json()["items"]
    assert (recording["state"], recording["duration_s"]) == ("ready", 9.0)
    for track in recording["tracks"]:
        assert as_maya.get(track["media_url"]).getvalue(), track
        assert_plays(track)

    # A second run refuses, and says why.
    assert demo.fill() == 1
    assert "has accounts already" in capsys.readouterr().err


def assert_plays(track: Any) -> None:
    with av.open(str(RecordedTrack.objects.get(id=track["id"]).file_path)) as container:
        (stream,) = container.streams
        assert stream.type == track["kind"]
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(track["duration_s"], abs=0.2)
        assert sum(1 for _ in container.decode(stream)) > 0
