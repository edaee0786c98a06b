"""A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder, reached by a local socket only."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

OWNER = "stream"


class Cluster:
    """Started when made. As root it runs as `postgres`, since the server refuses to be root."""

    def __init__(self, *options: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="stream-pg-", dir="/tmp"))  # socket paths are short
        self._as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_owner:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        settings = ["listen_addresses=''", f"unix_socket_directories={self._folder}", *options]
        arguments = " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "start", "-w", "-s", "-o", arguments, "-l", str(self._folder / "log"))

    def url(self, database: str) -> str:
        return f"postgresql://{OWNER}@/{database}?host={self._folder}"

    def create(self, database: str) -> str:
        """An empty database; returns its DATABASE_URL."""
        connect = ["-h", str(self._folder), "-U", OWNER]
        subprocess.run([_program("createdb"), *connect, database], check=True)
        return self.url(database)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate", "-s")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, _program(program), "-D", str(self._folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _program(name: str) -> str:
    """Debian keeps the server's programs off the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(installed[-1]) if installed else (shutil.which(name) or name)
