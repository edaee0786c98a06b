"""What has to be done to an installation before its processes start."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django


def migrate() -> None:
    """Bring the database up to this version; raises OSError when it cannot be opened or written."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import OperationalError

    folder = settings.ENVIRONMENT.data
    folder.mkdir(parents=True, exist_ok=True)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise OSError(f"The database in {folder} failed: {error}") from error


def check(*, deploy: bool) -> int:
    """Print what is wrong or unwise; 0 when nothing is."""
    django.setup()
    from django.core.management import CommandError, call_command

    from interview_stream.server import deployment  # noqa: F401 - registers its checks

    try:
        call_command("check", deploy=deploy, fail_level="WARNING")
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def unknown_migrations(applied: set[tuple[str, str]]) -> list[str]:
    """Which of a database's applied migrations this version does not have: a newer one made that database."""
    django.setup()
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    ours = {migration.app_label for migration in loader.disk_migrations.values()}
    known = set(loader.disk_migrations) | {
        replaced for migration in loader.disk_migrations.values() for replaced in migration.replaces
    }
    # Those of identity providers' apps come and go with the settings.
    return sorted(f"{app}.{name}" for app, name in applied - known if app in ours)


def new_owner_token() -> str:
    from interview_stream.server.accounts.actions import create_owner_link

    return create_owner_link()


def reset_second_factors(email: str) -> str:
    """What was done, as a sentence; raises LookupError when nobody has this address."""
    from interview_stream.server.accounts.operating import reset_second_factors as reset

    with _looking_up():
        count = reset(email)
    return f"{count} second factor{'' if count == 1 else 's'} taken off {email}; its sessions have ended."


def set_operator(email: str, *, is_operator: bool) -> str:
    """What was done, as a sentence; raises LookupError when nobody has this address."""
    from django.conf import settings

    from interview_stream.server.accounts.operating import set_operator as set_it

    with _looking_up():
        set_it(email, is_operator=is_operator)
    if not is_operator:
        return f"{email} is no operator any more."
    path = settings.ENVIRONMENT.admin_path
    where = f"{settings.ENVIRONMENT.public_url}/{path}/" if path else "nowhere: INTERVIEW_STREAM_ADMIN_PATH is off"
    return f"{email} is an operator. The operators' pages are at {where}, for who signed in with a second step."


@contextmanager
def _looking_up() -> Iterator[None]:
    """The command line knows no problems of the API's."""
    from interview_stream.server.lib.problems import NotFound

    try:
        yield
    except NotFound as problem:
        raise LookupError(problem.detail) from None


def lock_down() -> str:
    from interview_stream.server.accounts.operating import lock_down as end_all_access

    ended = end_all_access()
    return (
        f"Ended: {ended.sessions} sessions, {ended.invitations} invitations, {ended.owner_links} owner links, and "
        "every link of candidates, observers and calendars. Members sign in anew; candidates need new links."
    )


def prepare() -> int:
    """Migrate, and print an owner link's token while there is no owner."""
    migrate()
    from interview_stream.server.accounts.queries import has_owner

    sys.stdout.write(json.dumps({"owner_token": None if has_owner() else new_owner_token()}))
    return 0
