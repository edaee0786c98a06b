"""Who gets the operators' pages: staff with a second factor who proved it in this session in the last minutes.

Everybody else gets what any address gets that names nothing, so that nobody learns where the pages are. Staff who have
yet to prove themselves are sent to a page of the front end that asks for it.
"""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.recent_sign_in import has_second_factor, is_recent, proofs_in
from interview_stream.server.spa import page

ENTRY = "/operator-entry"
"""The front end's page that lets operators set up or prove their second step, then sends them on."""


def is_staff(user: object) -> bool:
    return isinstance(user, User) and user.is_active and user.is_staff


def is_operator(request: HttpRequest) -> bool:
    user = request.user
    if not isinstance(user, User) or not is_staff(user):
        return False
    return has_second_factor(user) and is_recent(user, proofs_in(request.session))


def answer_instead(request: HttpRequest) -> HttpResponseBase | None:
    """For whoever is no operator, or not now; None for operators."""
    if is_operator(request):
        return None
    if not is_staff(request.user):
        return page(request)
    return HttpResponseRedirect(f"{ENTRY}?next={quote(request.get_full_path(), safe='')}")
