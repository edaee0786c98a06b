"""Fills an empty instance with people, interviews and one finished recording, so that a first look shows life.

The recording's media is drawn and computed here (interview_stream.synthetic); nothing of it is shipped.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from interview_stream import synthetic
from interview_stream.server.accounts.actions import create_member
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Organisation, Role, User
from interview_stream.server.calls.models import Call
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Interview, Notice
from interview_stream.server.interviews.schemas import InterviewIn, InterviewKind, InterviewState
from interview_stream.server.recordings.models import RecordedTrack, Recording
from interview_stream.server.recordings.schemas import RecordingState, TrackState

ORGANISATION = "Nordlicht Software"
PASSWORD = "a-calm-first-look"  # noqa: S105 - printed for whoever runs the demo, on their own machine
PEOPLE = [
    ("Maya Lindqvist", "maya@nordlicht.example", Role.OWNER),
    ("Tomás Herrera", "tomas@nordlicht.example", Role.INTERVIEWER),
    ("Aisha Rahman", "aisha@nordlicht.example", Role.INTERVIEWER),
]
RECORDED_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One interview: who holds it, with whom, and how many hours from now it starts."""

    title: str
    host: int
    candidate: str
    hours: float
    minutes: int = 60
    kind: InterviewKind
    others: tuple[int, ...] = ()
    """Who holds it with the host."""
    zone: str | None = None
    description: str = ""


FINISHED = Sample(
    title="Back end engineer, pair programming",
    host=0,
    candidate="Jonas Okafor",
    hours=-26,
    kind=InterviewKind.PAIRING,
    others=(1,),
)
OTHERS = [
    Sample(
        title="Data engineer, first conversation",
        host=2,
        candidate="Wei Zhang",
        hours=-50,
        minutes=30,
        kind=InterviewKind.CONVERSATION,
    ),
    Sample(
        title="Front end engineer, system design",
        host=0,
        candidate="Priya Natarajan",
        hours=2,
        kind=InterviewKind.SYSTEM_DESIGN,
        others=(2,),
        zone="Asia/Kolkata",
        description="We draw a system together on a shared screen: no code, no tricks.\n"
        "Have paper at hand if you like to sketch.",
    ),
    Sample(
        title="Site reliability engineer, debugging",
        host=1,
        candidate="Łukasz Wiśniewski",
        hours=23,
        minutes=45,
        kind=InterviewKind.DEBUGGING,
        zone="Europe/Warsaw",
    ),
    Sample(
        title="Front end engineer, pair programming",
        host=2,
        candidate="ليلى حداد",
        hours=49,
        minutes=90,
        kind=InterviewKind.PAIRING,
        others=(0,),
    ),
]


@dataclass(frozen=True, kw_only=True)
class SampleTrack:
    """A file of the recording and where it lies on the timeline."""

    source: str
    is_host: bool
    offset_s: float
    file: str
    mime: str
    size: tuple[int, int] | None = None


TRACKS = [
    SampleTrack(
        source="camera", is_host=True, offset_s=0.0, file="host-camera.webm", mime="video/webm", size=(640, 360)
    ),
    SampleTrack(source="microphone", is_host=True, offset_s=0.0, file="host-voice.webm", mime="audio/webm"),
    SampleTrack(
        source="camera", is_host=False, offset_s=1.5, file="candidate-camera.webm", mime="video/webm", size=(640, 360)
    ),
    SampleTrack(source="microphone", is_host=False, offset_s=1.5, file="candidate-voice.webm", mime="audio/webm"),
    SampleTrack(
        source="screen_share", is_host=False, offset_s=8.0, file="screen.webm", mime="video/webm", size=(1280, 720)
    ),
]


def fill() -> int:
    """The command `interview-stream demo`; an exit status."""
    if User.objects.exists():
        sys.stderr.write("This instance has accounts already. The demo fills an empty one: choose another --data.\n")
        return 1
    sys.stdout.write("Drawing the recording of a sample interview…\n")
    recording_id = uuid4()
    _draw(recording_id)
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        team = _people()
        for sample in OTHERS:
            _interview(team, sample, now)
        _add_recording(_interview(team, FINISHED, now), recording_id)
        # Nobody reads what would be sent to made-up addresses.
        Notice.objects.update(sent_at=timezone.now())
    sys.stdout.write(f"Sign in at {settings.ENVIRONMENT.public_url} as {PEOPLE[0][1]}, password {PASSWORD}\n")
    return 0


def _people() -> list[Member]:
    organisation = Organisation.objects.create(name=ORGANISATION)
    return [
        Member(
            user=create_member(organisation, role=role, name=name, email=email, password=PASSWORD),
            organisation=organisation,
            role=role,
        )
        for name, email, role in PEOPLE
    ]


def _interview(team: list[Member], sample: Sample, now: datetime) -> Interview:
    starts = now + timedelta(hours=sample.hours)
    interview = create_interview(
        team[sample.host],
        wanted=InterviewIn(
            title=sample.title,
            scheduled_for=starts,
            duration_minutes=sample.minutes,
            kind=sample.kind,
            description=sample.description,
            interviewer_ids=[team[each].user.pk for each in (sample.host, *sample.others)],
            candidate_time_zone=sample.zone,
            candidate_name=sample.candidate,
            candidate_email=f"candidate{abs(int(sample.hours))}@mail.example",
        ),
    )
    interview.created_at = min(now, starts) - timedelta(days=3)
    if sample.hours < 0:
        interview.state = InterviewState.ENDED
        interview.ended_at = starts + timedelta(minutes=sample.minutes)
        Call.objects.create(interview=interview, started_at=starts, ended_at=interview.ended_at)
    interview.save()
    return interview


def _add_recording(interview: Interview, recording_id: UUID) -> None:
    assert interview.scheduled_for
    started_at = interview.scheduled_for + timedelta(minutes=4)
    recording = Recording.objects.create(
        id=recording_id,
        interview=interview,
        state=RecordingState.READY,
        started_by=interview.created_by,
        started_at=started_at,
        stopped_at=started_at + timedelta(seconds=RECORDED_S),
        duration_s=RECORDED_S,
        progress=1.0,
    )
    for number, track in enumerate(TRACKS):
        _add_track(recording, track, number)


def _add_track(recording: Recording, track: SampleTrack, number: int) -> None:
    interview = recording.interview
    host, guest = interview.created_by, interview.invitation
    path = recording.folder / track.file
    RecordedTrack.objects.create(
        recording=recording,
        track_sid=f"TR_demo{number}",
        participant_identity=f"member-{host.pk}" if track.is_host else f"guest-{guest.id}",
        participant_name=host.name if track.is_host else guest.name,
        participant_role="interviewer" if track.is_host else "candidate",
        kind="video" if track.size else "audio",
        source=track.source,
        segment=1,
        state=TrackState.READY,
        capture=f"{recording.id}/TR_demo{number}-1.rtp",
        file=track.file,
        started_at=recording.started_at.timestamp() + track.offset_s,
        duration_s=_duration_s(track),
        width=track.size[0] if track.size else None,
        height=track.size[1] if track.size else None,
        mime=track.mime,
        size_bytes=path.stat().st_size,
    )


def _draw(recording_id: UUID) -> None:
    """Each file in a process of its own: drawing pictures takes about as long as they last."""
    folder = Recording(id=recording_id).folder
    folder.mkdir(parents=True)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        drawings = [processes.submit(_drawing_of(track), folder / track.file) for track in TRACKS]
        for count, drawing in enumerate(as_completed(drawings), 1):
            drawing.result()
            sys.stdout.write(f"  {count} of {len(drawings)} files\n")
            sys.stdout.flush()


def _drawing_of(track: SampleTrack) -> Callable[[Path], None]:
    """Only functions of `synthetic`, which a fresh process can import without Django."""
    seconds = _duration_s(track)
    if track.size is None:
        return partial(synthetic.voice_webm, seconds=seconds, pitch_hz=190.0 if track.is_host else 120.0)
    if track.source == "camera":
        name = PEOPLE[FINISHED.host][0] if track.is_host else FINISHED.candidate
        return partial(synthetic.camera_webm, name=name, seconds=seconds, size=track.size)
    return partial(synthetic.screen_webm, seconds=seconds, size=track.size)


def _duration_s(track: SampleTrack) -> float:
    return RECORDED_S - track.offset_s
