"""Reading the audit log: page by page, filtered, and all of it as a file."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db.models import Q

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.models import AuditEvent, AuditEventQuerySet
from interview_stream.server.accounts.recent_sign_in import require_recent_sign_in
from interview_stream.server.accounts.schemas import AuditEventOut, AuditFilter, ExportFormat
from interview_stream.server.lib.pages import PageOut, page_of
from interview_stream.server.lib.problems import Forbidden
from interview_stream.server.live import query

PAGE = 50
_CHUNK = 500
COLUMNS = ["at", "user_name", "action", "subject", "detail", "address"]


@query("audit.list")
def list_audit_events(
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: str = "",
    upto: str = "",
) -> PageOut[AuditEventOut]:
    """The newest first, in pages (lib/pages.py). Interviewers see none."""
    member_among(actor)
    wanted = AuditFilter(text=text, kind=kind, since=since, until=until)
    return page_of(_matching(actor, wanted, None), ["-id"], AuditEventOut.from_orm, after=after, upto=upto, size=PAGE)


def export_audit_events(actor: Actor, *, wanted: AuditFilter, form: ExportFormat) -> "Export":
    """All that match, in the file's form; that it was taken is told in the log, and is not in the file."""
    member = require_recent_sign_in(actor)
    if not member.is_admin:
        raise Forbidden("Only owners and admins can export the log.", slug="admins-only")
    newest = AuditEvent.objects.visible_to(actor).values_list("pk", flat=True).first()
    record(member.organisation, member.user, Act.AUDIT_EXPORTED, detail=form)
    return Export(actor, wanted, form, (newest or 0) + 1)


def _matching(actor: Actor, wanted: AuditFilter, before: int | None) -> AuditEventQuerySet:
    events = AuditEvent.objects.visible_to(actor)
    if before is not None:
        events = events.filter(pk__lt=before)
    if wanted.kind:
        events = events.filter(action__startswith=f"{wanted.kind}.")
    if wanted.since:
        events = events.filter(at__gte=wanted.since)
    if wanted.until:
        events = events.filter(at__lt=wanted.until)
    for word in wanted.text.split():
        anywhere = [Q(**{f"{name}__icontains": word}) for name in COLUMNS if name != "at"]
        events = events.filter(_any_of(anywhere))
    return events


def _any_of(conditions: list[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined |= condition
    return joined


class Export:
    """The lines of the file, read in pieces while they are sent, so that a log of any length fits into memory."""

    def __init__(self, actor: Actor, wanted: AuditFilter, form: ExportFormat, before: int) -> None:
        self._actor, self._wanted, self._form = actor, wanted, form
        self._before = before

    def lines(self) -> Iterator[bytes]:
        if self._form is ExportFormat.CSV:
            yield _csv_line(COLUMNS)
        while piece := self._next():
            yield piece

    async def lines_without_blocking(self) -> AsyncIterator[bytes]:
        if self._form is ExportFormat.CSV:
            yield _csv_line(COLUMNS)
        while piece := await sync_to_async(self._next)():
            yield piece

    def _next(self) -> bytes:
        rows = list(_matching(self._actor, self._wanted, self._before).values("pk", *COLUMNS)[:_CHUNK])
        if rows:
            self._before = rows[-1]["pk"]
        facts = [{**{name: row[name] for name in COLUMNS}, "at": row["at"].isoformat()} for row in rows]
        if self._form is ExportFormat.CSV:
            return b"".join(_csv_line(list(fact.values())) for fact in facts)
        return "".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in facts).encode()


def _csv_line(values: Sequence[str | None]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(value or "") for value in values])
    return text.getvalue().encode()


def _harmless(value: str) -> str:
    """A spreadsheet would run a cell that begins like a formula, and names are chosen by anybody."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
