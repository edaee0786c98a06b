"""Sessions in the database, as Django keeps them; one is looked up with every request, by a prepared statement."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from interview_stream.server.lib.prefetching import rows_by


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = rows_by(self.model, "pk", [self.session_key])
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None
