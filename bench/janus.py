"""Debian's Janus as a peer to compare with: its VideoRoom plug-in, on a configuration of its own."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import aiohttp

from bench.descriptions import describe, receiving_section, sending_section
from bench.processes import ServerProcess
from bench.traffic import Publisher, Subscriber
from bench.webrtc_client import Remote
from interview_stream.sfu.wire.sdp import SessionDescription

PORT = 4818
_MOST_PUBLISHERS = 20
_CONFIGURATION = {
    # ICE-lite as ours is; sessions live as long as a round may last; everything else is the default.
    "janus.jcfg": """
general: {{ plugins_folder = "{libraries}/plugins" transports_folder = "{libraries}/transports"
  configs_folder = "{folder}" debug_level = 1 session_timeout = 0 }}
nat: {{ ice_lite = true }}
plugins: {{ disable = "{other_plugins}" }}
transports: {{ disable = "{other_transports}" }}
""",
    "janus.transport.websockets.jcfg": 'general: {{ ws = true ws_port = {port} ws_ip = "127.0.0.1" }}\n',
    "janus.plugin.videoroom.jcfg": "general: {{ }}\n",
}


class Janus:
    """The running server; rooms are made on it one after the other."""

    name = "janus"

    def __init__(self, folder: Path) -> None:
        libraries = next(Path("/usr/lib").glob("*/janus"), None)
        if libraries is None:
            raise RuntimeError("Janus is not installed: apt install janus.")
        values = {
            "libraries": libraries,
            "folder": folder,
            "port": PORT,
            "other_plugins": _others(libraries / "plugins", "libjanus_videoroom.so"),
            "other_transports": _others(libraries / "transports", "libjanus_websockets.so"),
        }
        for file, text in _CONFIGURATION.items():
            (folder / file).write_text(text.format(**values))
        self.process = ServerProcess(["janus", "-F", str(folder), "-C", str(folder / "janus.jcfg")], folder / "log")

    async def open_room(self) -> "JanusRoom":
        """Waits for the server if it has only just been started."""
        room = JanusRoom(self.process)
        await room.open()
        return room

    def close(self) -> None:
        self.process.close()


class JanusRoom:
    """One VideoRoom; closing it ends all its sessions."""

    def __init__(self, process: ServerProcess) -> None:
        self._process = process
        self._http = aiohttp.ClientSession()
        self._number = secrets.randbits(40)
        self._feeds: list[int] = []
        self._sessions: list[_Session] = []

    async def open(self) -> None:
        session = await self._session()
        await session.request(
            {"request": "create", "room": self._number, "publishers": _MOST_PUBLISHERS, "videocodec": "vp8"}
        )

    async def publish(self, publisher: Publisher) -> None:
        session = await self._session()
        joined, _ = await session.event({"request": "join", "ptype": "publisher", "room": self._number})
        self._feeds.append(joined["id"])
        sections = [sending_section(publisher.audio), sending_section(publisher.video)]
        offer = describe(publisher.client, sections, setup="active")
        _, answer = await session.event({"request": "configure"}, {"type": "offer", "sdp": offer})
        await publisher.client.connect(Remote.of(SessionDescription.parse(answer)))

    async def subscribe(self, subscriber: Subscriber) -> None:
        session = await self._session()
        streams = [{"feed": feed} for feed in self._feeds]
        join = {"request": "join", "ptype": "subscriber", "room": self._number, "streams": streams}
        _, text = await session.event(join)
        offer = SessionDescription.parse(text)
        sections = [receiving_section(section.kind, section.mid) for section in offer.sections]
        answer = describe(subscriber.client, sections, setup="active")
        await session.event({"request": "start"}, {"type": "answer", "sdp": answer})
        await subscriber.client.connect(Remote.of(offer))

    async def close(self) -> None:
        for session in self._sessions:
            await session.close()
        await self._http.close()

    async def _session(self) -> "_Session":
        session = _Session(await self._connect())
        await session.open()
        self._sessions.append(session)
        return session

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        return await self._process.first_answer(
            lambda: self._http.ws_connect(f"ws://127.0.0.1:{PORT}", protocols=["janus-protocol"]), 10
        )


class _Session:
    """One WebSocket with one Janus session and one handle of the VideoRoom plug-in."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._path: dict[str, int] = {}

    async def open(self) -> None:
        self._path["session_id"] = (await self._call({"janus": "create"}))["data"]["id"]
        attach = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        self._path["handle_id"] = (await self._call(attach))["data"]["id"]

    async def request(self, body: dict[str, Any]) -> None:
        """A request that the plug-in answers at once."""
        answer = await self._call({"janus": "message", "body": body})
        _check(answer["plugindata"]["data"])

    async def event(self, body: dict[str, Any], jsep: dict[str, str] | None = None) -> tuple[dict[str, Any], str]:
        """A request that is answered later; the plug-in's data and the description that came with it."""
        message: dict[str, Any] = {"janus": "message", "body": body}
        if jsep:
            message["jsep"] = jsep
        answer = await self._call(message, wanted="event")
        _check(answer["plugindata"]["data"])
        return answer["plugindata"]["data"], answer.get("jsep", {}).get("sdp", "")

    async def close(self) -> None:
        self._path.pop("handle_id", None)
        await self._call({"janus": "destroy"})
        await self._socket.close()

    async def _call(self, message: dict[str, Any], wanted: str = "success") -> dict[str, Any]:
        transaction = secrets.token_hex(8)
        await self._socket.send_json({**message, **self._path, "transaction": transaction})
        async with asyncio.timeout(10):
            while True:
                answer: dict[str, Any] = await self._socket.receive_json()
                if answer.get("transaction") == transaction and answer["janus"] in (wanted, "error"):
                    _check(answer)
                    return answer


def _check(answer: dict[str, Any]) -> None:
    if "error" in answer or "error_code" in answer:
        raise RuntimeError(f"Janus refused: {answer}")


def _others(folder: Path, wanted: str) -> str:
    return ",".join(file.name for file in folder.glob("*.so") if file.name != wanted)
