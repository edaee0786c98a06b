"""A published track: how it is described, which layer meets a wish, and what the publisher need not send."""

import pytest
from livekit.protocol.models import AudioTrackFeature, TrackSource, TrackType, VideoLayer, VideoQuality
from livekit.protocol.rtc import AddTrackRequest, SimulcastCodec

from interview_stream.sfu.core.track import DOWNGRADE_S, Track, Wish
from interview_stream.sfu.wire.sdp import Codec

LOW, MEDIUM, HIGH = VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH
VP8 = Codec(96, "VP8", 90000)


def camera(*rids: str, sizes: int = 3) -> Track:
    request = AddTrackRequest(
        cid="cam",
        type=TrackType.VIDEO,
        source=TrackSource.CAMERA,
        # Python's client lists the highest first.
        layers=[
            VideoLayer(quality=quality, width=1280 >> index, height=720 >> index)
            for index, quality in enumerate((HIGH, MEDIUM, LOW)[:sizes])
        ],
        simulcast_codecs=[SimulcastCodec(codec="vp8", cid="cam")],
    )
    track = Track(request, publisher_sid="PA_x", random_text="r", wake=lambda: None)
    track.publish(VP8, "7", rids)
    return track


def alive(track: Track, now: float = 10.0) -> Track:
    for layer in track.layers:
        layer.last_at = now
    return track


def test_a_track_is_described_before_and_after_it_is_negotiated() -> None:
    request = AddTrackRequest(type=TrackType.VIDEO, simulcast_codecs=[SimulcastCodec(codec="video/VP8")])
    pending = Track(request, publisher_sid="PA_x", random_text="r", wake=lambda: None)
    assert (pending.info.mime_type, pending.is_published, pending.kind) == ("video/VP8", False, "video")
    track = camera("f", "h", "q")
    info = track.info
    assert (info.mime_type, info.mid, info.simulcast) == ("video/VP8", "7", True)
    assert [(layer.quality, layer.rid) for layer in info.layers] == [(LOW, "q"), (MEDIUM, "h"), (HIGH, "f")]
    assert [layer.rid for layer in track.layers] == ["q", "h", "f"]
    assert info.codecs[0].mime_type == "video/VP8"
    assert track.codec_name == "VP8"


def test_audio_features_are_wishes_too() -> None:
    request = AddTrackRequest(
        type=TrackType.AUDIO, audio_features=[AudioTrackFeature.TF_STEREO, AudioTrackFeature.TF_NO_DTX]
    )
    track = Track(request, publisher_sid="PA_x", random_text="r", wake=lambda: None)
    assert track.info.stereo and track.info.disable_dtx and not track.is_video and not track.is_screen
    track.publish(Codec(111, "opus", 48000, 2), "7", ())
    assert track.layers[0].clock_rate == 48000
    assert track.info.mime_type == "audio/opus"


@pytest.mark.parametrize(
    ("wish", "rid"),
    [
        (Wish(), "f"),
        (Wish(quality=MEDIUM), "h"),
        (Wish(quality=LOW), "q"),
        (Wish(height=180), "q"),
        (Wish(height=200), "q"),
        (Wish(height=360, width=640), "h"),
        (Wish(height=2000), "f"),
    ],
)
def test_a_wish_is_met_by_quality_or_size(wish: Wish, rid: str) -> None:
    layer = alive(camera("q", "h", "f")).best_layer(wish, 10.0)
    assert layer is not None
    assert layer.rid == rid


def test_what_does_not_arrive_is_replaced_by_the_next_best() -> None:
    track = alive(camera("q", "h", "f"))
    track.layers[2].last_at = 0.0
    best = track.best_layer(Wish(), 10.0)
    assert best is track.layers[1]
    track.layers[0].last_at = 0.0
    assert track.best_layer(Wish(quality=LOW), 10.0) is track.layers[1]
    track.layers[1].last_at = 0.0
    assert track.best_layer(Wish(quality=LOW), 10.0) is track.layers[0]
    assert track.best_layer(Wish(), 10.0) is track.layers[2]


def test_the_network_may_allow_less_and_the_disabled_get_nothing() -> None:
    track = alive(camera("q", "h", "f"))
    assert track.best_layer(Wish(), 10.0, LOW) is track.layers[0]
    assert track.best_layer(Wish(is_disabled=True), 10.0) is None
    single = alive(camera(sizes=1))
    assert single.best_layer(Wish(quality=LOW), 10.0) is single.layers[0]
    assert single.wished_quality(Wish(height=90)) == HIGH


def test_less_is_told_late_and_more_at_once() -> None:
    track = camera("q", "h", "f")
    assert track.news_of_need([Wish()], 1.0) is None  # a client sends everything until told otherwise
    assert track.news_of_need([Wish(quality=LOW)], 2.0) is None
    assert track.news_of_need([Wish(quality=LOW)], 2.0 + DOWNGRADE_S) == (True, False, False)
    assert track.news_of_need([Wish(quality=LOW), Wish(quality=MEDIUM)], 8.0) == (True, True, False)
    assert track.news_of_need([], 9.0) is None
    assert track.news_of_need([Wish(quality=MEDIUM)], 10.0) is None  # needed again before it was told
    assert track.news_of_need([Wish(is_disabled=True)], 11.0) is None
    assert track.news_of_need([Wish(is_disabled=True)], 16.0) == (True, False, False)
    track.forget_told()
    assert track.news_of_need([], 17.0) == (True, False, False)


def test_a_single_layer_stops_while_nobody_looks() -> None:
    track = camera("f")
    assert track.news_of_need([], 1.0) is None
    assert track.news_of_need([], 1.0 + DOWNGRADE_S) == (False, False, False)
    assert track.news_of_need([Wish(quality=LOW)], 8.0) == (True, False, False)


def test_while_muted_nothing_is_told_and_after_it_all_again() -> None:
    track = camera("q", "h", "f")
    assert track.set_muted(True, 1.0)
    assert not track.set_muted(True, 1.0)
    assert track.news_of_need([Wish()], 2.0) is None
    assert all(layer.is_muted for layer in track.layers)
    assert track.set_muted(False, 3.0)
    assert track.news_of_need([Wish()], 4.0) == (True, True, True)


def test_a_layer_that_stops_while_others_go_on_is_missed_soon() -> None:
    """A publisher short of bandwidth stops its top layer at once; all layers show the same moments."""
    track = camera("q", "h", "f")
    for layer in track.layers:
        layer.last_at = 10.0
    for step in range(30):
        now = 10.0 + step * 0.04
        track.layers[0].last_at = track.layers[1].last_at = now
    assert track.best_layer(Wish(), 11.16) is track.layers[1]
    for layer in track.layers:  # a still screen: nothing comes from anybody
        layer.last_at = 20.0
    assert track.best_layer(Wish(), 21.5) is track.layers[2]


def test_a_layer_that_stands_while_another_goes_on_is_left_soon() -> None:
    track = alive(camera("q", "f"))
    track.layers[1].last_at = 20.0
    track.layers[0].last_at = 20.5
    assert track.best_layer(Wish(), 20.6) is track.layers[1]
    track.layers[0].last_at = 20.8
    assert track.best_layer(Wish(), 20.8) is track.layers[0]
