"""The command line: `interview-stream serve` and the few commands beside it."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from interview_stream.environment import PREFIX, Environment, SettingError, load_dotenv, read_environment
from interview_stream.keys import load_keys

Command = Callable[[argparse.Namespace, dict[str, str]], int]

# Option of `serve`: the setting it overrides.
OVERRIDES = {
    "data": "DATA",
    "host": "HOST",
    "port": "PORT",
    "public_ip": "PUBLIC_IP",
    "public_url": "PUBLIC_URL",
    "media_port": "MEDIA_PORT",
    "media_tcp_port": "MEDIA_TCP_PORT",
    "sfu_port": "SFU_PORT",
    "tls_cert": "TLS_CERT",
    "tls_key": "TLS_KEY",
}


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    command: Command = given.command
    # Sessions, password hashes, recordings: what is kept is for this user alone, whoever else uses the machine.
    os.umask(0o077)
    try:
        return command(given, variables_of(given))
    except SettingError as error:
        print(f"interview-stream: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"interview-stream: {error}", file=sys.stderr)
        return 1


def variables_of(given: argparse.Namespace, outside: Mapping[str, str] | None = None) -> dict[str, str]:
    """Where settings come from, the strongest first: options, the environment, the .env file."""
    variables = dict(os.environ if outside is None else outside)
    load_dotenv(Path(variables.get(f"{PREFIX}ENV_FILE", ".env")), into=variables)
    for option, setting in OVERRIDES.items():
        value = getattr(given, option, None)
        if value is not None:
            variables[PREFIX + setting] = str(value)
    # Children start in the same folder, but must not read another .env between.
    variables[f"{PREFIX}ENV_FILE"] = os.devnull
    return variables


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="interview-stream",
        description="Remote technical interviews on your own machine.",
        epilog="Every setting can also come from the environment or a .env file; see .env.example.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("--data", metavar="DIR", help="folder of all state (default: ./data)")
        one.set_defaults(command=command)
        return one

    _add_serve_options(add("serve", _serve, "Start everything: pages, calls, recording."))
    _add_address(add("createowner", _createowner, "Print a fresh single-use link that makes an owner's account."))
    _add_address(
        add("media-key", _media_key, "Print the address, key and secret with which a LiveKit client connects.")
    )
    reset = add("resetmfa", _resetmfa, "Take lost second factors off an account; it then signs in without them.")
    reset.add_argument("email", metavar="EMAIL", help="the account's address")
    text = "Let an account open the operators' pages, which show every organisation."
    staff = _add_address(add("makestaff", _makestaff, text))
    staff.add_argument("email", metavar="EMAIL", help="the account's address")
    staff.add_argument("--remove", action="store_true", help="take it away again")
    lockdown = add(
        "lockdown", _lockdown, "After a breach: end every session, API key, guest link, invitation and media token."
    )
    lockdown.add_argument("--yes", action="store_true", help="do not ask")
    drain = add("drain", _drain, "Empty one of several media processes without ending calls, and start it afresh.")
    drain.add_argument("process", nargs="?", metavar="PROCESS", help="as sfu-1 (default: list them all)")
    drain.add_argument(
        "--wait", type=int, default=3600, metavar="SECONDS", help="how long calls may go on there (default: 3600)"
    )
    add("demo", _demo, "Fill an empty instance with a sample organisation and a recorded interview.")
    add("migrate", _migrate, "Bring the database up to this version (serve does it by itself).")
    backup = add("backup", _backup, "Copy database and files into one archive, while the product runs.")
    backup.add_argument("file", nargs="?", metavar="FILE", help="file, folder or - (default: a new file here)")
    restore = add("restore", _restore, "Put an archive made by backup into an empty data folder.")
    restore.add_argument("file", metavar="FILE", help="the archive, or - for standard input")
    restore.add_argument(
        "--force", action="store_true", help="the folder need not be empty; what is there is set aside"
    )
    check = _add_address(add("check", _check, "Look for mistakes in the settings and in what is installed."))
    check.add_argument("--deploy", action="store_true", help="as for an installation that others reach")
    add("version", _version, "Print the version.")
    return parser


def _add_address(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Commands that print an address have to be told what `serve` was told."""
    add = parser.add_argument
    add("--port", type=int, help="the one TCP port (default: 3000)")
    add("--public-url", metavar="URL", help="address that people type in, as https://interviews.example.org")
    return parser


def _add_serve_options(parser: argparse.ArgumentParser) -> None:
    _add_address(parser)
    add = parser.add_argument
    add("--host", help="address to listen on (default: 127.0.0.1; :: for all; any other needs TLS or --insecure-http)")
    add("--media-port", type=int, metavar="PORT", help="the one UDP port of the media (default: 7882)")
    add("--media-tcp-port", type=int, metavar="PORT", help="TCP port of the media (default: 7881; 0: none)")
    add("--sfu-port", type=int, metavar="PORT", help="loopback port of the media engine (default: 7880)")
    add("--public-ip", metavar="ADDRESS", help="address of this machine (or several, a,b) as seen outside")
    add("--tls-cert", metavar="FILE", help="certificate chain (PEM)")
    add("--tls-key", metavar="FILE", help="private key of the certificate (PEM)")
    add("--tls-self-signed", action="store_true", help="serve https with a certificate made here")
    add("--insecure-http", action="store_true", help="allow plain http beyond this machine (behind a proxy with TLS)")


def _serve(given: argparse.Namespace, variables: dict[str, str]) -> int:
    from interview_stream.serving import serve

    return serve(variables, self_signed=given.tls_self_signed, insecure_http=given.insecure_http)


def _createowner(given: argparse.Namespace, variables: dict[str, str]) -> int:
    environment = _enter(variables)
    from interview_stream.server.setup import migrate, new_owner_token

    migrate()
    print(owner_link(environment, new_owner_token()))
    print(f"It works once, within {environment.owner_link_s // 60} minutes.")
    return 0


def _media_key(given: argparse.Namespace, variables: dict[str, str]) -> int:
    environment = read_environment(variables)
    keys = load_keys(environment.data)
    print(f"LIVEKIT_API_KEY={keys.media_key}")
    print(f"LIVEKIT_API_SECRET={keys.media_secret}")
    print(f"LIVEKIT_URL={environment.public_url.replace('http', 'ws', 1)}")
    return 0


def _resetmfa(given: argparse.Namespace, variables: dict[str, str]) -> int:
    _enter(variables)
    from interview_stream.server.setup import migrate, reset_second_factors

    migrate()
    return _say(lambda: reset_second_factors(given.email))


def _makestaff(given: argparse.Namespace, variables: dict[str, str]) -> int:
    _enter(variables)
    from interview_stream.server.setup import migrate, set_operator

    migrate()
    return _say(lambda: set_operator(given.email, is_operator=not given.remove))


def _say(act: Callable[[], str]) -> int:
    """Print what was done, or that there is nobody to do it to."""
    try:
        print(act())
    except LookupError as error:
        print(f"interview-stream: {error.args[0]}", file=sys.stderr)
        return 1
    return 0


def _lockdown(given: argparse.Namespace, variables: dict[str, str]) -> int:
    if not given.yes and not _agrees(
        "This signs everybody out, empties running calls, and ends every API key and link of candidates, observers, "
        "calendars and invitations. Type lockdown to go on: "
    ):
        print("interview-stream: nothing was done.", file=sys.stderr)
        return 1
    _enter(variables)
    from interview_stream.server.setup import lock_down, migrate

    migrate()
    print(lock_down())
    return 0


def _drain(given: argparse.Namespace, variables: dict[str, str]) -> int:
    from interview_stream.draining import drain, list_processes

    environment = read_environment(variables)
    return drain(environment, given.process, wait_s=given.wait) if given.process else list_processes(environment)


def _agrees(question: str) -> bool:
    try:
        return input(question).strip() == "lockdown"
    except EOFError:
        return False


def _demo(given: argparse.Namespace, variables: dict[str, str]) -> int:
    _enter(variables)
    from interview_stream.server.setup import migrate

    migrate()
    from interview_stream.server.demo import fill

    return fill()


def _migrate(given: argparse.Namespace, variables: dict[str, str]) -> int:
    _enter(variables)
    from interview_stream.server.setup import migrate

    migrate()
    print("The database is up to date.")
    return 0


def _backup(given: argparse.Namespace, variables: dict[str, str]) -> int:
    from interview_stream.backup.saving import save

    return save(read_environment(variables), given.file)


def _restore(given: argparse.Namespace, variables: dict[str, str]) -> int:
    environment = _enter(variables)
    from interview_stream.backup.restoring import restore
    from interview_stream.server.setup import unknown_migrations

    return restore(
        environment.data,
        given.file,
        force=given.force,
        unknown_migrations=unknown_migrations,
        url=environment.database_url,
    )


def _check(given: argparse.Namespace, variables: dict[str, str]) -> int:
    _enter(variables)
    from interview_stream.server.setup import check

    return check(deploy=given.deploy)


def _version(given: argparse.Namespace, variables: dict[str, str]) -> int:
    print(version("interview-stream"))
    return 0


def _enter(variables: dict[str, str]) -> Environment:
    """Let this process's Django see the settings that the options made."""
    environment = read_environment(variables)
    environment.data.mkdir(parents=True, exist_ok=True)
    os.environ.update(variables)
    os.environ["DJANGO_SETTINGS_MODULE"] = "interview_stream.server.settings"
    return environment


def owner_link(environment: Environment, token: str) -> str:
    return f"{environment.public_url}/welcome/{token}"
