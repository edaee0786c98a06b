"""Pictures of people and logos of organisations: made anew, shown to who sees the person, and gone with the account."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, User
from interview_stream.server.files.models import StoredFile
from tests.server.files.sending import begin, upload
from tests.server.files.test_uploads import own_folder

pytestmark = pytest.mark.django_db(transaction=True)
assert own_folder  # an autouse fixture here too


def photo(colour: str = "red", size: tuple[int, int] = (800, 600), **options: Any) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG", **options)
    return made.getvalue()


def send(client: Client, content: bytes, purpose: str = "picture") -> tuple[int, str]:
    status, told = upload(client, content, {"purpose": purpose, "filename": "me.jpg"})
    return status, told["body"]


def pictures(client: Client) -> list[dict[str, Any]]:
    answer = client.get("/api/pictures")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def logo_of(client: Client) -> str | None:
    url: str | None = client.get("/api/me").json()["organisation"]["logo_url"]
    return url


def shown(client: Client, url: str) -> Image.Image:
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    return Image.open(BytesIO(answer.content))


def test_a_picture_is_made_anew_and_small(as_bob: Client, as_alice: Client, bob: Member) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera that tells"
    assert send(as_bob, photo(exif=exif.tobytes()))[0] == 204
    (only,) = pictures(as_alice)
    assert only["user_id"] == bob.user.pk
    image = shown(as_alice, only["url"])
    assert (image.size, image.format, dict(image.getexif())) == ((256, 256), "WEBP", {})
    assert as_alice.get(only["url"])["Cache-Control"] == "private, max-age=86400, immutable"
    # What phones make today has 50 million points, most of which are never unfolded.
    assert send(as_bob, photo(size=(8064, 6048)))[0] == 204
    # It is bob's, not the organisation's.
    assert StoredFile.objects.get().organisation is None


def test_another_picture_takes_the_place_of_the_first(as_bob: Client) -> None:
    for colour in ("red", "blue"):
        assert send(as_bob, photo(colour))[0] == 204
    (only,) = pictures(as_bob)
    red, _, blue = shown(as_bob, only["url"]).convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert blue > 200 > red
    assert StoredFile.objects.count() == len(default_storage.listdir("picture")[1]) == 1
    assert as_bob.delete("/api/me/picture").status_code == 204
    assert pictures(as_bob) == []
    assert not StoredFile.objects.exists()
    assert default_storage.listdir("picture")[1] == []
    assert as_bob.get(only["url"]).status_code == 404


def test_it_is_seen_by_who_sees_the_person(
    as_alice: Client, as_bob: Client, as_charlie: Client, as_dana: Client, as_nobody: Client, bob: Member
) -> None:
    send(as_bob, photo())
    (only,) = pictures(as_alice)
    assert [pictures(as_charlie), as_charlie.get(only["url"]).status_code] == [[], 404]
    assert [as_dana.get("/api/pictures").status_code, as_dana.get(only["url"]).status_code] == [401, 401]
    assert as_nobody.get(only["url"]).status_code == 401
    # Who has gone is seen no more, but in another organisation still has their picture.
    Membership.objects.filter(user=bob.user).delete()
    assert [pictures(as_alice), as_alice.get(only["url"]).status_code] == [[], 404]
    Membership.objects.create(
        user=bob.user, organisation=Organisation.objects.get(name="Elsewhere"), role="interviewer"
    )
    assert shown(as_charlie, only["url"]).size == (256, 256)


def test_what_is_no_picture_is_refused(as_bob: Client, settings: Any) -> None:
    status, told = send(as_bob, photo()[:300])
    assert (status, "cannot be read" in told) == (422, True)
    status, told = send(as_bob, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    assert (status, "PNG, JPEG, WebP or GIF" in told) == (422, True)
    bomb = BytesIO()
    Image.new("1", (4001, 4000)).save(bomb, "PNG")
    status, told = send(as_bob, bomb.getvalue())
    assert (status, "too many pixels" in told) == (422, True)
    status, told = send(as_bob, photo(exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x05"))
    assert (status, "cannot be read" in told) == (422, True)
    too_long = begin(as_bob, 11 * 1_048_576, {"purpose": "picture", "filename": "me.jpg"})
    assert too_long.status_code == 413
    assert pictures(as_bob) == []
    assert not StoredFile.objects.exists()


def test_a_logo_is_for_everybody_who_knows_its_address(
    as_alice: Client, as_bob: Client, as_dana: Client, as_nobody: Client
) -> None:
    refused = begin(as_bob, 10, {"purpose": "logo", "filename": "logo.png"})
    assert refused.status_code == 403
    assert send(as_alice, photo(), "logo")[0] == 204
    url = logo_of(as_bob)
    assert url is not None
    assert as_dana.get("/api/guest").json()["interview"]["organisation_logo_url"] == url
    assert shown(as_nobody, url).size == (256, 256)
    assert as_bob.delete("/api/organisation/logo").status_code == 403
    assert as_alice.delete("/api/organisation/logo").status_code == 204
    assert logo_of(as_alice) is None
    assert as_nobody.get(url).status_code == 404
    assert not StoredFile.objects.exists()
    said = AuditEvent.objects.filter(action="organisation.changed").order_by("pk").values_list("detail", flat=True)
    assert list(said) == ["logo: changed", "logo: removed"]


def test_a_picture_goes_with_the_account(as_bob: Client, bob: Member) -> None:
    send(as_bob, photo())
    body = {"email": "bob@example.org"}
    assert as_bob.post("/api/me/delete", body, content_type="application/json").status_code == 204
    assert User.objects.get(pk=bob.user.pk).picture_id is None
    assert not StoredFile.objects.exists()
    assert default_storage.listdir("picture")[1] == []
