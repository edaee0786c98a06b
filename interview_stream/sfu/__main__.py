"""Runs the media engine: `python -m interview_stream.sfu`."""

import asyncio
import gc
import logging
import signal
import sys

import uvloop

from interview_stream.environment import SettingError, read_environment
from interview_stream.keys import load_keys
from interview_stream.sfu.config import Config, make_config
from interview_stream.sfu.io.server import MediaServer


async def run(config: Config) -> None:
    """Serve until SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    server = MediaServer(config)
    await server.start()
    # What lives now lives for good: keep it out of every later collection.
    gc.collect()
    gc.freeze()
    await stopping.wait()
    await server.stop()


def main() -> int:
    """Exit code for the shell."""
    try:
        environment = read_environment()
    except SettingError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    logging.basicConfig(level=environment.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    config = make_config(environment, load_keys(environment.data))
    try:
        uvloop.run(run(config))
    except OSError as error:
        print(f"The media engine cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
