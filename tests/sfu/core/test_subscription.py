"""A subscriber's side of a track: aims only while a section carries it."""

import random

from interview_stream.sfu.core.subscription import Subscription
from interview_stream.sfu.core.track import Wish
from tests.sfu.core.test_forwarder import Sink
from tests.sfu.core.test_track import alive, camera


def test_it_aims_once_bound_and_no_longer_when_closed() -> None:
    track = alive(camera("q", "h", "f"))
    subscription = Subscription(track, Sink(), random.Random(1), Wish())
    subscription.choose(10.0)
    assert not track.layers[2].waiting
    subscription.is_bound = True
    subscription.choose(10.0)
    assert track.layers[2].waiting == [subscription.forwarder]
    subscription.close()
    assert not track.layers[2].waiting
    assert not subscription.is_bound


def test_the_end_of_a_track_stops_all_its_forwarders() -> None:
    track = alive(camera("q"))
    subscription = Subscription(track, Sink(), random.Random(1), Wish())
    subscription.is_bound = True
    subscription.choose(10.0)
    track.close()
    assert not track.layers[0].waiting
