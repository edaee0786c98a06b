"""A Redis server of the tests' own: without files, reached by a local socket only."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis


class RedisServer:
    """Started when made; may be stopped and started again."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="stream-redis-", dir="/tmp"))
        self.url = f"unix://{self._folder}/socket"
        self.start()

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", f"{self._folder}/socket", "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            while not self._answers(client):
                assert self._process.poll() is None, "Redis did not start."
                time.sleep(0.02)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    @staticmethod
    def _answers(client: redis.Redis) -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
