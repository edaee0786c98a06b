"""Lines that people type: what is kept of them."""

import pytest

from interview_stream.server.lib.wording import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Dana Díaz", "Dana Díaz"),
        ("ليلى حداد", "ليلى حداد"),
        ("می\u200cرم", "می\u200cرم"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("two\nlines\0", "two lines"),
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("\u2066a\u2069", "a"),
    ],
)
def test_a_line_is_kept_without_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


@pytest.mark.parametrize("typed", ["\u200b", "\u202e", "\u00a0\u2003", "\0", "\u200d\u200c"])
def test_a_line_needs_something_to_see(typed: str) -> None:
    with pytest.raises(ValueError, match="read"):
        one_line(typed)
