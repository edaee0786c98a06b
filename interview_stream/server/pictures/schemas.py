"""What the pictures API gives."""

from interview_stream.server.lib.schemas import Schema


class PictureOut(Schema):
    user_id: int
    url: str
    """A path of ours, for a member's browser; another picture has another."""
