"""What the server is told of connections: each time what happened since, of everybody who is in the room."""

import json
from dataclasses import replace
from typing import Any

import pytest
from livekit.protocol.rtc import SignalRequest, TrickleRequest, UpdateTrackSettings

from interview_stream.sfu.wire.rtcp import Nack, Pli, ReceiverReport, ReportBlock
from tests.sfu.core.test_downlink import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def of(stage: Stage, identity: str) -> list[dict[str, Any]]:
    return [sample for sample in stage.rig.samples if sample["identity"] == identity]


def test_everybody_is_told_of_every_few_seconds(stage: Stage) -> None:
    stage.film(11)
    alice, dana = of(stage, "alice")[0], of(stage, "dana")[0]
    assert alice["seconds"] == pytest.approx(10, abs=1)
    assert alice["is_connected"]
    assert (alice["name"], alice["transport"], alice["candidate"]) == ("Alice", "udp", "prflx")
    (camera,) = alice["sent"]
    assert (camera["track"], camera["source"], camera["codec"]) == (stage.sid, "camera", "vp8")
    assert [(layer["rid"], layer["height"], layer["is_alive"]) for layer in camera["layers"]] == [
        ("q", 180, True),
        ("h", 360, True),
        ("f", 720, True),
    ]
    assert all(layer["packets"] > 200 and layer["lost"] == 0 for layer in camera["layers"])
    assert camera["layers"][2]["octets"] > 10 * camera["layers"][0]["octets"] > 0
    (picture,) = dana["received"]
    assert (picture["track"], picture["publisher"], picture["height"]) == (stage.sid, "alice", 720)
    assert picture["packets"] > 200
    assert picture["is_wanted"]
    assert dana["sent"] == alice["received"] == []


def test_each_sample_counts_from_the_one_before(stage: Stage) -> None:
    stage.film(21)
    first, second = (sample["received"][0]["packets"] for sample in of(stage, "dana")[:2])
    assert second == pytest.approx(first, rel=0.2)
    assert stage.rig.services.totals["packets_forwarded"] == sum(
        sample["received"][0]["packets"] for sample in of(stage, "dana")
    )


def test_losses_and_what_was_asked_for_again_are_told(stage: Stage) -> None:
    stage.film(2)
    stage.alice.media(30, 96, stage.frame + 2, stage.frame * 3600, b"\x10rest", mid=stage.alice.sections[-1].mid)
    stage.dana.feedback(Nack(1, stage.ssrc, (1, 2, 3)), Pli(1, stage.ssrc))
    for lost in (4, 6, 5):
        block = ReportBlock(stage.ssrc, 26, lost, 100, 900, 0, 0)
        stage.dana.feedback(ReceiverReport(1, (block,)))
    stage.rig.pass_time(10)
    (picture,) = of(stage, "dana")[0]["received"]
    assert (picture["lost"], picture["nacks"], picture["plis"], picture["jitter_ms"]) == (6, 3, 1, 10.0)
    top = of(stage, "alice")[0]["sent"][0]["layers"][2]
    assert top["lost"] == 2
    assert top["nacks"] >= 2
    assert top["plis"] >= 1
    assert stage.rig.services.totals["packets_reported_lost"] == 6


def test_a_source_that_begins_anew_is_counted_anew(stage: Stage) -> None:
    stage.film(11)
    mid = stage.alice.sections[-1].mid
    for number in range(5):
        stage.alice.media(77, 96, number, number * 3600, b"\x10rest", mid=mid, rid="q")
    stage.rig.pass_time(10)
    assert of(stage, "alice")[1]["sent"][0]["layers"][0]["packets"] == 5


def test_pictures_that_are_not_wanted_or_paused_are_told_apart(stage: Stage) -> None:
    stage.film(2)
    stage.dana.ask(SignalRequest(track_setting=UpdateTrackSettings(track_sids=[stage.sid], disabled=True)))
    stage.film(9)
    (picture,) = of(stage, "dana")[0]["received"]
    assert (picture["is_wanted"], picture["is_paused"], picture["height"], picture["pauses"]) == (False, False, 0, 0)
    subscription = next(iter(stage.dana.participant.downlink))
    for granted in (0, 0, 1, 0):
        subscription.grant(granted, [(subscription.most, 1.0)])
    stage.rig.room().report(stage.rig.now + 5)
    (picture,) = of(stage, "dana")[-1]["received"]
    assert (picture["is_paused"], picture["pauses"]) == (True, 2)


def test_the_way_to_a_client_and_its_breaks_are_told(stage: Stage) -> None:
    host, port = stage.dana.address[:2]
    candidate = f"candidate:1 1 udp 99 {host} {port} typ relay"
    trickle = TrickleRequest(candidateInit=json.dumps({"candidate": candidate}))
    stage.dana.ask(SignalRequest(trickle=trickle))
    stage.dana.is_checking = False
    stage.rig.pass_time(12)
    stage.dana.resume()
    stage.dana.check(use_candidate=True)
    stage.dana.is_checking = True
    stage.rig.pass_time(10)
    samples = of(stage, "dana")
    assert samples[-1]["candidate"] == "relay"
    assert sum(sample["breaks"] for sample in samples) == 1
    assert sum(sample["resumes"] for sample in samples) == 1
    assert [sample["is_connected"] for sample in samples][-1]


def test_who_leaves_is_told_of_once_more_and_so_is_everybody_else(stage: Stage) -> None:
    stage.film(3)
    stage.rig.engine.delete_room("room", stage.rig.now)
    assert [sample["identity"] for sample in stage.rig.samples] == ["alice", "dana"]
    assert of(stage, "dana")[0]["received"][0]["packets"] > 50


def test_hidden_participants_are_not_told_of(stage: Stage) -> None:
    stage.rig.client("ghost", hidden=True).connect()
    stage.rig.pass_time(11)
    assert {sample["identity"] for sample in stage.rig.samples} == {"alice", "dana"}


def test_without_an_interval_nothing_is_told() -> None:
    stage = Stage()
    room = stage.rig.room()
    room.services = replace(stage.rig.services, sample_s=0.0)
    stage.film(11)
    stage.rig.engine.delete_room("room", stage.rig.now)
    assert stage.rig.samples == []
