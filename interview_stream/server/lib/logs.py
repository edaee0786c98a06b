"""Keeps out of the log what has no place in it: refused requests, with which anyone could fill the disk, and tokens."""

import logging


class FailuresOnly(logging.Filter):
    """For `django.request`: lets through what an exception stands behind; an answer of 503 that was meant is not news.

    Addresses carry tokens, so the pattern of the address stands in for it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        record.msg, record.args = (
            "Answered %s at %s",
            (record.__dict__.get("status_code"), match.route if match else "?"),
        )
        return record.levelno >= logging.ERROR and bool(record.exc_info)


class NoRefusedSockets(logging.Filter):
    """For `uvicorn.error`: it takes a WebSocket that we refuse, with an answer, for an error of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg != "ASGI callable returned without completing handshake."
