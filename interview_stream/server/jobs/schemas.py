"""The shape of a failed job on the wire."""

import uuid
from datetime import datetime

from interview_stream.server.lib.schemas import Schema


class FailedJobOut(Schema):
    id: uuid.UUID
    title: str
    failed_at: datetime
    tries: int
    reason: str
    """In plain words."""
    technical: str
    """The line that names the error, for whoever reads the log."""
