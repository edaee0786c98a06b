"""Firefox by WebDriver BiDi: as much of the protocol as a call needs, over the socket that Firefox itself opens."""

import base64
import itertools
import json
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.product import wait_for

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

# Runs before any script of each page, so that nothing is missed.
WATCH_PROBLEMS = """
window.problems = [];
addEventListener("error", (event) => problems.push(`uncaught ${event.message}`));
addEventListener("unhandledrejection", (event) => problems.push(`unhandled ${event.reason}`));
addEventListener("securitypolicyviolation", (event) =>
  problems.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""

# Where to click: the middle of an element that is there, enabled, at rest and not covered.
MIDDLE = """(async (selector) => {
  const middle = () => {
    const element = document.querySelector(selector);
    if (!element || element.disabled || element.ariaDisabled === "true") return null;
    element.scrollIntoView({block: "nearest"});
    const {x, y, width, height} = element.getBoundingClientRect();
    const place = [Math.round(x + width / 2), Math.round(y + height / 2)];
    return element.contains(document.elementFromPoint(...place)) ? place : null;
  };
  const before = middle();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const after = middle();
  if (!before || !after || before[0] !== after[0] || before[1] !== after[1]) return null;
  window.pressed = false;
  document.querySelector(selector).addEventListener("click", () => { pressed = true; }, {once: true});
  return after;
})"""


class Firefox:
    """One headless Firefox with one tab; `evaluate` runs an expression in the page and returns its JSON value."""

    def __init__(self, folder: Path) -> None:
        """Starts on entering; `folder` becomes its home."""
        self._folder, self._log = folder, folder / "firefox.log"
        self._ids = itertools.count(1)
        self._socket: ClientConnection
        self._context: str

    def __enter__(self) -> "Firefox":
        with ExitStack() as stack:
            process = self._start()
            stack.callback(_end, process)
            self._socket = stack.enter_context(connect(self._address(process) + "/session", max_size=None, proxy=None))
            self._command("session.new", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": True}}})
            self._context = self._command("browsingContext.getTree", {})["contexts"][0]["context"]
            self.run_first(WATCH_PROBLEMS)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def run_first(self, script: str) -> None:
        """Before the scripts of each page from now on."""
        self._command("script.addPreloadScript", {"functionDeclaration": f"() => {{ {script} }}"})

    def resize(self, width: int, height: int) -> None:
        viewport = {"width": width, "height": height}
        self._command("browsingContext.setViewport", {"context": self._context, "viewport": viewport})

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

    def press(self, selector: str) -> None:
        """A real click, once the element can take one; again, if the page moved it away from under the pointer."""

        def hit() -> bool:
            middle = self.evaluate(f"{MIDDLE}({json.dumps(selector)})")
            if middle is None:
                return False
            x, y = middle
            move = {"type": "pointerMove", "x": x, "y": y}
            self._act("pointer", [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])
            return bool(self.evaluate("window.pressed !== false"))

        wait_for(hit, selector)

    def type(self, text: str) -> None:
        """Real keys, into what has the focus."""
        self._act("key", [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")])

    def sees(self, selector: str) -> None:
        wait_for(lambda: self.evaluate(f"!!document.querySelector({json.dumps(selector)})"), selector)

    def problems(self) -> list[str]:
        """Uncaught errors and blocked resources of the page."""
        return [f"Firefox: {line}" for line in self.evaluate("window.problems")]

    def screenshot(self, path: Path) -> None:
        answer = self._command("browsingContext.captureScreenshot", {"context": self._context})
        path.write_bytes(base64.b64decode(answer["data"]))

    def _act(self, kind: str, actions: list[dict[str, Any]]) -> None:
        source = {"type": kind, "id": kind, "actions": actions}
        self._command("input.performActions", {"context": self._context, "actions": [source]})

    def _start(self) -> "subprocess.Popen[bytes]":
        profile = self._folder / "profile"
        profile.mkdir(parents=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        with self._log.open("wb") as log:
            return subprocess.Popen(
                ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
                stdout=log,
                stderr=log,
                env={"HOME": str(self._folder), "PATH": "/usr/bin:/bin", "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
            )

    def _address(self, process: "subprocess.Popen[bytes]") -> str:
        def found() -> str:
            said = self._log.read_text(errors="replace")
            if process.poll() is not None:
                raise RuntimeError(f"Firefox ended: {said[-2000:]}")
            return "".join(re.findall(r"WebDriver BiDi listening on (ws://\S+)", said))

        return wait_for(found, "Firefox's debugging socket")

    def _command(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=120))
            if answer.get("id") == number:
                assert answer["type"] == "success", f"{method}: {answer.get('error')}: {answer.get('message')}"
                return answer["result"]


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
