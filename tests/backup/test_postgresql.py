"""Backups of an installation whose database is PostgreSQL, against a real server, by the command line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import Cluster

OWNER_LINKS = "SELECT * FROM accounts_ownerlink"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.stop()


def run(*arguments: str, data: Path, url: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    outside = {n: v for n, v in os.environ.items() if not n.startswith(("INTERVIEW_STREAM_", "DJANGO_"))}
    command = [sys.executable, "-m", "interview_stream", *arguments, "--data", str(data)]
    environment = outside | {"DATABASE_URL": url} | variables
    return subprocess.run(command, capture_output=True, check=False, cwd=data.parent, env=environment)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as database:
        return database.execute(query).fetchall()


def test_database_and_files_come_back_together(cluster: Cluster, tmp_path: Path) -> None:
    url, data = cluster.create("saved"), tmp_path / "data"
    assert run("createowner", data=data, url=url).returncode == 0
    (data / "recordings" / "r").mkdir(parents=True)
    (data / "recordings" / "r" / "one.webm").write_bytes(b"frames")
    saved = run("backup", "good.tar", data=data, url=url)
    assert saved.returncode == 0, saved.stderr.decode()
    archive, other = str(tmp_path / "good.tar"), tmp_path / "other"

    empty = cluster.create("empty")
    done = run("restore", archive, data=other, url=empty)
    assert done.returncode == 0, done.stderr.decode()
    assert rows(empty, OWNER_LINKS) == rows(url, OWNER_LINKS) != []
    assert (other / "recordings" / "r" / "one.webm").read_bytes() == b"frames"
    assert not (other / "db.dump").exists()
    # It is a database to go on with: triggers and sequences are there.
    again = run("createowner", data=other, url=empty)
    assert again.returncode == 0, again.stderr.decode()
    assert len(rows(empty, OWNER_LINKS)) == 2

    refused = run("restore", archive, data=tmp_path / "third", url=empty)
    assert (refused.returncode, b"not empty" in refused.stderr) == (2, True), refused.stderr.decode()
    forced = run("restore", archive, "--force", data=tmp_path / "third", url=empty)
    assert forced.returncode == 0, forced.stderr.decode()
    assert len(rows(empty, OWNER_LINKS)) == 1
    (schema,) = rows(empty, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%'")
    aside = f"SELECT * FROM {schema[0]}.accounts_ownerlink"  # noqa: S608 - a name that the product made
    assert len(rows(empty, aside)) == 2

    here = run("restore", archive, data=tmp_path / "fourth", url="")
    assert b"Set DATABASE_URL" in here.stderr
    bare = run("backup", "none.tar", data=data, url=url, PATH=str(tmp_path))
    assert (bare.returncode, b"postgresql-client" in bare.stderr) == (2, True), bare.stderr.decode()
    assert not (tmp_path / "none.tar").exists()
