"""A call over https with the certificate that the product makes for itself, from the owner link on."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.conftest import SCREENSHOTS, come_in, join_from_lobby, open_candidate_link, seating
from tests.e2e.measuring import keeps_decoding
from tests.e2e.people import claim_owner_link
from tests.product import Product, wait_for


def test_a_call_over_a_self_signed_certificate(chromium: Browser, tmp_path: Path) -> None:
    """Camera, signalling and live data on a secure origin, with Secure cookies and HSTS."""
    # `env` in front, because the usual wait for health knows no such certificate.
    product = Product(tmp_path / "data", arguments=["--tls-self-signed"], prefix=["env"]).start()
    product.url = product.url.replace("http:", "https:")
    try:
        with seating(chromium, SCREENSHOTS / "test_tls") as invite:
            alice = invite(product, "alice", ignore_https_errors=True)
            dana = invite(product, "dana", ignore_https_errors=True)
            wait_for(lambda: "is ready at" in product.output(), "the greeting")
            claim_owner_link(alice)
            alice.page.wait_for_url(lambda url: "/welcome" not in url)
            link = alice.evaluate(
                """async () => {
                  const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
                  const answer = await fetch("/api/interviews", {
                    method: "POST",
                    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
                    body: JSON.stringify({ title: "Secure" }),
                  });
                  const interview = await answer.json();
                  return [interview.id, interview.candidate.link_url];
                }"""
            )
            assert link[1].startswith(product.url)
            alice.goto(f"/interviews/{link[0]}/room")
            join_from_lobby(alice)
            open_candidate_link(dana, link[1], "Dana Díaz")
            come_in(dana, alice)
            keeps_decoding(alice)
            keeps_decoding(dana)
            assert all(cookie.get("secure") for cookie in alice.context.cookies())
    finally:
        product.stop()
