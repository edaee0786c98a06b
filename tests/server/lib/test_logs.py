"""What of failed requests gets into the log."""

import io
import logging
from typing import Any

import pytest
from django.test import Client

from interview_stream.server.lib.logs import FailuresOnly


@pytest.mark.parametrize(
    ("path", "pattern"), [("/join/sEcReT", ""), ("/api/owner-links/sEcReT", "api/owner-links/<token>")]
)
def test_a_failure_is_logged_without_what_its_address_carries(settings: Any, path: str, pattern: str) -> None:
    """What fails here is the page without its folder, and the database, which tests have to ask for."""
    settings.FRONT_END = None
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(FailuresOnly())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        assert Client(raise_request_exception=False).get(path).status_code == 500
    finally:
        logger.removeHandler(handler)
    assert stream.getvalue().startswith(f"Answered 500 at {pattern}\nTraceback")
    assert "sEcReT" not in stream.getvalue()
