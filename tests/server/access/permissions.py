"""Prints the permission matrix for the docs from the tables that the access walk proves (`make permissions`)."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_stream.server.settings")
django.setup()

from interview_stream.server.api import api  # noqa: E402
from tests.server.access.rules import ACTORS, LIVE_QUERIES, OPERATIONS, Access  # noqa: E402

PAGE = Path(__file__).parents[3] / "docs" / "developers" / "permissions.md"
COLUMNS = {
    "nobody": "nobody",
    "ex_member": "no organisation",
    "stranger": "other organisation",
    "candidate": "candidate",
    "observer": "observer",
    "interviewer": "interviewer",
    "admin": "admin",
    "owner": "owner",
}
REFUSED = (401, 403, 404, 410)
HEAD = f"""# Who may do what

Printed by `make permissions` from the tables in `tests/server/access/rules.py`; do not edit it. The access walk asks
for every one of the {len(OPERATIONS)} operations and {len(LIVE_QUERIES)} live queries below as {len(ACTORS)} actors,
and fails for one that has no row there, or whose answer is another than the row says.

Columns: *no organisation* is somebody with an account who belongs to none (any more); *other organisation* an owner of
another one, and *candidate* and *observer* hold the personal link to the interview that is asked about. "own" means
that they are answered about their own organisation and learn nothing of this one. Holders of a link that has expired,
was replaced or taken back are refused everywhere with 410; another interview's candidate gets what the candidate gets,
for their own interview.
"""


def page() -> str:
    document = api.get_openapi_schema(path_prefix="/api")
    operations = [
        (f"`{method.upper()} {path}`", OPERATIONS[one["operationId"]][3], one["tags"][0])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    parts = [HEAD]
    for tag in dict.fromkeys(tag for *_, tag in operations):
        parts.append(
            f"## {tag.capitalize()}\n\n" + table([(name, access) for name, access, its in operations if its == tag])
        )
    parts.append("## Live queries\n\n" + table([(f"`{name}`", row[1]) for name, row in LIVE_QUERIES.items()]))
    return "\n".join(parts)


def table(rows: list[tuple[str, Access]]) -> str:
    lines = [["", *COLUMNS.values(), ""], ["---"] * (len(COLUMNS) + 2)]
    lines += [[name, *(cell(access, actor) for actor in COLUMNS), access.remark] for name, access in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(access: Access, actor: str) -> str:
    """A refusal for what was sent, or for the state of things, is none of the actor."""
    if access.of(actor) in REFUSED:
        return "-"
    is_about_here = actor != "stranger" or access.nobody not in REFUSED
    return "yes" if is_about_here else "own"


def main() -> None:
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
