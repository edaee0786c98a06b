"""Passwords that have leaked are found in a file of any size, and are refused."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.server.accounts.passwords import is_breached


def write(file: Path, passwords: list[str]) -> Path:
    hashes = sorted(hashlib.sha1(each.encode(), usedforsecurity=False).hexdigest().upper() for each in passwords)
    file.write_text("".join(f"{each}:{number + 1}\n" for number, each in enumerate(hashes)))
    return file


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("breached") / "hashes.txt"


@given(st.lists(st.text(max_size=8), unique=True, max_size=40), st.text(max_size=8))
def test_what_is_in_the_file_is_found_and_nothing_else(file: Path, leaked: list[str], other: str) -> None:
    write(file, leaked)
    assert all(is_breached(each, file) for each in leaked)
    assert is_breached(other, file) == (other in leaked)


def test_a_leaked_password_is_refused(settings: Any, tmp_path: Path) -> None:
    validate_password("correct horse battery")
    leaked = write(tmp_path / "hashes.txt", ["correct horse battery"])
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, breached_passwords=leaked)
    with pytest.raises(ValidationError, match="has leaked"):
        validate_password("correct horse battery")
    validate_password("another horse entirely")


def test_composition_does_not_matter_but_length_does() -> None:
    validate_password("48151623421087")
    with pytest.raises(ValidationError, match="too short"):
        validate_password("aB3$xY9!")
