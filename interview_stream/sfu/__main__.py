"""Runs the media engine: `python -m interview_stream.sfu`, compiled where it can be, or with `--plain` never."""

import argparse
import asyncio
import gc
import logging
import resource
import signal
import sys
from contextlib import suppress

import uvloop

from interview_stream.environment import SettingError, read_environment
from interview_stream.keys import load_keys
from interview_stream.sfu import compiled
from interview_stream.sfu.config import Config, make_config

logger = logging.getLogger(__name__)


async def run(config: Config) -> None:
    """Serve until SIGINT or SIGTERM."""
    # Only now is it settled whether its modules come compiled.
    from interview_stream.sfu.io.server import MediaServer

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    server = MediaServer(config, drained=stopping.set)
    await server.start()
    # What lives now lives for good: keep it out of every later collection.
    gc.collect()
    gc.freeze()
    # Each connection leaves circles behind, and a process of so few objects would look for old ones once in hours. It
    # still looks only when a quarter has come to what is old (long_lived_pending), however many are here.
    gc.set_threshold(*gc.get_threshold()[:2], 1)
    await stopping.wait()
    await server.stop()


def main() -> int:
    """Exit code for the shell."""
    parser = argparse.ArgumentParser(prog="python -m interview_stream.sfu")
    parser.add_argument("--plain", action="store_true", help="do not use the compiled twin of the inner modules")
    parser.add_argument("--node", type=int, default=0, metavar="N", help="which one of several media processes, from 1")
    given = parser.parse_args()
    is_plain = given.plain
    try:
        environment = read_environment()
        config = make_config(environment, load_keys(environment.data), number=given.node)
    except SettingError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    logging.basicConfig(level=environment.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    if not is_plain and not compiled.use():
        logger.info("running as plain Python: there is no compiled twin of these sources (scripts/compile.py)")
    _allow_descriptors()
    try:
        uvloop.run(run(config))
    except OSError as error:
        print(f"The media engine cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _allow_descriptors() -> None:
    """Each client over TCP needs one beside its signalling; the usual limit is of another time."""
    with suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
