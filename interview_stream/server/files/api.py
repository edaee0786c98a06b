"""HTTP doors of files: beginning an upload, and fetching a file by its address."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from interview_stream.server.accounts.actor import Nobody, actor_of, guest_token_of
from interview_stream.server.files import downloads, tus, uploading
from interview_stream.server.lib.idempotency import without_keys
from interview_stream.server.lib.problems import BadRequest, Unauthenticated

router = Router(tags=["files"])


@router.post("/uploads", response={201: None})
@without_keys
def begin_upload(request: HttpRequest) -> HttpResponseBase:
    """Creation by the tus protocol: `Upload-Metadata` holds filename, purpose, subject and perhaps sha256.

    The answer's Location is where the bytes go; with a body (creation-with-upload) the first of them may come along.
    """
    actor = actor_of(request)
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to send a file.")
    length = request.headers.get("Upload-Length", "")
    if not length.isascii() or not length.isdigit() or len(length) > 15:
        raise BadRequest("Upload-Length has to say how long the file is.", slug="upload-length")
    given = tus.parse_metadata(request.headers.get("Upload-Metadata", ""))
    upload = uploading.begin(
        actor,
        purpose_name=given.get("purpose", ""),
        subject=given.get("subject", ""),
        name=given.get("filename", "").replace("/", "_").strip() or "file",
        length=int(length),
        sha256=given.get("sha256", ""),
        guest_token=guest_token_of(request) or "",
    )
    answer = HttpResponse(status=201, headers=tus.tus_headers(upload))
    answer["Location"] = f"{tus.PREFIX}{uploading.token_of(upload)}"
    if request.headers.get("Content-Type") == tus.BODY_TYPE and request.body:
        answer["Upload-Offset"] = str(uploading.take_first_bytes(upload, request.body))
    return answer


@router.api_operation(["GET", "HEAD"], "/downloads/{token}", response={200: None})
def download_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file behind a short-lived address, with HTTP ranges."""
    return downloads.respond(request, token)
