"""Keeps refused requests out of the log: they are the callers' mistakes, and anyone could fill the disk with them."""

import logging


class FailuresOnly(logging.Filter):
    """Lets through what an exception stands behind; an answer of 503 that was meant is not news."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR and bool(record.exc_info)
