"""The file of revoked tokens: what a process leaves, the next one finds."""

from pathlib import Path

import pytest

from interview_stream.sfu.core.revocations import Revocation
from interview_stream.sfu.io.revoked import RevocationFile


def revocation(identity: str, until: float) -> Revocation:
    return Revocation(room="room", identity=identity, before=50.0, until=until)


def test_what_was_kept_is_found_until_it_ends(tmp_path: Path) -> None:
    file = RevocationFile(tmp_path / "run" / "revoked.jsonl")
    file.clean(1.0)
    assert file.news() == []
    file.keep(revocation("dana", 100.0))
    file.keep(revocation("erin", 200.0))

    file.clean(99.0)
    assert file.news() == [revocation("dana", 100.0), revocation("erin", 200.0)]
    file.clean(100.0)
    assert file.news() == [revocation("erin", 200.0)]
    assert (tmp_path / "run" / "revoked.jsonl").read_text().count("\n") == 1


def test_processes_beside_each_other_learn_of_what_each_keeps(tmp_path: Path) -> None:
    one, other = (RevocationFile(tmp_path / "revoked.jsonl") for _ in range(2))
    one.keep(revocation("dana", 100.0))
    assert other.news() == [revocation("dana", 100.0)]
    assert other.news() == []
    one.keep(revocation("erin", 200.0))
    assert other.news() == [revocation("erin", 200.0)]
    RevocationFile(tmp_path / "revoked.jsonl").clean(150.0)  # a third starts
    one.keep(revocation("frank", 300.0))
    assert other.news() == [revocation("erin", 200.0), revocation("frank", 300.0)]


@pytest.mark.parametrize("rest", ['{"room": "ro', '{"room": "room"}\n', "5\n"])
def test_what_a_crash_cut_off_is_dropped(tmp_path: Path, rest: str) -> None:
    file = RevocationFile(tmp_path / "revoked.jsonl")
    file.keep(revocation("dana", 100.0))
    with (tmp_path / "revoked.jsonl").open("a") as more:
        more.write(rest)

    assert file.news() == [revocation("dana", 100.0)]
    file.keep(revocation("erin", 200.0))
    assert file.news() == [revocation("erin", 200.0)]
    file.clean(1.0)
    assert RevocationFile(tmp_path / "revoked.jsonl").news() == [revocation("dana", 100.0), revocation("erin", 200.0)]
