"""The API keeps to its own description, whatever it is sent: schemathesis against the running product."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.product import PASSWORD, Client, Product

DESCRIPTION = Path(__file__).parents[2] / "web" / "src" / "api" / "openapi.json"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# `make nightly` asks for more.
EXAMPLES = os.environ.get("TEST_OPENAPI_EXAMPLES", "6")
PHASES = "coverage,fuzzing" if int(EXAMPLES) > 6 else "fuzzing"
# What ends the session that asks would make all the rest a stranger's.
ENDS_THE_SESSION = ["leave_organisation", "delete_account", "revoke_session"]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("openapi") / "data").start()
    yield product
    product.stop()


def explore(product: Product, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "run", str(DESCRIPTION), "--url", product.url]
    command += ["--checks", CHECKS, "--mode", "all", "--phases", PHASES, "--max-examples", EXAMPLES]
    command += ["--generation-deterministic", "--no-shrink", "--suppress-health-check", "all", "--warnings", "off"]
    for operation in ENDS_THE_SESSION:
        command += ["--exclude-operation-id", operation]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, cwd=folder, timeout=600)


@pytest.fixture(scope="module")
def owner(product: Product) -> Client:
    return product.owner()


@pytest.fixture(scope="module")
def interviewer(product: Product, owner: Client) -> Client:
    owner.post("/api/member-invitations", {"emails": ["ivy@example.org"], "role": "interviewer"})
    link = owner.get("/api/member-invitations")[0]["link_url"].rsplit("/", 1)[1]
    client = Client(product.url)
    client.post(f"/api/invitation-links/{link}", {"name": "Ivy", "password": PASSWORD})
    return client


def headers_of(client: Client, product: Product) -> list[str]:
    """What a browser sends for whoever has signed in there."""
    cookies = {cookie.name: cookie.value or "" for cookie in client.cookies}
    token = next(value for name, value in cookies.items() if name.endswith("csrftoken"))
    both = "; ".join(f"{name}={value}" for name, value in cookies.items())
    lines = [f"Cookie: {both}", f"X-CSRFToken: {token}", f"Origin: {product.url}"]
    return [word for line in lines for word in ("--header", line)]


# The owner comes last: what is tried may well remove the other.
@pytest.mark.parametrize("role", [None, "interviewer", "owner"])
def test_no_answer_is_a_failure_or_undocumented(
    product: Product, tmp_path: Path, request: pytest.FixtureRequest, role: str | None
) -> None:
    arguments = headers_of(request.getfixturevalue(role), product) if role else []
    done = explore(product, tmp_path, *arguments)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "No issues found" in done.stdout, done.stdout[-2000:]
