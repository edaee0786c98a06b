"""When clients are asked for offers, and what they are told when no codec fits."""

import pytest
from livekit.protocol.models import SubscriptionError
from livekit.protocol.rtc import SignalRequest

from tests.sfu.rig import Client, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def asked(client: Client) -> list[int]:
    """How many audio sections each request wanted."""
    requests = client.signals.all("media_sections_requirement")
    return [request.media_sections_requirement.num_audios for request in requests]


def test_only_the_lacking_sections_are_asked_for(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    dana.answers_requests = False
    rig.client("first").connect().publish_audio()
    rig.pass_time(0.1)
    for number in range(5):
        rig.client(f"p{number}").connect().publish_audio()
    rig.pass_time(0.1)
    assert asked(dana) == [0]  # three sections are free; one request at a time
    dana.answers_requests = True
    rig.pass_time(0.2)
    assert asked(dana) == [0, 3]
    assert len(dana.signals.last("answer").answer.mid_to_track_id) == 6


def test_an_offer_that_crossed_our_request_does_not_make_us_ask_twice(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    dana.answers_requests = False
    for number in range(5):
        rig.client(f"p{number}").connect().publish_audio()
    rig.pass_time(0.02)
    (wanted,) = dana.signals.all("media_sections_requirement")
    assert asked(dana) == [2]
    dana.offer()  # made before the client saw the request
    rig.pass_time(0.1)
    assert len(dana.signals.all("media_sections_requirement")) == 1
    dana.add_sections(wanted.media_sections_requirement)
    dana.offer()
    rig.pass_time(0.1)
    assert len(dana.signals.last("answer").answer.mid_to_track_id) == 5
    assert len(dana.signals.all("media_sections_requirement")) == 1


def test_a_track_in_a_codec_that_the_subscriber_lacks_fails_for_it_alone(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    for section in dana.sections[3:6]:
        section.codecs = [codec for codec in section.codecs if not codec.is_named("H264")]
    sid = alice.publish_video(codec="h264", rids=())
    rig.pass_time(0.2)
    response = dana.signals.last("subscription_response").subscription_response
    assert (response.track_sid, response.err) == (sid, SubscriptionError.SE_CODEC_UNSUPPORTED)
    rig.pass_time(1.0)
    assert len(dana.signals.all("subscription_response")) == 1


HEAD = "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n"


@pytest.mark.parametrize("sdp", ["", HEAD, HEAD + "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n"])
def test_an_offer_without_a_usable_section_is_refused(rig: Rig, sdp: str) -> None:
    dana = rig.client("dana").connect()
    request = SignalRequest()
    request.offer.sdp = sdp
    dana.ask(request)
    assert "leave" in dana.signals.kinds()


def test_another_fingerprint_on_a_running_transport_is_refused(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    other = rig.client("other")
    other.dtls.certificate = type(other.dtls.certificate).generate()  # type: ignore[union-attr]
    dana.ask(SignalRequest(offer=other.description()))
    assert "leave" in dana.signals.kinds()
