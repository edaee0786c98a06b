"""Runs the router before several media processes: `python -m interview_stream.sfu.router`."""

import asyncio
import logging
import signal
import sys

import uvloop

from interview_stream.environment import SettingError, read_environment
from interview_stream.keys import load_keys
from interview_stream.sfu.router.server import Router


async def run(router: Router) -> None:
    """Serve until SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    await router.start()
    await stopping.wait()
    await router.stop()


def main() -> int:
    """Exit code for the shell."""
    try:
        environment = read_environment()
        router_keys = load_keys(environment.data)
    except SettingError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    logging.basicConfig(level=environment.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")

    async def serve() -> None:
        await run(Router(environment, router_keys))

    try:
        uvloop.run(serve())
    except OSError as error:
        print(f"The router of the media processes cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
