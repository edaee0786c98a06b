"""What rooms share: time, chance and what we offer."""

import re

from interview_stream.sfu.core.services import publish_codecs
from tests.sfu.rig import Rig


def test_random_text_is_of_letters_and_digits_and_never_the_same() -> None:
    services = Rig().services
    texts = {services.random_text(12) for _ in range(200)}
    assert len(texts) == 200
    assert all(re.fullmatch("[A-Za-z0-9]{12}", text) for text in texts)


def test_unix_time_follows_the_monotonic_clock() -> None:
    services = Rig().services
    assert services.unix(11.0) - services.unix(10.0) == 1.0


def test_vp8_is_what_clients_should_prefer() -> None:
    assert [codec.mime for codec in publish_codecs()] == ["video/VP8", "video/H264", "audio/opus"]
