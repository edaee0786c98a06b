"""Files from end to end: a résumé that was asked for, and uploads that outlive broken lines and reloads."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.e2e.conftest import Invite
from tests.product import Client, Product

PHONE = {"width": 390, "height": 844}
SIZE = 20 * 1024 * 1024


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    path = tmp_path / "recording of the task.bin"
    path.write_bytes(b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(SIZE // 32)))
    return path


def test_a_resume_is_asked_for_sent_and_read(invite: Invite, product: Product, alice: Client, tmp_path: Path) -> None:
    interview = alice.post("/api/interviews", {"title": "Files with Dana", "candidate_name": "Dana Díaz"})
    resume = tmp_path / "Dana Díaz.pdf"
    resume.write_bytes(b"%PDF-1.7\n" + bytes(100_000))
    owner, dana = invite(product, "alice", alice), invite(product, "dana", viewport=PHONE)

    owner.goto(f"/interviews/{interview['id']}")
    files = owner.page.get_by_role("region", name="Files and links")
    expect(files.get_by_text("No files yet")).to_be_visible()
    files.get_by_role("button", name="Link").click()
    owner.page.get_by_label("Address").fill("https://example.org/work")
    owner.page.get_by_role("button", name="Add link").click()
    expect(files.get_by_test_id("attachment")).to_have_count(1)
    dana.page.goto(interview["candidate"]["link_url"])
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Files with Dana")
    expect(dana.page.get_by_role("region", name="Your résumé")).to_have_count(0)
    files.get_by_role("switch").click()

    mine = dana.page.get_by_role("region", name="Your résumé")
    mine.locator("input[type=file]").set_input_files(resume)
    expect(mine.get_by_test_id("attachment")).to_contain_text("Dana Díaz.pdf")
    assert "example.org" not in dana.page.content()

    row = files.get_by_test_id("attachment").filter(has_text="Dana Díaz.pdf")
    expect(row).to_contain_text("from the candidate")
    with owner.page.expect_download() as saved:
        row.get_by_role("button", name="Download").click()
    assert Path(saved.value.path()).read_bytes() == resume.read_bytes()
    assert saved.value.suggested_filename == "Dana Díaz.pdf"
    row.get_by_role("button", name="Remove").click()
    expect(mine.get_by_test_id("attachment")).to_have_count(0)


def test_a_picture_is_cut_by_keyboard_and_shown_to_colleagues(
    invite: Invite, product: Product, alice: Client, bob: Client, tmp_path: Path
) -> None:
    """And a logo to candidates; the colours chosen on one device are those of the other, from its first moment on."""
    photo = tmp_path / "me.jpg"
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(photo)
    owner, colleague = invite(product, "alice", alice), invite(product, "bob", bob)
    colleague.goto("/settings/members")
    seen = colleague.page.get_by_role("listitem").filter(has_text="alice@example.org").locator("img")
    expect(colleague.page.get_by_role("listitem").filter(has_text="alice@example.org")).to_be_visible()
    expect(seen).to_have_count(0)

    owner.goto("/settings/profile")
    owner.page.get_by_label("Choose a picture").set_input_files(photo)
    dialog = owner.page.get_by_role("dialog")
    shown = dialog.locator("img")
    dialog.get_by_role("slider").focus()
    owner.page.keyboard.press("End")
    dialog.get_by_role("group").focus()
    before = shown.get_attribute("style")
    for _ in range(3):
        owner.page.keyboard.press("ArrowDown")
    assert shown.get_attribute("style") != before
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [256, 256]

    owner.goto("/settings/organisation")
    owner.page.get_by_label("Choose a logo").set_input_files(photo)
    dialog.get_by_role("button", name="Save").press("Enter")
    interview = alice.post("/api/interviews", {"title": "With a logo", "candidate_name": "Dana Díaz"})
    dana = invite(product, "dana", viewport=PHONE)
    dana.page.goto(interview["candidate"]["link_url"])
    expect(dana.page.locator("header img[src^='/api/logos/']")).to_be_visible()
    owner.page.get_by_role("button", name="Remove", exact=True).click()
    expect(dana.page.locator("header img")).to_have_count(0)

    owner.goto("/settings/profile")
    owner.page.get_by_role("radio", name="Dark").click()
    other = invite(product, "laptop", alice)
    other.page.route("**/assets/*.js", lambda route: route.abort())
    other.goto("/settings/profile")
    assert other.evaluate("document.documentElement.classList.contains('dark')")
    other.page.unroute("**/assets/*.js")
    other.page.reload()
    other.page.get_by_role("radio", name="Light").click()
    expect(owner.page.get_by_role("radio", name="Light")).to_be_checked()
    expect(owner.page.locator("html.dark")).to_have_count(0)
    owner.page.get_by_role("button", name="Remove", exact=True).first.click()
    expect(seen).to_have_count(0)


def test_an_upload_outlives_a_broken_line_and_a_reload(
    invite: Invite, product: Product, alice: Client, large_file: Path
) -> None:
    interview = alice.post("/api/interviews", {"title": "A large file"})
    owner = invite(product, "alice", alice)
    broken = {"left": 2}

    def break_line(route: Route) -> None:
        if route.request.method == "PATCH" and broken["left"] > 0:
            broken["left"] -= 1
            route.abort("connectionreset")
        else:
            route.continue_()

    owner.page.route("**/api/uploads/*", break_line)
    owner.goto(f"/interviews/{interview['id']}")
    files = owner.page.get_by_role("region", name="Files and links")
    files.get_by_label("File", exact=True).set_input_files(large_file)
    expect(files.get_by_test_id("attachment")).to_have_count(1)
    assert broken["left"] == 0

    broken["left"] = 1000
    other = large_file.with_name("another.bin")
    other.write_bytes(large_file.read_bytes())
    with owner.page.expect_request(lambda request: request.method == "PATCH"):
        files.get_by_label("File", exact=True).set_input_files(other)
    files.get_by_role("button", name="Pause another.bin").click()
    expect(files.get_by_test_id("upload")).to_contain_text("Paused")
    owner.page.reload()
    expect(files.get_by_text("was cut off")).to_be_visible()
    broken["left"] = 0
    begun: list[str] = []
    owner.page.on("request", lambda request: begun.append(request.url) if request.url.endswith("/uploads") else None)
    files.get_by_label("File", exact=True).set_input_files(other)
    expect(files.get_by_test_id("attachment")).to_have_count(2)
    assert begun == [], "it went on where it was"

    stored = alice.get(f"/api/interviews/{interview['id']}/attachments")
    for each in stored:
        address = alice.post(f"/api/attachments/{each['id']}/address")["url"]
        content = alice.fetch(address, {})
        assert hashlib.sha256(content).digest() == hashlib.sha256(large_file.read_bytes()).digest()
