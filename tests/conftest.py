"""What every test shares: a developer's own variables, .env and data do not reach it."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything reads the settings.
for _name in [name for name in os.environ if name.startswith(("INTERVIEW_STREAM_", "LIVEKIT_"))]:
    del os.environ[_name]
DATA = Path(tempfile.mkdtemp(prefix="interview-stream-tests-"))
os.environ["INTERVIEW_STREAM_DATA"] = str(DATA)
os.environ["INTERVIEW_STREAM_ENV_FILE"] = os.devnull
os.environ["DJANGO_SETTINGS_MODULE"] = "interview_stream.server.settings"


# No stopwatch: a busy machine makes slow examples, not wrong ones.
settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(DATA, ignore_errors=True)
