"""HTTP door of calls: entering the room of an interview."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.calls import actions
from interview_stream.server.calls.schemas import JoinOut

router = Router(tags=["calls"])


@router.post("/interviews/{uuid:interview_id}/join", response=JoinOut)
def join_call(request: HttpRequest, interview_id: UUID) -> JoinOut:
    """A media token for this person and this interview. Also works while the media engine restarts."""
    return actions.join_call(actor_of(request), interview_id=interview_id, origin=_origin(request))


def _origin(request: HttpRequest) -> str:
    """Behind a proxy that ends TLS only the public address tells that browsers speak https."""
    public_url: str = settings.ENVIRONMENT.public_url
    host = request.get_host()
    return public_url if urlsplit(public_url).netloc == host else f"{request.scheme}://{host}"
