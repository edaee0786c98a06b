"""Backups by the command line: what comes back, what is refused, and what a writer meanwhile can do to one."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest

from interview_stream.backup.restoring import restore
from interview_stream.backup.saving import save
from interview_stream.environment import SettingError, read_environment
from interview_stream.server.setup import unknown_migrations


def run(*arguments: str, data: Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    outside = {n: v for n, v in os.environ.items() if not n.startswith(("INTERVIEW_STREAM_", "DJANGO_"))}
    command = [sys.executable, "-m", "interview_stream", *arguments, "--data", str(data)]
    return subprocess.run(command, capture_output=True, check=False, cwd=data.parent, env=outside, input=stdin)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database of this version, and a file in each folder."""
    data = tmp_path_factory.mktemp("installed") / "data"
    assert run("createowner", data=data).returncode == 0
    for name in ("secrets/media-key", "files/attachment/one", "recordings/r/one.webm", "captures/r/one.rtp"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(name.encode() * 1000)
    with contextlib.closing(sqlite3.connect(data / "db.sqlite3")) as database:
        database.execute("CREATE TABLE probe_file (name TEXT)")
    return data


@pytest.fixture(scope="module")
def archive(installed: Path) -> Path:
    done = run("backup", "good.tar", data=installed)
    assert done.returncode == 0, done.stderr.decode()
    assert b"100 %" in done.stderr
    path = installed.parent / "good.tar"
    assert path.stat().st_mode & 0o077 == 0, "it holds secrets"
    return path


def sums(data: Path) -> dict[str, str]:
    """All files but the database, whose copy differs in its header."""
    return {
        path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in data.rglob("*")
        if path.is_file() and path.relative_to(data).parts[0] not in ("run", "db.sqlite3", "db.sqlite3-wal")
    }


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(data / "db.sqlite3")) as database:
        return database.execute(sql).fetchall()


def test_what_was_saved_comes_back(installed: Path, archive: Path, tmp_path: Path) -> None:
    done = run("restore", str(archive), data=tmp_path / "data")
    assert done.returncode == 0, done.stderr.decode()
    assert sums(tmp_path / "data") == sums(installed)
    owner = "SELECT * FROM accounts_ownerlink"
    assert rows(tmp_path / "data", owner) == rows(installed, owner) != []
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "data").rglob("*"))


def test_it_goes_through_a_pipe(installed: Path, tmp_path: Path) -> None:
    sent = run("backup", "-", data=installed)
    done = run("restore", "-", data=tmp_path / "data", stdin=sent.stdout)
    assert done.returncode == 0, done.stderr.decode()
    assert sums(tmp_path / "data") == sums(installed)


def test_a_folder_that_is_in_use_is_not_written_over(archive: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "secrets").mkdir(parents=True)
    (data / "secrets" / "django").write_text("mine")
    done = run("restore", str(archive), data=data)
    assert done.returncode == 2
    assert b"is not empty" in done.stderr
    assert (data / "secrets" / "django").read_text() == "mine"

    done = run("restore", str(archive), "--force", data=data)
    assert done.returncode == 0, done.stderr.decode()
    (before,) = data.glob("before-restore-*")
    assert (before / "secrets" / "django").read_text() == "mine"


def with_changed(archive: Path, target: Path, changed: dict[str, bytes]) -> Path:
    """The same archive with other contents of some files."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for member in old:
            file = old.extractfile(member)
            content = changed.get(member.name, file.read() if file else b"")
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
        for name in changed.keys() - set(old.getnames()):
            extra = tarfile.TarInfo(name)
            extra.size = len(changed[name])
            new.addfile(extra, io.BytesIO(changed[name]))
    return target


def put_back(archive: Path, data: Path) -> int:
    return restore(data, str(archive), force=False, unknown_migrations=unknown_migrations)


def refusal(archive: Path, data: Path) -> str:
    with pytest.raises(SettingError) as refused:
        put_back(archive, data)
    assert [path.name for path in data.iterdir()] == ["run"], "nothing was put in place"
    return str(refused.value)


def test_what_is_damaged_or_no_backup_is_refused(archive: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar"
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    assert "cut off" in refusal(cut, tmp_path / "a")
    damaged = with_changed(archive, tmp_path / "damaged.tar", {"files/attachment/one": b"other"})
    assert "files/attachment/one is not as it was saved" in refusal(damaged, tmp_path / "b")
    none = tmp_path / "none.tar"
    none.write_bytes(b"PK\x03\x04" * 1000)
    assert "not a backup" in refusal(none, tmp_path / "c")


def test_a_name_outside_the_data_folder_is_refused(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as old:
        file = old.extractfile("checksums.json")
        assert file is not None
        listed = json.load(file)
    outside = tmp_path / "outside.tar"
    with tarfile.open(outside, "w") as new, tarfile.open(archive) as old:
        about = old.next()
        assert about is not None
        new.addfile(about, old.extractfile(about))
        entry = tarfile.TarInfo("files/../../outside")
        entry.size = 4
        new.addfile(entry, io.BytesIO(b"evil"))
    assert "no part of a backup" in refusal(outside, tmp_path / "data")
    assert not (tmp_path / "outside").exists()
    assert "db.sqlite3" in listed


def test_a_backup_of_a_newer_version_is_refused(installed: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(installed, newer)
    with contextlib.closing(sqlite3.connect(newer / "db.sqlite3")) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('calls', '9999_later', '2999-01-01')"
        )
        database.commit()
    assert save(read_environment({"INTERVIEW_STREAM_DATA": str(newer)}), str(tmp_path / "newer.tar")) == 0
    assert "calls.9999_later" in refusal(tmp_path / "newer.tar", tmp_path / "data")


def test_every_row_has_its_file_while_files_come_and_go(installed: Path, tmp_path: Path) -> None:
    """A writer adds a file before its row, and removes it after its row, as the product does."""
    stop = threading.Event()
    turns: list[str] = []

    def write() -> None:
        with contextlib.closing(sqlite3.connect(installed / "db.sqlite3", timeout=30)) as database:
            while not stop.is_set():
                name = f"files/attachment/{len(turns)}"
                (installed / name).write_bytes(b"x" * 5000)
                database.execute("INSERT INTO probe_file VALUES (?)", [name])
                database.commit()
                if len(turns) >= 3:
                    old = f"files/attachment/{len(turns) - 3}"
                    database.execute("DELETE FROM probe_file WHERE name = ?", [old])
                    database.commit()
                    (installed / old).unlink()
                turns.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        written = []
        for number in range(4):
            before = len(turns)
            assert (
                save(read_environment({"INTERVIEW_STREAM_DATA": str(installed)}), str(tmp_path / f"{number}.tar")) == 0
            )
            written.append(len(turns) - before)
    finally:
        stop.set()
        writer.join()
    assert sum(written) > 0, "nobody wrote meanwhile"
    for number in range(4):
        data = tmp_path / str(number)
        assert put_back(tmp_path / f"{number}.tar", data) == 0
        named = [str(name) for (name,) in rows(data, "SELECT name FROM probe_file")]
        assert [name for name in named if not (data / name).is_file()] == []
    assert not list((installed / "run").glob("backup-*")), "what it held still is let go"
