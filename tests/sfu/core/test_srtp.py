"""SRTP against the vectors of RFC 3711 and RFC 7714, against libsrtp in both directions, and against attackers."""

import secrets
from collections.abc import Callable
from itertools import pairwise

import pylibsrtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.core.gcm import GcmReceiver, GcmSender
from interview_stream.sfu.core.srtp import (
    AEAD_AES_128_GCM,
    AEAD_AES_256_GCM,
    AES128_CM_SHA1_80,
    PROFILES,
    GcmControl,
    SessionKeys,
    SrtpKeys,
    SrtpSession,
    session_keys,
)
from interview_stream.sfu.errors import SrtpError
from interview_stream.sfu.wire.rtp import serialize_extensions, serialize_header

LIBSRTP = {
    AEAD_AES_128_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    AEAD_AES_256_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    AES128_CM_SHA1_80: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}
RTCP = bytes.fromhex("81c8000c111111110102030405060708010203040000001000001000" + "22222222" + "00" * 20)

every_profile = pytest.mark.parametrize("profile", PROFILES)


def keys_of(profile: str, seed: int = 1) -> SrtpKeys:
    key, salt = PROFILES[profile]
    return SrtpKeys(bytes(range(seed, seed + key)), bytes(range(seed + 100, seed + 100 + salt)))


def pair(profile: str) -> tuple[SrtpSession, SrtpSession]:
    """Two sides of one transport."""
    a, b = keys_of(profile), keys_of(profile, 50)
    return SrtpSession(profile, inbound=a, outbound=b), SrtpSession(profile, inbound=b, outbound=a)


def libsrtp(profile: str, keys: SrtpKeys, *, inbound: bool) -> pylibsrtp.Session:
    kind = pylibsrtp.Policy.SSRC_ANY_INBOUND if inbound else pylibsrtp.Policy.SSRC_ANY_OUTBOUND
    return pylibsrtp.Session(pylibsrtp.Policy(key=keys.key + keys.salt, ssrc_type=kind, srtp_profile=LIBSRTP[profile]))


def head(number: int, ssrc: int = 1, extensions: bytes = b"") -> bytes:
    return serialize_header(96, number & 0xFFFF, 1000, ssrc, extensions=extensions)


def test_key_derivation_of_rfc_3711() -> None:
    """Appendix B.3."""
    master = SrtpKeys(bytes.fromhex("e1f97a0d3e018be0d64fa32c06de4139"), bytes.fromhex("0ec675ad498afeebb6960b3aabe6"))
    keys = session_keys(master)
    assert keys.encryption.hex() == "c61e7a93744f39ee10734afe3ff7a087"
    assert keys.salt.hex() == "30cbbc08863d8c85d49db34a9ae1"
    assert keys.authentication.hex() == "cebe321f6ff7716b6fd4ab49af256a156d38baa4"


@pytest.mark.parametrize(
    ("key_size", "rtp", "rtcp"),
    [
        (
            16,
            "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee439"
            "0cce",
            "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2f"
            "c5abf87245d9eade800005d4",
        ),
        (
            32,
            "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a7"
            "6c13",
            "d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f"
            "57ff6f6cb26ac3be800005d4",
        ),
    ],
)
def test_packets_of_rfc_7714(key_size: int, rtp: str, rtcp: str) -> None:
    """Sections 16.1, 16.2, 17.1 and 17.2, which give session keys."""
    keys = SessionKeys(bytes(range(key_size)), b"", b"Quid pro quo")
    cipher = GcmControl(keys)
    header, payload = bytes.fromhex("8040f17b8041f8d35501a0b2"), b"Gallia est omnis divisa in partes tres"
    sealed = bytes.fromhex(rtp)
    assert GcmSender(keys.encryption, keys.salt).protect(header, payload) == header + sealed
    assert GcmReceiver(keys.encryption, keys.salt).open(header + sealed) == (header, payload)
    header = bytes.fromhex("81c8000d4d617273")
    body = bytes.fromhex("4e5450314e545032525450200000042a0000e9304c756e61" + "deadbeef" * 5)
    sealed = bytes.fromhex(rtcp)
    assert cipher.seal(header, body, 0x4D617273, 0x5D4) == header + sealed
    assert cipher.open(header + sealed, 0x4D617273) == (body, 0x5D4)


def test_control_packets_must_be_encrypted() -> None:
    """RFC 7714 section 17.3 shows one that is only authenticated; nobody in WebRTC sends that."""
    keys = SessionKeys(bytes(range(16)), b"", b"Quid pro quo")
    clear = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61" + "deadbeef" * 5
    with pytest.raises(SrtpError, match="not encrypted"):
        GcmControl(keys).open(bytes.fromhex(clear + "841dd9683dd78ec92ae58790125f62b3" + "000005d4"), 0x4D617273)


@every_profile
def test_libsrtp_reads_what_we_write_across_the_roll_over(profile: str) -> None:
    keys = keys_of(profile)
    ours = SrtpSession(profile, inbound=keys_of(profile, 50), outbound=keys)
    theirs = libsrtp(profile, keys, inbound=True)
    extensions = serialize_extensions({3: b"abc", 4: b"0"})
    for number in [*range(32760, 98310, 15), 98306]:
        header = head(number, extensions=extensions)
        assert theirs.unprotect(ours.sender.protect(header, b"payload")) == header + b"payload"
    for _ in range(3):
        assert theirs.unprotect_rtcp(ours.protect_rtcp(RTCP)) == RTCP


@every_profile
def test_we_read_what_libsrtp_writes_across_the_roll_over(profile: str) -> None:
    keys = keys_of(profile)
    theirs = libsrtp(profile, keys, inbound=False)
    ours = SrtpSession(profile, inbound=keys, outbound=keys_of(profile, 50))
    for number in range(32760, 98310, 15):
        packet = head(number, extensions=serialize_extensions({16: b"two bytes"})) + b"payload"
        assert ours.unprotect_rtp(theirs.protect(packet)) == packet
    for _ in range(3):
        assert ours.unprotect_rtcp(theirs.protect_rtcp(RTCP)) == RTCP


@every_profile
def test_both_directions_have_their_own_keys(profile: str) -> None:
    a, b = pair(profile)
    sealed = a.sender.protect(head(1), b"x")
    assert b.unprotect_rtp(sealed) == head(1) + b"x"
    with pytest.raises(SrtpError, match="not authentic"):
        a.unprotect_rtp(sealed)
    with pytest.raises(SrtpError, match="not authentic"):
        a.unprotect_rtcp(a.protect_rtcp(RTCP))


@every_profile
def test_any_changed_bit_is_noticed(profile: str) -> None:
    a, b = pair(profile)
    for sealed, unprotect in (
        (a.sender.protect(head(1, extensions=serialize_extensions({1: b"x"})), b"payload"), b.unprotect_rtp),
        (a.protect_rtcp(RTCP), b.unprotect_rtcp),
    ):
        for at in range(len(sealed) * 8):
            changed = bytearray(sealed)
            changed[at // 8] ^= 1 << at % 8
            with pytest.raises(SrtpError):
                unprotect(bytes(changed))
        for size in range(len(sealed)):
            with pytest.raises(SrtpError):
                unprotect(sealed[:size])
        unprotect(sealed)


@every_profile
def test_media_may_come_again_and_late(profile: str) -> None:
    """Browsers send old packets again as probes."""
    a, b = pair(profile)
    sealed = {number: a.sender.protect(head(number), b"x") for number in range(65000, 65536 + 1000)}
    for number in (65000, 65535, 65536 + 999, 65535, 65000, 65536):
        assert b.unprotect_rtp(sealed[number]) == head(number) + b"x"


@every_profile
def test_a_control_packet_may_not_come_again(profile: str) -> None:
    a, b = pair(profile)
    first, second, third = (a.protect_rtcp(RTCP) for _ in range(3))
    for sealed in (first, third, second):
        b.unprotect_rtcp(sealed)
    for sealed in (first, second, third):
        with pytest.raises(SrtpError, match="second time"):
            b.unprotect_rtcp(sealed)


def test_a_stream_that_begins_late_has_no_number_before_zero() -> None:
    a, b = pair(AEAD_AES_128_GCM)
    assert b.unprotect_rtp(a.sender.protect(head(5), b"x"))
    # 65530 is nearer to 5 - 65536, but below the first number there is none.
    assert b.unprotect_rtp(pair(AEAD_AES_128_GCM)[0].sender.protect(head(65530), b"x"))


def test_a_number_before_the_first_is_not_taken_for_one_of_the_next_round() -> None:
    a, b = pair(AEAD_AES_128_GCM)
    a.sender.protect(head(3), b"x")
    with pytest.raises(SrtpError, match="twice"):
        a.sender.protect(head(-6), b"x")
    assert b.unprotect_rtp(a.sender.protect(head(4), b"x")) == head(4) + b"x"


def test_no_number_protects_twice() -> None:
    a, _ = pair(AEAD_AES_128_GCM)
    for number in (10, 11, 14, 12):
        a.sender.protect(head(number), b"x")
    for number in (9, 10, 11, 14, 12):
        with pytest.raises(SrtpError, match="twice"):
            a.sender.protect(head(number), b"another")
    a.sender.protect(head(13), b"x")
    a.sender.protect(head(14, ssrc=2), b"x")
    a.sender.protect(head(3000), b"x")
    with pytest.raises(SrtpError, match="twice"):
        a.sender.protect(head(3000 - 1025), b"too old to know")
    a.sender.protect(head(3000 - 1024), b"x")


numbers = st.lists(st.integers(-1500, 1500), max_size=60)


@every_profile
@given(start=st.integers(0, 32767), steps=numbers)
def test_every_nonce_is_used_once_whatever_the_order(profile: str, start: int, steps: list[int]) -> None:
    """Under one nonce, zeros would come out the same twice."""
    session, _ = pair(profile)
    seen: set[bytes] = set()
    number = start
    for step in steps:
        number += step
        try:
            hidden = session.sender.protect(head(number), bytes(16))[12:28]
        except SrtpError:
            continue
        assert hidden not in seen
        seen.add(hidden)


@given(st.integers(0, 32000), st.lists(st.integers(-200, 3000), min_size=1, max_size=40))
def test_what_is_sent_in_order_with_losses_arrives(start: int, steps: list[int]) -> None:
    a, b = pair(AEAD_AES_128_GCM)
    number = start
    assert b.unprotect_rtp(a.sender.protect(head(number), b"x"))
    for step in [abs(step) + 1 for step in steps]:
        number += step
        assert b.unprotect_rtp(a.sender.protect(head(number), b"x")) == head(number) + b"x"


def test_streams_are_forgotten_oldest_first_so_memory_is_bounded() -> None:
    a, b = pair(AEAD_AES_128_GCM)
    for ssrc in range(1000):
        b.unprotect_rtp(a.sender.protect(head(1, ssrc=ssrc), b"x"))
        b.unprotect_rtcp(a.protect_rtcp(RTCP[:4] + ssrc.to_bytes(4, "big") + RTCP[8:]))
    assert len(b.receiver.streams) == len(b._rtcp_received) == 256
    assert 999 in b.receiver.streams
    assert 0 not in b.receiver.streams


@every_profile
@pytest.mark.parametrize("size", [0, 1, 15, 16, 1100, 60_000])
def test_payloads_of_any_size(profile: str, size: int) -> None:
    a, b = pair(profile)
    payload = secrets.token_bytes(size)
    assert b.unprotect_rtp(a.sender.protect(head(1), payload)) == head(1) + payload


def test_keys_must_fit_the_profile() -> None:
    with pytest.raises(ValueError, match="Keys of"):
        SrtpSession(AEAD_AES_256_GCM, keys_of(AEAD_AES_128_GCM), keys_of(AEAD_AES_256_GCM))


@every_profile
@given(data=st.binary(max_size=80))
def test_garbage_is_not_authentic(profile: str, data: bytes) -> None:
    session = pair(profile)[0]
    operations: list[Callable[[bytes], bytes]] = [session.unprotect_rtp, session.unprotect_rtcp]
    for unprotect in operations:
        with pytest.raises(SrtpError):
            unprotect(data)
    assert (session.receiver.streams, session._rtcp_received) == ({}, {})


def test_ciphertexts_of_equal_packets_differ() -> None:
    a, _ = pair(AES128_CM_SHA1_80)
    sealed = [a.sender.protect(head(number), bytes(50))[12:62] for number in range(65530, 65545)]
    assert all(one != another for one, another in pairwise(sealed))
