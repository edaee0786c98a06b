"""The text of updates. Encoded once for all clients of a round that are told the same."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from interview_stream.server.live.outcomes import Answer
from interview_stream.server.live.patches import patch
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
        self._made_of: dict[int, Update] = {}
        """By the batch itself, which those who are told alike have in common."""
        self._patches: dict[tuple[str, str | None], bytes | None] = {}

    def of(self, batch: Batch) -> Update:
        """Of a batch that is kept as long as this."""
        found = self._made_of.get(id(batch))
        if found is None:
            found = self._made_of[id(batch)] = self._of_equal(batch)
        return found

    def _of_equal(self, batch: Batch) -> Update:
        key = tuple(
            (answer.number, answer.etag, answer.data is None, answer.base and answer.base.etag)
            for answer in batch.answers
        )
        found = self._made.get(key)
        if found is None:
            found = self._update(batch)
            if all(answer.problem is None for answer in batch.answers):
                self._made[key] = found
        return found

    def _update(self, batch: Batch) -> Update:
        answers = [answer for answer in batch.answers if answer.number != WHO_ASKS]
        message = _message(batch.version, map(self._result, answers)) if answers else b""
        return Update(message, text_frame(message), len(answers) < len(batch.answers))

    def _result(self, answer: Answer) -> bytes:
        change = self._patch(answer)
        if change is None or answer.base is None:
            return _result(answer)
        given = (answer.number, (answer.etag or "").encode(), answer.base.etag.encode(), change)
        return b'{"id":%d,"etag":"%b","base":"%b","patch":%b}' % given

    def _patch(self, answer: Answer) -> bytes | None:
        """Made once for all who go from the same result to the same."""
        if answer.base is None or answer.data is None:
            return None
        key = (answer.base.etag, answer.etag)
        if key not in self._patches:
            self._patches[key] = patch(answer.base.data, answer.data)
        return self._patches[key]


def update_message(version: int | None, answers: Iterable[Answer]) -> bytes:
    return _message(version, map(_result, answers))


def _message(version: int | None, texts: Iterable[bytes]) -> bytes:
    results = b",".join(texts)
    return b'{"type":"update","version":%b,"results":[%b]}' % (b"null" if version is None else b"%d" % version, results)


def _result(answer: Answer) -> bytes:
    if answer.problem is not None:
        return json.dumps({"id": answer.number, "problem": answer.problem}, separators=(",", ":")).encode()
    head = b'{"id":%d,"etag":"%b"' % (answer.number, (answer.etag or "").encode())
    return head + b"}" if answer.data is None else head + b',"data":%b}' % answer.data
