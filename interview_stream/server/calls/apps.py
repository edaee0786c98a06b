"""Ties calls into the product: what the media engine's events, an ended interview and the worker start."""

from datetime import timedelta

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "interview_stream.server.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.endings import (
            on_access_change,
            on_erasure,
            on_lockdown,
            on_session_end,
        )
        from interview_stream.server.calls import actions, door, events, floor, queries, seats, tasks
        from interview_stream.server.interviews.endings import on_end, on_link_end
        from interview_stream.server.lib import chores
        from interview_stream.server.lib.schedules import Every, schedule

        events.on("room_started", actions.note_call)
        events.on("participant_joined", actions.note_call)
        events.on("participant_joined", actions.note_person)
        events.on("participant_left", floor.note_leaving)
        events.on("room_finished", actions.note_room_finished)
        on_end(actions.close_room_on_commit)
        on_link_end(seats.end_old_links)
        on_end(door.forget_admissions)
        on_link_end(actions.end_link)
        on_session_end(seats.end_session)
        on_access_change(seats.follow_access)
        on_erasure(actions.close_rooms_of)
        on_lockdown(actions.empty_all_rooms)
        chores.every(2.0)(seats.tell_engine)
        chores.every(5.0)(tasks.reconcile_calls)
        chores.every(10.0)(door.forget_the_silent)
        schedule(tasks.forget_handled_events, Every(timedelta(hours=1)))
        schedule(tasks.forget_old_seats, Every(timedelta(hours=1)))
        assert queries  # registers the live queries
