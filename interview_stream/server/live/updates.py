"""The text of updates. Encoded once for all clients of a round that are told the same."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from interview_stream.server.live.outcomes import Answer
from interview_stream.server.live.push import text_frame
from interview_stream.server.live.runs import Batch

WHO_ASKS = -1
"""The number of the connection's own subscription; clients count from 0."""


@dataclass(frozen=True, slots=True)
class Update:
    """What goes to one client, ready to be sent."""

    message: bytes
    """Empty when there is nothing to tell."""
    frame: bytes
    is_about_asker: bool
    """The connection has heard of whom it speaks for."""


class Updates:
    """Those of one round."""

    def __init__(self) -> None:
        self._made: dict[object, Update] = {}

    def of(self, batch: Batch) -> Update:
        key = tuple((answer.number, answer.etag, answer.data is None) for answer in batch.answers)
        found = self._made.get(key)
        if found is None:
            found = _update(batch)
            if all(answer.problem is None for answer in batch.answers):
                self._made[key] = found
        return found


def _update(batch: Batch) -> Update:
    answers = [answer for answer in batch.answers if answer.number != WHO_ASKS]
    message = update_message(batch.version, answers) if answers else b""
    return Update(message, text_frame(message), len(answers) < len(batch.answers))


def update_message(version: int | None, answers: Iterable[Answer]) -> bytes:
    results = b",".join(map(_result, answers))
    return b'{"type":"update","version":%b,"results":[%b]}' % (b"null" if version is None else b"%d" % version, results)


def _result(answer: Answer) -> bytes:
    if answer.problem is not None:
        return json.dumps({"id": answer.number, "problem": answer.problem}, separators=(",", ":")).encode()
    head = b'{"id":%d,"etag":"%b"' % (answer.number, (answer.etag or "").encode())
    return head + b"}" if answer.data is None else head + b',"data":%b}' % answer.data
