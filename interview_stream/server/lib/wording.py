"""What is done to a line of text that a person typed, before it is kept and shown to others."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# Explicit embeddings, overrides and isolates (Unicode UAX #9, section 2): they would turn around the text that follows.
# The marks and joiners that right-to-left scripts and emoji need stay.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def one_line(text: str) -> str:
    """The text on one line, without what cannot be seen; a ValueError when nothing is left to see."""
    spaced = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text.translate(_TURNING))
    if all(unicodedata.category(c)[0] in "CZ" for c in spaced):
        raise ValueError("This has to be something that can be read.")
    return spaced.strip()


def paragraphs(text: str) -> str:
    """A longer text with its lines, without what turns the text after it around or cannot be written down."""
    kept = text.translate(_TURNING).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def as_typed(text: str) -> str:
    """Like `paragraphs`, with the spaces at the beginning of lines, so that pasted code keeps its form."""
    kept = text.translate(_TURNING).replace("\r\n", "\n").replace("\r", "\n")
    lines = "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) != "Cc").rstrip().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        raise ValueError("This has to be something that can be read.")
    return "\n".join(lines)


def _one_line_or_none(text: str) -> str:
    return one_line(text) if text else ""


_visible = AfterValidator(one_line)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), _visible]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_one_line_or_none)]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(paragraphs)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _visible]


def searchable(*texts: str) -> str:
    """What a search is compared with: without case and accents, as databases fold only some letters."""
    plain = unicodedata.normalize("NFKD", "\n".join(texts))
    kept = (c for c in plain if c == "\n" or unicodedata.category(c) not in ("Mn", "Cc"))
    return "".join(kept).casefold()
