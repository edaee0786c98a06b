"""What interviewers do to others in a call: muting, taking out, letting back in, asking; each on the record."""

from typing import Any

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent
from interview_stream.server.calls import happenings
from interview_stream.server.calls.models import Call, Knock, Seat
from interview_stream.server.interviews.links import observer_url
from interview_stream.server.interviews.models import Interview, Observer
from tests.server.calls.test_door import hold_call, knock
from tests.server.calls.test_join import join
from tests.server.conftest import let_in
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import StandInEngine

pytestmark = pytest.mark.django_db(transaction=True)


def post(client: Client, interview: Interview, act: str, **body: Any) -> Any:
    return client.post(f"/api/interviews/{interview.id}/{act}", body, content_type="application/json")


def audited() -> list[tuple[str, str]]:
    events = AuditEvent.objects.filter(action__startswith="call.").order_by("pk")
    return [(event.action, event.detail) for event in events]


def happened(client: Client, interview: Interview) -> list[tuple[str, str | None, str, str | None]]:
    found = client.get(f"/api/interviews/{interview.id}/happenings").json()
    return [(each["kind"], each["device"], each["who"], each["by"]) for each in found]


@pytest.fixture
def call(interview: Interview) -> Call:
    let_in(interview)
    return hold_call(interview)


@pytest.fixture
def dana(call: Call, interview: Interview, as_dana: Client, media: StandInEngine) -> str:
    """In the room, sending everything."""
    identity: str = join(as_dana, interview).json()["identity"]
    media.join(interview.id, identity, role="candidate", sources="camera microphone screen_share")
    return identity


def test_one_of_somebodys_tracks_is_muted_which_is_audited_and_told_by_name(
    as_bob: Client, as_dana: Client, interview: Interview, dana: str, media: StandInEngine
) -> None:
    assert post(as_bob, interview, "mute", identity=dana, kind="camera").status_code == 204

    assert media.muted(interview.id, dana) == {"camera"}
    assert audited() == [("call.muted", f"camera of {dana}")]
    floors = [client.get(f"/api/interviews/{interview.id}/floor").json()["stops"] for client in (as_dana, as_bob)]
    (stop,), others = floors
    assert (stop["kind"], stop["by"]) == ("camera", "Bob"), "who did it is told to whom it was done"
    assert others == []


def test_muting_somebody_who_has_just_left_is_no_error_and_leaves_no_trace(
    as_bob: Client, interview: Interview, call: Call, media: StandInEngine
) -> None:
    assert post(as_bob, interview, "mute", identity="gone", kind="camera").status_code == 204
    assert audited() == []
    assert happened(as_bob, interview) == []


def test_who_was_taken_out_loses_their_token_and_knocks_again(
    as_bob: Client, as_dana: Client, interview: Interview, dana: str, media: StandInEngine
) -> None:
    assert post(as_bob, interview, "remove", identity=dana).status_code == 204

    assert dana not in media.rooms[str(interview.id)].people
    assert (str(interview.id), dana) in media.revoked
    assert problem(join(as_dana, interview)) == (409, "not-admitted")
    assert knock(as_dana).json()["knock"] == "waiting"
    assert audited() == [("call.removed", "may knock again")]


def test_a_removal_while_the_engine_is_away_is_made_up_for(
    as_bob: Client, as_dana: Client, interview: Interview, dana: str, no_media: None
) -> None:
    assert post(as_bob, interview, "remove", identity=dana).status_code == 204
    assert Seat.objects.filter(identity=dana, revoked_at__isnull=False).exists()
    assert problem(join(as_dana, interview)) == (409, "not-admitted")


def test_who_may_not_return_cannot_knock_until_an_interviewer_lets_them_back_in(
    as_bob: Client, as_dana: Client, interview: Interview, dana: str, media: StandInEngine
) -> None:
    post(as_bob, interview, "remove", identity=dana, may_return=False)

    assert problem(knock(as_dana)) == (409, "barred")
    door = as_bob.get(f"/api/interviews/{interview.id}/door").json()
    assert door["sent_away"] == {"name": "Dana", "knock": "barred"}

    assert post(as_bob, interview, "readmit").status_code == 204

    assert as_bob.get(f"/api/interviews/{interview.id}/door").json()["sent_away"] is None
    assert join(as_dana, interview).status_code == 200
    assert Knock.objects.filter(state="admitted").count() == 1
    assert [act for act, _ in audited()] == ["call.removed", "call.readmitted"]


def test_an_observers_link_ends_with_their_removal(
    as_bob: Client, interview: Interview, call: Call, media: StandInEngine
) -> None:
    observer = Observer.objects.create(interview=interview, name="Olga")
    token = observer_url(observer).rsplit("/", 1)[1]
    as_olga = Client(headers={"Authorization": f"Guest {token}"})
    identity = join(as_olga, interview).json()["identity"]
    media.join(interview.id, identity, role="observer")

    assert post(as_bob, interview, "remove", identity=identity).status_code == 204

    assert identity not in media.rooms[str(interview.id)].people
    assert problem(join(as_olga, interview)) == (410, "link-revoked")


def test_colleagues_and_guests_of_other_interviews_are_not_taken_out(
    as_alice: Client, as_bob: Client, interview: Interview, call: Call, media: StandInEngine
) -> None:
    alice = join(as_alice, interview).json()["identity"]
    assert problem(post(as_bob, interview, "remove", identity=alice)) == (409, "is-colleague")
    unknown = "guest-0f5cf94d-2c1c-4c3b-8f5e-3a5c8c6b7f10-1"
    assert post(as_bob, interview, "remove", identity=unknown).status_code == 404


def test_a_member_who_only_watches_is_no_host(as_bob: Client, bob: Member, interview: Interview, dana: str) -> None:
    Observer.objects.create(interview=interview, user=bob.user, name="Bob")
    for act, body in (
        ("mute", {"identity": dana, "kind": "camera"}),
        ("remove", {"identity": dana}),
        ("readmit", {}),
        ("asks", {"identity": dana, "kind": "camera"}),
        ("focus", {"minutes": 5}),
    ):
        assert problem(post(as_bob, interview, act, **body)) == (403, "observers-only-watch")


def test_only_who_was_asked_answers_and_whoever_asked_reads_it(
    as_alice: Client, as_bob: Client, as_dana: Client, interview: Interview, dana: str
) -> None:
    post(as_bob, interview, "asks", identity=dana, kind="screen")
    post(as_bob, interview, "asks", identity=dana, kind="screen")

    (asked,) = as_dana.get(f"/api/interviews/{interview.id}/floor").json()["asks"]
    assert (asked["kind"], asked["state"], asked["asked_by"], asked["is_mine"]) == ("screen", "open", "Bob", False)
    address = f"/api/asks/{asked['id']}/answer"
    assert as_alice.post(address, {"accepted": True}, content_type="application/json").status_code == 404
    assert as_dana.post(address, {"accepted": False}, content_type="application/json").status_code == 204

    (mine,) = as_bob.get(f"/api/interviews/{interview.id}/floor").json()["asks"]
    assert (mine["state"], mine["is_mine"]) == ("declined", True)


def test_what_was_done_in_the_call_is_there_to_look_back_at(
    as_alice: Client, as_bob: Client, as_dana: Client, bob: Member, interview: Interview, dana: str
) -> None:
    as_dana.put(f"/api/interviews/{interview.id}/hand", {"raised": True}, content_type="application/json")
    as_dana.put(f"/api/interviews/{interview.id}/hand", {"raised": False}, content_type="application/json")
    post(as_bob, interview, "mute", identity=dana, kind="microphone")
    post(as_bob, interview, "asks", identity=dana, kind="screen")
    post(as_bob, interview, "focus", minutes=5)
    post(as_bob, interview, "remove", identity=dana)
    post(as_bob, interview, "readmit")

    expected = [
        ("hand", None, "Dana", None),
        ("mute", "microphone", "Dana", "Bob"),
        ("ask", "screen", "Dana", "Bob"),
        ("focus", None, "Dana", "Bob"),
        ("removal", None, "Dana", "Bob"),
        ("readmission", None, "Dana", "Bob"),
    ]
    assert happened(as_alice, interview) == expected
    bob.user.name = "Robert"
    bob.user.save()
    interview.invitation.name = ""
    interview.invitation.save()
    assert happened(as_alice, interview)[1] == ("mute", "microphone", "Somebody", "Robert"), "no copies of names"


def test_only_so_much_is_kept_of_one_call(
    as_alice: Client, as_dana: Client, interview: Interview, dana: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(happenings, "KEPT", 3)
    for raised in (True, False) * 4:
        as_dana.put(f"/api/interviews/{interview.id}/hand", {"raised": raised}, content_type="application/json")
    assert len(happened(as_alice, interview)) == 3
