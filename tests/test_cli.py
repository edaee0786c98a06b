"""The command line: where settings come from, and the small commands."""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from interview_stream.cli import variables_of
from interview_stream.keys import load_keys


def run(arguments: Sequence[str], data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    # What the tests run with (Django's settings are named there) must not be what makes the command work.
    outside = {n: v for n, v in os.environ.items() if not n.startswith(("INTERVIEW_STREAM_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "interview_stream", *arguments, "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
        cwd=data.parent,
        env=outside | variables,
    )


def test_options_beat_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    names = ("HOST", "PORT", "PUBLIC_IP")
    file.write_text("\n".join(f"INTERVIEW_STREAM_{name}=file" for name in names))
    outside = {"INTERVIEW_STREAM_ENV_FILE": str(file), "INTERVIEW_STREAM_PORT": "outside"}
    variables = variables_of(argparse.Namespace(host="option", port=None), outside)
    assert [variables[f"INTERVIEW_STREAM_{name}"] for name in names] == ["option", "outside", "file"]


def test_createowner_prints_a_link(tmp_path: Path) -> None:
    done = run(["createowner"], tmp_path / "data", INTERVIEW_STREAM_PUBLIC_URL="https://interviews.example.org")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^https://interviews\.example\.org/welcome/[\w-]{43}$", done.stdout, re.MULTILINE)


def test_a_link_can_be_made_for_a_server_on_another_port(tmp_path: Path) -> None:
    done = run(["createowner", "--port", "3456"], tmp_path / "data")
    assert done.stdout.startswith("http://localhost:3456/welcome/"), done.stderr


def test_the_media_key_is_the_installations_own(tmp_path: Path) -> None:
    done = run(["media-key"], tmp_path / "data", INTERVIEW_STREAM_PORT="3456")
    keys = load_keys(tmp_path / "data")
    assert done.stdout.splitlines() == [
        f"LIVEKIT_API_KEY={keys.media_key}",
        f"LIVEKIT_API_SECRET={keys.media_secret}",
        "LIVEKIT_URL=ws://localhost:3456",
    ]


def test_migrating_twice_is_no_error(tmp_path: Path) -> None:
    for _ in range(2):
        done = run(["migrate"], tmp_path / "data")
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "db.sqlite3").is_file()


def test_the_version_is_printed(tmp_path: Path) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run(["version"], tmp_path / "data").stdout)


def test_a_wrong_setting_is_explained(tmp_path: Path) -> None:
    done = run(["media-key"], tmp_path / "data", INTERVIEW_STREAM_PORT="many")
    assert done.returncode == 2
    assert "INTERVIEW_STREAM_PORT is 'many'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_opened_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data" / "db.sqlite3").mkdir(parents=True)
    done = run(["createowner"], tmp_path / "data")
    assert done.returncode == 1
    assert (
        done.stderr == f"interview-stream: The database in {tmp_path / 'data'} failed: unable to open database file\n"
    )


def test_nobody_else_on_the_machine_can_read_the_data(tmp_path: Path) -> None:
    """The database holds sessions and password hashes, the folder recordings."""
    done = run(["migrate"], tmp_path / "data")
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "data", *(tmp_path / "data").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


BEHIND_TLS = {
    "INTERVIEW_STREAM_PUBLIC_URL": "https://interviews.example.org",
    "INTERVIEW_STREAM_SMTP_HOST": "mail.example.org",
    "INTERVIEW_STREAM_TRUSTED_PROXIES": "1",
}


def test_an_installation_behind_tls_has_nothing_to_mend(tmp_path: Path) -> None:
    done = run(["check", "--deploy"], tmp_path / "data", **BEHIND_TLS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "System check identified no issues" in done.stdout


def test_what_is_unwise_is_said_with_what_to_do(tmp_path: Path) -> None:
    unwise = {"INTERVIEW_STREAM_PUBLIC_URL": "http://interviews.example.org", "INTERVIEW_STREAM_SMTP_HOST": ""}
    done = run(["check", "--deploy"], tmp_path / "data", **BEHIND_TLS | unwise)
    assert done.returncode == 1
    assert "is not https" in done.stderr
    assert "INTERVIEW_STREAM_SMTP_HOST" in done.stderr
    assert "INTERVIEW_STREAM_TLS_CERT" in done.stderr


def test_factors_of_an_unknown_account_cannot_be_reset(tmp_path: Path) -> None:
    done = run(["resetmfa", "nobody@example.org"], tmp_path / "data")
    assert done.returncode == 1
    assert done.stderr == "interview-stream: There is no account with the address nobody@example.org.\n"


def test_a_lockdown_is_confirmed(tmp_path: Path) -> None:
    """Nobody answers here, which is no agreement."""
    done = run(["lockdown"], tmp_path / "data")
    assert (done.returncode, "nothing was done" in done.stderr) == (1, True)
    done = run(["lockdown", "--yes"], tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Ended: 0 sessions, 0 invitations, 0 owner links")
