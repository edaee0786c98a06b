"""Says which failures of the database are nobody's fault: transactions that got in each other's way."""

from django.db import OperationalError

# SQLSTATE (PostgreSQL, appendix A): serialisation failure, deadlock. SQLite has neither: one writer is in at a time.
_CONFLICTS = {"40001", "40P01"}

PAUSES_S = (0.01, 0.05, 0.2, 0.5)
"""Before each further try, as a share between a half and the whole that differs from one process to another."""


def is_conflict(error: OperationalError) -> bool:
    """Whether the same transaction, begun anew, may go through."""
    return getattr(error.__cause__, "sqlstate", None) in _CONFLICTS
