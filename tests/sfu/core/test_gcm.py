"""AES-GCM for media, held to the cipher itself. What both ends agree on is in test_srtp."""

import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.core.gcm import GcmReceiver, GcmSender
from interview_stream.sfu.errors import SrtpError
from interview_stream.sfu.wire.rtp import serialize_extensions, serialize_header

SALT = bytes(range(100, 112))


def keys(size: int) -> bytes:
    return bytes(range(size))


def nonce(ssrc: int, index: int) -> bytes:
    """RFC 7714 section 8.1."""
    plain = bytes(2) + ssrc.to_bytes(4, "big") + index.to_bytes(6, "big")
    return bytes(a ^ b for a, b in zip(plain, SALT, strict=True))


@pytest.mark.parametrize("size", [16, 32])
@given(st.binary(max_size=200), st.integers(0, 0xFFFFFFFF), st.integers(0, 32767), st.binary(min_size=1, max_size=16))
def test_a_packet_is_what_the_cipher_makes_of_it(
    size: int, payload: bytes, ssrc: int, number: int, extension: bytes
) -> None:
    header = serialize_header(96, number, 5, ssrc, extensions=serialize_extensions({1: extension}))
    sealed = header + AESGCM(keys(size)).encrypt(nonce(ssrc, number), payload, header)
    assert GcmSender(keys(size), SALT).protect(header, payload) == sealed
    assert GcmReceiver(keys(size), SALT).open(sealed) == (header, payload)


def test_the_nonce_goes_on_after_the_last_sequence_number() -> None:
    sender = GcmSender(keys(16), SALT)
    header = serialize_header(96, 2, 5, 9)
    for number in range(0, 3 * 65536, 16384):
        sender.protect(serialize_header(96, number & 0xFFFF, 5, 9), b"")
    index = 3 * 65536 + 2
    assert sender.protect(header, b"x") == header + AESGCM(keys(16)).encrypt(nonce(9, index), b"x", header)


def test_what_was_forged_does_not_disturb_what_comes_after_it() -> None:
    sender, receiver = GcmSender(keys(16), SALT), GcmReceiver(keys(16), SALT)
    for number in range(50):
        header = serialize_header(96, number, 5, 9)
        sealed = sender.protect(header, secrets.token_bytes(number))
        for forged in (sealed[:-1] + bytes((sealed[-1] ^ 1,)), sealed[:-1], header + bytes(40), header, b""):
            with pytest.raises(SrtpError):
                receiver.open(forged)
        assert receiver.open(sealed)[0] == header
    assert receiver.streams == {9: 49}


def test_what_cannot_be_a_key_or_a_header_is_refused() -> None:
    for key, salt in ((keys(15), SALT), (keys(16), SALT[:-1])):
        for kind in (GcmSender, GcmReceiver):
            with pytest.raises(ValueError, match=r"[Kk]ey"):
                kind(key, salt)
    with pytest.raises(ValueError, match="12 bytes"):
        GcmSender(keys(16), SALT).protect(bytes(11), b"")
