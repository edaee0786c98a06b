"""The report of a call's connections: from the engine's samples to what members read, and who reads it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.account_end import FORMER_NAME
from interview_stream.server.accounts.actor import Member
from interview_stream.server.calls.actions import enter_room
from interview_stream.server.calls.models import Call
from interview_stream.server.connections.actions import MAX_PEOPLE, MAX_TRACKS, unname_person
from interview_stream.server.connections.models import Sample, TrackTotal
from interview_stream.server.connections.queries import MAX_POINTS
from interview_stream.server.connections.sampling import MAX_SAMPLES
from interview_stream.server.interviews.models import Assignment, Interview, Invitation
from tests.server.connections.told import tell
from tests.server.interviews.test_planning import problem
from tests.told_connections import BEGAN, layer, received, sample, sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(interview: Interview) -> Call:
    return enter_room(interview, room_sid="RM_1", at=datetime.fromtimestamp(BEGAN, UTC))


def report(client: Client, interview: Interview, call_id: str = "") -> Any:
    query = f"?call_id={call_id}" if call_id else ""
    return client.get(f"/api/interviews/{interview.id}/connections{query}").json()


def test_before_a_call_there_is_nothing(as_alice: Client, interview: Interview) -> None:
    assert report(as_alice, interview) == {"calls": [], "call": None, "people": []}


def test_what_the_engine_tells_is_read_back(as_alice: Client, interview: Interview, call: Call) -> None:
    layers = [layer(180, packets=500, lost=10, octets=100_000, repaired=9), layer(720, packets=1500, lost=20)]
    first = sample(1, sent=[sent("TR_cam", *layers)], received=[received(lost=50, height=180, is_limited=True)])
    assert tell(interview, first, sample(1, "member-1", name="Bob", sent=[], received=[])).status_code == 200
    tell(interview, sample(2), number=2)

    answer = report(as_alice, interview)
    assert answer["call"]["id"] == str(call.id)
    dana, bob = answer["people"]
    assert (dana["name"], dana["transport"], dana["candidate"], dana["quality"]) == ("Dana", "udp", "host", "excellent")
    assert dana["sent_loss"] == pytest.approx(30 / 3000)
    assert dana["received_loss"] == pytest.approx(50 / 2000)
    assert dana["sent_bps"] == (100_000 + 1_000_000 + 1_000_000) * 8 // 20
    assert [point["received_height"] for point in dana["points"]] == [180, 720]
    assert [point["received_loss"] for point in dana["points"]] == [0.05, 0.0]
    (finding,) = dana["findings"]
    assert (finding["kind"], finding["share"], finding["height"]) == ("lost_on_way_to", 0.05, 180)
    camera = next(track for track in dana["tracks"] if track["direction"] == "sent")
    assert camera["heights"] == [{"height": 180, "seconds": 10.0}, {"height": 720, "seconds": 20.0}]
    assert (camera["packets"], camera["lost"], camera["repaired"]) == (3000, 30, 9)
    shown = next(track for track in dana["tracks"] if track["direction"] == "received")
    assert (shown["publisher"], shown["packets"], shown["lost"]) == ("Bob", 2000, 50)
    assert (bob["sent_loss"], bob["received_loss"], bob["tracks"]) == (None, None, [])


def test_an_event_that_comes_twice_is_counted_once(interview: Interview, call: Call) -> None:
    tell(interview, sample())
    tell(interview, sample())
    assert Sample.objects.count() == 1
    assert TrackTotal.objects.get(direction="received").packets == 1000


def test_what_makes_no_sense_is_passed_over_and_not_asked_for_again(
    interview: Interview, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    for number, wrong in enumerate(({"sid": 7}, sample(rtt_ms=-1.0), sample(at=1e30), sample(name="x" * 200)), 10):
        assert tell(interview, wrong, number=number).status_code == 200
    assert Sample.objects.count() == 0
    assert caplog.text.count("makes no sense") == 4


def test_samples_of_an_unknown_call_are_nobodys(interview: Interview, call: Call) -> None:
    assert tell(interview, sample(), room_sid="RM_other").status_code == 200
    assert Sample.objects.count() == 0


def test_a_long_call_is_kept_in_coarser_samples(as_alice: Client, interview: Interview, call: Call) -> None:
    count = MAX_SAMPLES * 2 + 7
    for number in range(0, count, 40):
        batch = [sample(n, received=[received(lost=1)]) for n in range(number, min(number + 40, count))]
        assert tell(interview, *batch, number=number).status_code == 200
    kept = list(Sample.objects.all())
    assert len(kept) <= MAX_SAMPLES
    assert sum(each.seconds for each in kept) == count * 10
    assert sum(each.received_lost for each in kept) == count
    assert kept[-1].at.timestamp() == BEGAN + (count - 1) * 10
    (dana,) = report(as_alice, interview)["people"]
    assert len(dana["points"]) <= MAX_POINTS
    assert sum(point["seconds"] for point in dana["points"]) == count * 10


def test_people_and_tracks_are_bounded(interview: Interview, call: Call) -> None:
    many = [received(f"TR_{number}") for number in range(300)]
    people = [sample(identity=f"guest-{number}", received=many if number < 3 else []) for number in range(MAX_PEOPLE)]
    tell(interview, *people[:40])
    tell(interview, *people[40:], *(sample(identity=f"late-{number}") for number in range(3)), number=1)
    assert Sample.objects.values("identity").distinct().count() == MAX_PEOPLE
    assert TrackTotal.objects.count() == MAX_TRACKS


def test_each_call_has_its_own_report(as_alice: Client, interview: Interview, call: Call) -> None:
    tell(interview, sample(name="Dana"))
    Call.objects.filter(pk=call.pk).update(ended_at=timezone.now())
    tell(interview, sample(2, name="Dana again"), number=9)  # the last one may come after the end
    other = enter_room(interview, room_sid="RM_2", at=call.started_at + timedelta(hours=1))

    newest = report(as_alice, interview)
    assert newest["people"] == []
    assert {each["id"] for each in newest["calls"]} == {str(call.id), str(other.id)}
    assert report(as_alice, interview, str(call.id))["people"][0]["name"] == "Dana again"
    assert problem(
        as_alice.get(f"/api/interviews/{interview.id}/connections?call_id=0f5cf94d-2c1c-4c3b-8f5e-3a5c8c6b7f10")
    ) == (404, "not-found")


def test_who_holds_the_interview_reads_it_and_its_candidate_never(
    as_alice: Client, as_bob: Client, as_dana: Client, bob: Member, alice: Member, interview: Interview, call: Call
) -> None:
    tell(interview, sample())
    path = f"/api/interviews/{interview.id}/connections"
    assert as_bob.get(path).status_code == 403
    assert as_dana.get(path).status_code == 401
    Assignment.objects.create(interview=interview, user=bob.user)
    assert as_bob.get(path).status_code == 200
    Invitation.objects.filter(interview=interview).update(email=alice.user.email.upper())
    assert as_alice.get(path).status_code == 403


def test_it_goes_with_the_interview_and_loses_the_names_of_closed_accounts(interview: Interview, call: Call) -> None:
    tell(interview, sample(), sample(identity="member-1-abc", name="Bob"), sample(identity="member-12", name="Eve"))
    unname_person(1)
    assert set(Sample.objects.values_list("name", flat=True)) == {"Dana", FORMER_NAME, "Eve"}
    assert set(TrackTotal.objects.filter(direction="received").values_list("publisher_name", flat=True)) == {
        FORMER_NAME
    }
    interview.delete()
    assert not Sample.objects.exists()
    assert not TrackTotal.objects.exists()
