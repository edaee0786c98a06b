"""Live queries: any read can be watched over one WebSocket and is sent again when it changed.

@live.query("interviews.list")
def list_interviews(actor: Actor) -> list[InterviewOut]: ...
"""

from interview_stream.server.live.registry import query

__all__ = ["query"]
