"""Dynacast and first subscribers: what a publisher is told of those who look."""

import pytest
from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core import publishing
from tests.sfu.core.test_downlink import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def enabled(stage: Stage) -> list[bool]:
    update = stage.alice.signals.last("subscribed_quality_update").subscribed_quality_update
    (codec,) = update.subscribed_codecs
    assert codec.codec == "vp8"
    assert [q.quality for q in codec.qualities] == [VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH]
    assert [q.enabled for q in update.subscribed_qualities] == [q.enabled for q in codec.qualities]
    return [q.enabled for q in codec.qualities]


def test_layers_that_nobody_looks_at_need_not_be_sent(stage: Stage) -> None:
    stage.film(1.0)
    assert "subscribed_quality_update" not in stage.alice.signals.kinds()
    stage.wish(quality=VideoQuality.LOW)
    stage.film(5.5)
    assert enabled(stage) == [True, False, False]
    stage.wish(quality=VideoQuality.MEDIUM)
    stage.film(0.2)
    assert enabled(stage) == [True, True, False]


def test_a_recorder_needs_the_best(stage: Stage) -> None:
    stage.wish(disabled=True)
    stage.film(5.5)
    assert enabled(stage) == [True, False, False]
    stage.rig.record(stage.sid)
    stage.film(0.2)
    assert enabled(stage) == [True, True, True]


def test_what_was_told_is_told_again_after_a_resume(stage: Stage) -> None:
    stage.wish(quality=VideoQuality.LOW)
    stage.film(5.5)
    signals = stage.alice.resume()
    stage.film(0.2)
    assert "subscribed_quality_update" in signals.kinds()


def test_the_first_subscriber_is_told_once(stage: Stage) -> None:
    third = stage.rig.client("third").connect()
    stage.film(0.2)
    assert third.signals.last("answer").answer.mid_to_track_id
    assert len(stage.alice.signals.all("track_subscribed")) == 1


def test_who_may_not_subscribe_gets_nothing(stage: Stage) -> None:
    blind = stage.rig.client("blind", can_subscribe=False).connect()
    stage.dana.publish_audio()
    stage.rig.pass_time(0.2)
    assert not list(blind.participant.downlink)


def test_a_subscription_may_end_before_a_section_carries_it(stage: Stage) -> None:
    stage.dana.answers_requests = False
    sid = stage.alice.publish_audio()
    assert publishing.unsubscribe(stage.dana.participant, sid)
    assert not publishing.unsubscribe(stage.dana.participant, sid)
