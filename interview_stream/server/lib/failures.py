"""What went wrong, in words for somebody who runs the installation but did not write it."""

import smtplib
import sqlite3

from django.db import DatabaseError, OperationalError
from django.utils.module_loading import import_string

# The first that the exception is one of; the more particular stand before the more general.
_WORDS: list[tuple[type[BaseException], str]] = [
    (smtplib.SMTPAuthenticationError, "The mail server did not accept the user name or the password."),
    (smtplib.SMTPRecipientsRefused, "The mail server refused the recipient's address."),
    (smtplib.SMTPSenderRefused, "The mail server refused the sender's address (INTERVIEW_STREAM_MAIL_FROM)."),
    (smtplib.SMTPException, "The mail server did not take the message."),
    (ConnectionRefusedError, "The other server refused the connection: is it running, and is the address right?"),
    (TimeoutError, "The other server did not answer in time."),
    (FileNotFoundError, "A file that is needed is not there."),
    (PermissionError, "The server may not read or write a file that it needs."),
    (ConnectionError, "The connection to the other server broke off."),
    (MemoryError, "The machine ran out of memory."),
    (OperationalError, "The database was busy, or its disk is full."),
    (sqlite3.OperationalError, "The database was busy, or its disk is full."),
    (DatabaseError, "The database refused this."),
    (OSError, "The machine or the network refused this: a name that is not known, or a disk that is full."),
    (ImportError, "This version of the product does not know how to do this."),
]
_UNEXPECTED = "Something unexpected went wrong. The server's log says more."


def plain_words(class_path: str, traceback: str = "") -> str:
    """A sentence for the kind of error; one of the product's own brings its sentence along."""
    from interview_stream.server.lib.problems import Problem

    try:
        kind = import_string(class_path)
    except ImportError:
        return _UNEXPECTED
    if isinstance(kind, type) and issubclass(kind, Problem):
        return technical_line(traceback).partition(": ")[2] or _UNEXPECTED
    return next((words for known, words in _WORDS if isinstance(kind, type) and issubclass(kind, known)), _UNEXPECTED)


def technical_line(traceback: str) -> str:
    """The line of a traceback that names the error."""
    lines = [line for line in traceback.splitlines() if line.strip() and not line.startswith((" ", "\t"))]
    return (lines[-1] if lines else "")[:300]
