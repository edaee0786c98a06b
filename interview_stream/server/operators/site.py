"""Django's admin site behind our own gate, with our headers, and without the doors that are allauth's or nobody's."""

import mimetypes
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils._os import safe_join

from interview_stream.server.lib.problems import Problem, problem_response
from interview_stream.server.operators.access import answer_instead, is_operator

OURS, DJANGOS = Path(__file__).parent / "static", Path(admin.__file__).parent / "static"
KEPT = {"index", "app_list", "jsi18n"}
"""Of Django's own addresses; signing in and out, passwords and the rest are done elsewhere or not at all."""
RULES = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "report-uri": "/csp-report",
}
POLICY = "; ".join(f"{name} {value}" for name, value in RULES.items())


class OperatorSite(admin.AdminSite):
    site_header = site_title = "Interview Stream operators"
    index_title = "What this server holds"
    site_url = "/"
    index_template = "operators/index.html"
    empty_value_display = "-"
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return is_operator(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Each of the pages, and each of their files, goes through here."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            instead = answer_instead(request)
            if instead is not None:
                return instead
            try:
                response: HttpResponseBase = guarded(request, *args, **kwargs)
            except Problem as problem:  # Somebody else was faster; what the forms see is said there.
                return problem_response(problem)
            response.headers.setdefault("Content-Security-Policy", POLICY)
            return response

        return inner

    def get_urls(self) -> list[Any]:
        of_django = super().get_urls()
        ours = [each for each in of_django if not isinstance(each, URLPattern) or each.name in KEPT]
        return [*ours, path("static/<path:path>", self.admin_view(_file, cacheable=True))]

    def without_slash(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.admin_view(_add_slash)(request)
        return response


def _add_slash(request: HttpRequest) -> HttpResponseBase:
    return HttpResponseRedirect(f"{request.path}/")


def _file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Django's own files for these pages, and ours: they change with a version only, but not everybody may see them."""
    file = next((file for folder in (OURS, DJANGOS) if (file := Path(safe_join(folder, path))).is_file()), None)
    if file is None:
        raise Http404
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return HttpResponse(file.read_bytes(), content_type=kind, headers={"Cache-Control": "private, max-age=3600"})
