"""Firefox by WebDriver BiDi: as much of the protocol as a call needs, over the socket that Firefox itself opens."""

import itertools
import json
import re
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import ClientConnection, connect

PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.gmp-provider.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One headless Firefox with one tab; `evaluate` runs an expression in the page and returns its JSON value."""

    def __init__(self, folder: Path) -> None:
        profile = folder / "profile"
        profile.mkdir(parents=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        self._log = folder / "firefox.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
                stdout=log,
                stderr=log,
                env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
            )
        self._socket: ClientConnection = connect(self._address() + "/session", max_size=None)
        self._ids = itertools.count(1)
        self._command("session.new", {"capabilities": {}})
        self._context: str = self._command("browsingContext.getTree", {})["contexts"][0]["context"]

    def __enter__(self) -> "Firefox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._socket.close()

    def goto(self, url: str) -> None:
        self._command("browsingContext.navigate", {"context": self._context, "url": url, "wait": "complete"})

    def evaluate(self, expression: str) -> Any:
        """Awaits promises; raises AssertionError with the page's own words when the expression throws."""
        answer = self._command(
            "script.evaluate",
            {
                "expression": f"(async () => JSON.stringify(await ({expression})) ?? null)()",
                "target": {"context": self._context},
                "awaitPromise": True,
                "userActivation": True,
            },
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        text = answer["result"].get("value")
        return None if text is None else json.loads(text)

    def screenshot(self, path: Path) -> None:
        import base64

        answer = self._command("browsingContext.captureScreenshot", {"context": self._context})
        path.write_bytes(base64.b64decode(answer["data"]))

    def _address(self) -> str:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self._process.poll() is None:
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", self._log.read_text(errors="replace"))
            if found:
                return found.group(1)
            time.sleep(0.1)
        raise AssertionError(f"Firefox opened no debugging socket: {self._log.read_text(errors='replace')[-2000:]}")

    def _command(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=120))
            if answer.get("id") == number:
                assert answer["type"] == "success", f"{method}: {answer.get('error')}: {answer.get('message')}"
                return answer["result"]
