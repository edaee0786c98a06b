"""HTTP doors of retention; for owners and admins. What is kept how long is among the organisation's settings."""

from django.http import HttpRequest
from ninja import Router

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.retention import queries
from interview_stream.server.retention.schemas import UpcomingOut

router = Router(tags=["organisation"])


@router.get("/retention/upcoming", response=UpcomingOut)
def list_upcoming_erasures(request: HttpRequest) -> UpcomingOut:
    return queries.list_upcoming(actor_of(request))
