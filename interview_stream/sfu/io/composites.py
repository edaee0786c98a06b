"""Egress of several tracks to one file: captures each of them, then has another process make the file.

Of its captures, which are recordings as any other, neither lists nor webhooks tell. There is one way to begin one:
`reconcile` compares what is in the room with what is captured. What a composite is, is kept beside its captures, so
that the file is made after a crash too.
"""

import asyncio
import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from livekit.protocol.egress import DirectFileOutput, EgressInfo, EgressStatus, TrackEgressRequest
from livekit.protocol.webhook import WebhookEvent

from interview_stream.sfu.core.engine import Engine, NotFoundError, WrongStateError, refusal_to_record
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.room import Room
from interview_stream.sfu.core.track import Track
from interview_stream.sfu.io.composing import composed, described
from interview_stream.sfu.io.egress_requests import Wanted
from interview_stream.sfu.io.recorder import CaptureFolder, CapturePathError
from interview_stream.sfu.io.webhooks import Webhooks

logger = logging.getLogger(__name__)

PREFIX = ".composites"
"""The folder, below the captures, of those that are part of a composite."""
MANIFEST = "egress.json"
LOOK_S = 0.5
RUNNING = (EgressStatus.EGRESS_STARTING, EgressStatus.EGRESS_ACTIVE)
STIRRING = ("track_published", "track_unpublished", "participant_left", "room_finished")


def is_part(info: EgressInfo) -> bool:
    """Whether this is the capture of a track for a composite."""
    return info.track.file.filepath.startswith(f"{PREFIX}/")


@dataclass(eq=False)
class Composite:
    """One egress of several tracks."""

    info: EgressInfo
    target: str
    """Below the captures, without ending."""
    folder: Path
    wanted: Wanted | None = None
    """None for one that a process before this one left."""
    parts: list[EgressInfo] = field(default_factory=list)
    outcome: EgressStatus = EgressStatus.EGRESS_COMPLETE
    """What it will have been once its file is made."""
    lock: int = -1
    """Descriptor by which other processes know that it was not left behind."""

    @property
    def is_running(self) -> bool:
        return self.info.status in RUNNING

    def captures(self) -> list[Path]:
        """All that were begun, in that order, by earlier processes too."""
        return sorted(self.folder.glob("*.rtp"), key=lambda path: int(path.name.partition("-")[0]))

    def is_capturing(self, sid: str) -> bool:
        """Whether this track is being captured."""
        return any(part.track.track_id == sid and part.status in RUNNING for part in self.parts)


class Composites:
    """An EventSink between the rooms and the webhooks; all composites of this process."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        files: CaptureFolder,
        webhooks: Webhooks,
        clock: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._files = files
        self._webhooks = webhooks
        self._clock = clock
        self._all: dict[str, Composite] = {}
        self._making: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(1)

    @property
    def is_idle(self) -> bool:
        """Whether there is none whose file is still to be made."""
        return not self._all

    def infos(self) -> list[EgressInfo]:
        """Those that are not over."""
        return [each.info for each in self._all.values()]

    def happened(self, event: WebhookEvent) -> None:
        if not is_part(event.egress_info):
            self._webhooks.happened(event)
        if self._all and event.event in STIRRING:
            # The room is in the middle of what it tells of.
            asyncio.get_running_loop().call_soon(self.reconcile)

    def sampled(self, event: WebhookEvent, connections: list[dict[str, object]]) -> None:
        self._webhooks.sampled(event, connections)

    def start(self, info: EgressInfo, target: str, wanted: Wanted) -> None:
        """Begin; raises CapturePathError."""
        self._files.path(target)
        if Path(target).parts[0] == PREFIX:
            raise CapturePathError(f"{PREFIX} is used by the media engine itself")
        for path in self._files.path(target).parent.glob("*"):
            if path.stem == Path(target).name and path.is_file():
                raise CapturePathError(f"there is a file {path.name} already")
        composite = Composite(info, target, self._files.root / PREFIX / info.egress_id, wanted)
        try:
            composite.folder.mkdir(parents=True)
            composite.lock = _locked(composite.folder)
        except OSError as error:
            raise CapturePathError(f"cannot write below the captures: {error.strerror}") from None
        self._all[info.egress_id] = composite
        self._keep(composite)
        self._tell("egress_started", composite)
        self.reconcile()

    def stop(self, egress_id: str) -> EgressInfo | None:
        """End a composite, whose file is then made; None if there is no such. Raises WrongStateError."""
        composite = self._all.get(egress_id)
        if composite is None:
            return None
        if not composite.is_running:
            raise WrongStateError(f"egress with id {egress_id} is ending already")
        self._finish(composite, "stopped")
        return composite.info

    async def watch(self) -> None:
        """Follow rooms: what was not told (somebody consented, a packet came) is found by looking."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.reconcile()

    def reconcile(self) -> None:
        """Capture what should be, and end what is over."""
        for composite in [each for each in self._all.values() if each.is_running]:
            try:
                self._reconcile(composite)
            except Exception:
                logger.exception("the composite %s cannot go on", composite.info.egress_id)
                self._finish(composite, "internal error", failure="internal error")

    async def close(self) -> None:
        """The process ends, its rooms have: files that are not made yet are made by the next process."""
        for composite in [each for each in self._all.values() if each.is_running]:
            self._finish(composite, "the media engine stopped")
        for task in list(self._making):
            task.cancel()
        await asyncio.gather(*self._making, return_exceptions=True)
        for composite in self._all.values():
            os.close(composite.lock)
        self._all.clear()

    def recover(self) -> None:
        """Make the files of composites that an earlier process left; their captures must be closed."""
        for manifest in sorted((self._files.root / PREFIX).glob(f"*/{MANIFEST}")):
            if manifest.parent.name in self._all:
                continue
            lock = _locked(manifest.parent)
            if lock < 0:
                continue  # of another process of this installation
            composite = _left(manifest)
            if composite is None:
                os.close(lock)
                continue
            composite.lock = lock
            self._all[composite.info.egress_id] = composite
            if composite.is_running:
                composite.outcome = EgressStatus.EGRESS_ABORTED
                composite.info.error = "the media engine stopped unexpectedly"
                self._ending(composite, "aborted")
            self._make_soon(composite)

    # What one composite does.

    def _reconcile(self, composite: Composite) -> None:
        assert composite.wanted is not None
        room = self._engine().rooms.get(composite.info.room_name)
        if room is None or room.sid != composite.info.room_id:
            self._finish(composite, "the room ended here")
            return
        failed = next((part for part in composite.parts if part.status == EgressStatus.EGRESS_FAILED), None)
        if failed is not None:
            self._finish(composite, failed.error, failure=failed.error)
            return
        if composite.wanted.is_over(room):
            self._finish(composite, "the tracks ended")
            return
        for publisher, track in list(room.tracks()):
            is_wanted = composite.wanted.includes(publisher, track) and not composite.is_capturing(track.sid)
            if is_wanted and composite.is_running:
                self._capture(composite, room, publisher, track)
        is_first = composite.info.status == EgressStatus.EGRESS_STARTING
        if is_first and any(part.status != EgressStatus.EGRESS_STARTING for part in composite.parts):
            composite.info.status = EgressStatus.EGRESS_ACTIVE
            self._keep(composite)
            self._tell("egress_updated", composite)

    def _capture(self, composite: Composite, room: Room, publisher: Participant, track: Track) -> None:
        if refusal_to_record(publisher, track):
            return
        path = f"{PREFIX}/{composite.info.egress_id}/{len(composite.parts)}-{track.sid}.rtp"
        request = TrackEgressRequest(room_name=room.name, track_id=track.sid, file=DirectFileOutput(filepath=path))
        try:
            composite.parts.append(self._engine().record_track(request, self._files.open, self._clock()))
        except CapturePathError as error:
            self._finish(composite, str(error), failure=str(error))

    def _finish(self, composite: Composite, reason: str, *, failure: str = "") -> None:
        if failure:
            composite.outcome, composite.info.error = EgressStatus.EGRESS_FAILED, failure
        self._ending(composite, reason)
        for part in composite.parts:
            if part.status in RUNNING:
                with suppress(NotFoundError, WrongStateError):
                    self._engine().stop_recording(part.egress_id, self._clock())
        self._make_soon(composite)

    def _ending(self, composite: Composite, reason: str) -> None:
        info = composite.info
        info.status, info.details = EgressStatus.EGRESS_ENDING, reason
        info.updated_at = self._unix_ns()
        self._keep(composite)
        self._tell("egress_updated", composite)

    def _make_soon(self, composite: Composite) -> None:
        task = asyncio.get_running_loop().create_task(self._make(composite))
        self._making.add(task)
        task.add_done_callback(self._making.discard)

    async def _make(self, composite: Composite) -> None:
        for part in composite.parts:
            await self._files.closed(part.egress_id)
        async with self._turn:
            answer = await composed(
                composite.info.egress_id, composite.captures(), self._files.root / composite.target, composite.folder
            )
        self._conclude(composite, answer)
        if answer is not None and answer.get("is_whole", True):
            await asyncio.to_thread(shutil.rmtree, composite.folder, ignore_errors=True)
        else:
            (composite.folder / MANIFEST).unlink(missing_ok=True)  # not to be tried at each start
        os.close(composite.lock)
        del self._all[composite.info.egress_id]
        self._engine().remember(composite.info)
        self._tell("egress_ended", composite)

    def _conclude(self, composite: Composite, answer: dict[str, Any] | None) -> None:
        """Describe the result."""
        info = composite.info
        if answer is None:
            composite.outcome = EgressStatus.EGRESS_FAILED
            info.error = "the file could not be made; the server's log says why, and the captures are kept"
        elif "nothing" in answer:
            if composite.outcome == EgressStatus.EGRESS_COMPLETE:
                composite.outcome = EgressStatus.EGRESS_ABORTED
                info.error = f"nothing was recorded: {answer['nothing']}"
        else:
            result = described(answer, self._files.root)
            info.file_results.append(result)
            if info.WhichOneof("request") != "participant" and _request(info).WhichOneof("output") == "file":
                info.file.CopyFrom(result)  # whoever asks by the older field looks for the answer in the older one
            info.details = " ".join([info.details, *answer["left_out"]])
        info.status = composite.outcome
        info.ended_at = info.updated_at = self._unix_ns()

    def _tell(self, event: str, composite: Composite) -> None:
        self._webhooks.happened(WebhookEvent(event=event, egress_info=composite.info))

    def _keep(self, composite: Composite) -> None:
        """Beside the captures, whole or as before."""
        kept = {
            "target": composite.target,
            "outcome": EgressStatus.Name(composite.outcome),
            "info": MessageToDict(composite.info),
        }
        part = composite.folder / f"{MANIFEST}.part"
        try:
            part.write_text(json.dumps(kept))
            part.replace(composite.folder / MANIFEST)
        except OSError as error:
            logger.error("cannot note how %s stands: %s", composite.info.egress_id, error)

    def _unix_ns(self) -> int:
        return int(self._engine().services.unix(self._clock()) * 1e9)


def _request(info: EgressInfo) -> Any:
    return getattr(info, str(info.WhichOneof("request")))


def _left(manifest: Path) -> Composite | None:
    try:
        kept = json.loads(manifest.read_text())
        return Composite(
            ParseDict(kept["info"], EgressInfo(), ignore_unknown_fields=True), kept["target"], manifest.parent
        )
    except (OSError, ValueError, KeyError, TypeError, ParseError) as error:
        logger.warning("the composite %s cannot be read: %s", manifest, error)
        return None


def _locked(folder: Path) -> int:
    """Hold the folder until it is closed, by us or by our death; -1 if another process does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return -1
    except OSError:  # where the file system cannot tell, nobody does
        return descriptor
    return descriptor
