"""Pages."""

from django.http import HttpRequest, HttpResponse


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def csp_report(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)
