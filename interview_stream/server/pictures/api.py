"""HTTP doors of pictures and logos. New ones come as uploads for the purposes `picture` and `logo`."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.accounts.guarding import ApiKey
from interview_stream.server.files.models import StoredFile
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.pictures import actions, queries
from interview_stream.server.pictures.schemas import PictureOut

router = Router(tags=["pictures"])
KEEP_S = 86_400
"""How long a browser keeps one without asking again. An address never gets another picture."""


@router.get("/pictures", auth=ApiKey("organisation"), response=list[PictureOut])
def list_pictures(request: HttpRequest) -> list[PictureOut]:
    return queries.list_pictures(actor_of(request))


@router.get("/pictures/{uuid:file_id}", auth=ApiKey("organisation"), response={200: None})
def get_picture(request: HttpRequest, file_id: UUID) -> HttpResponse:
    return _shown(queries.find_picture(actor_of(request), file_id), "private")


@router.delete("/me/picture", response={204: None})
def remove_picture(request: HttpRequest) -> Status[None]:
    actions.remove_picture(actor_of(request))
    return Status(204, None)


@router.get("/logos/{uuid:file_id}", response={200: None})
def get_logo(request: HttpRequest, file_id: UUID) -> HttpResponse:
    return _shown(queries.find_logo(file_id), "public")


@router.delete("/organisation/logo", response={204: None})
def remove_logo(request: HttpRequest) -> Status[None]:
    actions.remove_logo(actor_of(request))
    return Status(204, None)


def _shown(file: StoredFile, who_may_keep_it: str) -> HttpResponse:
    """Read whole: they are some kilobytes. From a bucket too, since pages show nothing of another site."""
    try:
        with default_storage.open(file.key) as stored:
            content = stored.read()
    except FileNotFoundError:
        raise NotFound("This picture is missing from the data folder.", slug="file-missing") from None
    kept = f"{who_may_keep_it}, max-age={KEEP_S}, immutable"
    return HttpResponse(content, content_type=file.mime, headers={"Cache-Control": kept})
