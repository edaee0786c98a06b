"""HTTP doors of the mailbox: for everybody on this machine where it is switched on, for nobody anywhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router

from interview_stream.environment import is_loopback
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.mailbox import reading
from interview_stream.server.mailbox.reading import KeptMailOut

router = Router(tags=["development"])
HTML_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"


def on_this_machine(view: Callable[..., Any]) -> Callable[..., Any]:
    """No proxy stands before, and the browser runs here: else the mailbox does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **given: Any) -> Any:
        is_forwarded = {"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"} & set(request.headers)
        if not settings.ENVIRONMENT.shows_mails or is_forwarded or not is_loopback(request.META.get("REMOTE_ADDR", "")):
            raise NotFound
        return view(request, *args, **given)

    return guarded


@router.get("/development/mails", response=list[KeptMailOut])
@on_this_machine
def list_mails(request: HttpRequest) -> list[KeptMailOut]:
    """The e-mails that this server would have sent, where a developer has switched its mailbox on."""
    return reading.list_mails()


@router.get("/development/mails/{mail_id}/html", response={200: None})
@on_this_machine
def get_mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    headers = {"Content-Security-Policy": HTML_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(reading.html_of(mail_id), headers=headers)


@router.get("/development/mails/{mail_id}/attachments/{int:number}", response={200: None})
@on_this_machine
def get_mail_attachment(request: HttpRequest, mail_id: str, number: int) -> HttpResponse:
    name, content = reading.attachment_of(mail_id, number)
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
