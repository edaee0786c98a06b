"""Ties recordings into the product: what the engine's events, an ended interview and the worker start."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "interview_stream.server.recordings"
    label = "recordings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.endings import on_account_end, on_erasure
        from interview_stream.server.calls import consents, events
        from interview_stream.server.interviews.endings import on_end
        from interview_stream.server.lib import chores
        from interview_stream.server.recordings import actions, capturing, queries, tasks

        events.on("track_published", capturing.note_track_published)
        events.on("participant_joined", capturing.note_track_published)
        events.on("egress_ended", capturing.note_egress_ended)
        events.on("room_finished", actions.note_room_finished)
        consents.on_change(capturing.note_consent)
        on_end(actions.stop_recordings_of)
        on_account_end(actions.unname_participant)
        on_erasure(actions.erase_files_of)
        chores.every(3.0)(tasks.reconcile_recordings)
        assert queries  # registers the live queries
