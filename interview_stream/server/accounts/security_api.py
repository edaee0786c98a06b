"""HTTP operations on how one signs in; what allauth does itself is under /_allauth."""

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts import confirming
from interview_stream.server.accounts.actor import actor_of, user_among
from interview_stream.server.accounts.schemas import CodeIn

router = Router(tags=["accounts"])


@router.post("/me/confirmation-code", response={204: None})
def send_confirmation_code(request: HttpRequest) -> Status[None]:
    """By e-mail, to confirm that it is them; for people with neither a password nor a second factor."""
    confirming.send_confirmation_code(request, user_among(actor_of(request)))
    return Status(204, None)


@router.post("/me/confirmation", response={204: None})
def confirm_by_code(request: HttpRequest, body: CodeIn) -> Status[None]:
    confirming.confirm_by_code(request, user_among(actor_of(request)), body.code)
    return Status(204, None)
