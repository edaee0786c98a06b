"""mediasoup as a peer to compare with: one worker with a router for each room.

It is no dependency of the project, as installing it compiles C++; whoever wants it says where it is. The CPU that
counts is that of the worker and of the Node process that started it, which has next to nothing to do meanwhile.
"""

import secrets
from pathlib import Path
from typing import Any

import aiohttp

from bench.descriptions import sending_section
from bench.processes import ServerProcess
from bench.traffic import Publisher, Subscriber
from bench.webrtc_client import Client, Remote, local_host
from interview_stream.sfu.wire.sdp import Codec, Fingerprint, Section

PORT = 4819
_SERVER_JS = Path(__file__).parents[1] / "web" / "bench" / "mediasoup-server.js"


class Mediasoup:
    """The running server; rooms are made on it one after the other."""

    name = "mediasoup"

    def __init__(self, folder: Path, installed: Path) -> None:
        """`installed` is the folder that holds node_modules/mediasoup."""
        if not (installed / "node_modules" / "mediasoup" / "package.json").exists():
            raise RuntimeError(f"mediasoup is not installed in {installed}; see CONTRIBUTING.md.")
        command = ["node", str(_SERVER_JS), str(installed.resolve()), str(PORT), local_host()]
        self.process = ServerProcess(command, folder / "log")

    async def open_room(self) -> "MediasoupRoom":
        """Waits for the server if it has only just been started."""
        room = MediasoupRoom(self.process)
        await room.open()
        return room

    def close(self) -> None:
        self.process.close()


class MediasoupRoom:
    """One router; closing it ends all its transports."""

    def __init__(self, process: ServerProcess) -> None:
        self._process = process
        self._http = aiohttp.ClientSession(f"http://127.0.0.1:{PORT}")
        self._name = secrets.token_hex(8)

    async def open(self) -> None:
        await self._process.first_answer(lambda: self._ask("open"), 10)

    async def publish(self, publisher: Publisher) -> None:
        sections = [sending_section(publisher.audio), sending_section(publisher.video)]
        answer = await self._ask("publish", publisher.client, tracks=[_producer(section) for section in sections])
        await publisher.client.connect(_remote(answer))

    async def subscribe(self, subscriber: Subscriber) -> None:
        answer = await self._ask("subscribe", subscriber.client)
        subscriber.transport_extension = answer["transport_extension"]
        await subscriber.client.connect(_remote(answer))

    async def close(self) -> None:
        await self._ask("close")
        await self._http.close()

    async def _ask(self, action: str, client: Client | None = None, **more: Any) -> dict[str, Any]:
        request = {"room": self._name, **more}
        if client:
            fingerprint = client.fingerprint
            request["fingerprint"] = {"algorithm": fingerprint.algorithm, "value": fingerprint.value}
        async with self._http.post(f"/{action}", json=request) as response:
            if response.status != 200:
                raise RuntimeError(f"mediasoup refused: {await response.text()}")
            answer: dict[str, Any] = await response.json(content_type=None)
            return answer


def _remote(answer: dict[str, Any]) -> Remote:
    fingerprint = Fingerprint("sha-256", answer["fingerprint"])
    return Remote(answer["ufrag"], answer["password"], fingerprint, (answer["host"], answer["port"]))


def _producer(section: Section) -> dict[str, Any]:
    """What `transport.produce` takes, of a section that sends."""
    parameters = {
        "mid": section.mid,
        "codecs": [_codec(section.kind, codec) for codec in section.codecs],
        "headerExtensions": [{"id": id_, "uri": uri} for id_, uri in section.extensions.items()],
        "encodings": [{"ssrc": ssrc} for ssrc in section.ssrcs],
        "rtcp": {"cname": "bench"},
    }
    return {"kind": section.kind, "rtpParameters": parameters}


def _codec(kind: str, codec: Codec) -> dict[str, Any]:
    values = dict(pair.split("=") for pair in codec.fmtp.split(";") if pair)
    described: dict[str, Any] = {
        "mimeType": f"{kind}/{codec.name}",
        "payloadType": codec.payload_type,
        "clockRate": codec.clock_rate,
        "parameters": {name: int(value) for name, value in values.items()},
        "rtcpFeedback": [dict(zip(("type", "parameter"), each.split(), strict=False)) for each in codec.feedback],
    }
    return described | ({"channels": codec.channels} if codec.channels else {})
