"""STUN against the sample messages of RFC 5769, against itself, and against garbage."""

import contextlib
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.stun import Class, Message

PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"

# RFC 5769 section 2.1; padding is of spaces there.
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e7400240004"
    "6e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56"
    "781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
# RFC 5769 section 2.2
RESPONSE_V4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147"
    "e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
# RFC 5769 section 2.3
RESPONSE_V6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a147"
    "0113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004"
    "c8fb0b4c"
)


def request(**changes: object) -> Message:
    return Message(message_class=Class.REQUEST, transaction_id=b"transaction!", **changes)  # type: ignore[arg-type]


def test_sample_request() -> None:
    message = Message.parse(REQUEST)
    assert message.message_class == Class.REQUEST
    assert message.method == 1
    assert message.transaction_id.hex() == "b7e7a701bc34d686fa87dfae"
    assert message.software == "STUN test client"
    assert message.username == "evtj:h6vY"
    assert message.priority == 0x6E0001FF
    assert message.ice_controlled == 0x932FF9B151263B36
    assert message.ice_controlling is None
    assert not message.use_candidate
    assert message.has_integrity(PASSWORD)
    assert not message.has_integrity(PASSWORD + b"!")


@pytest.mark.parametrize(
    ("data", "host"), [(RESPONSE_V4, "192.0.2.1"), (RESPONSE_V6, "2001:db8:1234:5678:11:2233:4455:6677")]
)
def test_sample_responses(data: bytes, host: str) -> None:
    message = Message.parse(data)
    assert message.message_class == Class.SUCCESS
    assert message.software == "test vector"
    assert message.mapped_address == (host, 32853)
    assert message.has_integrity(PASSWORD)


def test_any_changed_bit_of_a_sample_is_noticed() -> None:
    type_of_fingerprint = range(len(REQUEST) - 8, len(REQUEST) - 6)  # as another type it would be ignored
    for at in range(len(REQUEST) * 8):
        if at // 8 in type_of_fingerprint:
            continue
        changed = bytearray(REQUEST)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(MalformedPacket):
            Message.parse(bytes(changed))


def test_integrity_is_checked_without_a_fingerprint_too() -> None:
    bare = bytearray(REQUEST[:-8])
    bare[2:4] = (len(bare) - 20).to_bytes(2, "big")
    assert Message.parse(bytes(bare)).has_integrity(PASSWORD)
    bare[30] ^= 1
    assert not Message.parse(bytes(bare)).has_integrity(PASSWORD)


def test_a_message_without_integrity_has_none() -> None:
    assert not Message.parse(request().serialize()).has_integrity(b"")


def test_what_follows_the_integrity_is_ignored() -> None:
    signed = request(username="a:b").serialize(b"key")[:-8]
    smuggled = signed + bytes.fromhex("00250000")  # USE-CANDIDATE
    message = Message.parse(smuggled[:2] + (len(smuggled) - 20).to_bytes(2, "big") + smuggled[4:])
    assert message.has_integrity(b"key")
    assert not message.use_candidate


def test_unknown_attributes_are_ignored() -> None:
    plain = request(username="a:b").serialize()[:-8]
    extra = plain + bytes.fromhex("c0700003aabbcc00") + bytes.fromhex("00190004aabbccdd")
    message = Message.parse(extra[:2] + (len(extra) - 20).to_bytes(2, "big") + extra[4:])
    assert message.username == "a:b"


def test_an_ipv4_client_of_a_dual_stack_socket_learns_its_own_address() -> None:
    message = request(mapped_address=("::ffff:192.0.2.1", 5, 0))
    assert Message.parse(message.serialize()).mapped_address == ("192.0.2.1", 5)


def test_a_link_local_address_loses_its_zone() -> None:
    message = request(mapped_address=("fe80::1%eth0", 5, 2))
    assert Message.parse(message.serialize()).mapped_address == ("fe80::1", 5)


def attribute(type_: int, value: str) -> bytes:
    body = bytes.fromhex(value)
    padded = body + bytes(-len(body) % 4)
    data = type_.to_bytes(2, "big") + len(body).to_bytes(2, "big") + padded
    return bytes.fromhex("0001") + len(data).to_bytes(2, "big") + bytes.fromhex("2112a442") + bytes(12) + data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "shorter than its header"),
        (REQUEST[:19], "shorter than its header"),
        (b"\x80" + REQUEST[1:], "not a STUN message"),
        (REQUEST[:4] + bytes(4) + REQUEST[8:], "not a STUN message"),
        (REQUEST + bytes(4), "another length"),
        (REQUEST[:-1], "another length"),
        (REQUEST[:-1] + b"!", "fingerprint"),
        (REQUEST[:20] + bytes.fromhex("80280004") + REQUEST[24:], "fingerprint"),
        (REQUEST[:22] + b"\xff\xff" + REQUEST[24:], "longer than its message"),
        (attribute(0x0008, "0102"), "2 bytes instead of 20"),
        (attribute(0x0009, "0000"), "error code is cut short"),
        (attribute(0x0020, "0001"), "unknown family"),
        (attribute(0x0020, "0003123401020304"), "unknown family"),
        (attribute(0x0020, "000112340102030405"), "9 bytes instead of 8"),
        (attribute(0x0024, "01"), "1 bytes instead of 4"),
        (attribute(0x802A, "01020304"), "4 bytes instead of 8"),
        (attribute(0x0006, "ff"), "UTF-8"),
    ],
)
def test_malformed(data: bytes, words: str) -> None:
    with pytest.raises(MalformedPacket, match=words):
        Message.parse(data)


def is_native(ip: object) -> bool:
    return isinstance(ip, IPv6Address) and ip.ipv4_mapped is None


text = st.text(max_size=40)
messages = st.builds(
    Message,
    message_class=st.sampled_from(Class),
    transaction_id=st.binary(min_size=12, max_size=12),
    method=st.integers(0, 0xFFF),
    username=st.none() | text,
    priority=st.none() | st.integers(0, 0xFFFFFFFF),
    use_candidate=st.booleans(),
    ice_controlling=st.none() | st.integers(0, 2**64 - 1),
    ice_controlled=st.none() | st.integers(0, 2**64 - 1),
    mapped_address=st.none()
    | st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 65535))
    | st.tuples(st.ip_addresses(v=6).filter(is_native).map(str), st.integers(0, 65535)),
    error=st.none() | st.tuples(st.integers(300, 699), text),
    software=st.none() | text,
)


@given(messages, st.none() | st.binary(max_size=40))
def test_what_is_written_is_read(message: Message, key: bytes | None) -> None:
    again = Message.parse(message.serialize(key))
    assert again == message
    assert again.has_integrity(key or b"") == (key is not None)


@given(st.binary(max_size=120))
def test_garbage_is_malformed_or_a_message(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        Message.parse(data)


@given(st.binary(max_size=100), st.integers(0, 0x3FFF))
def test_garbage_attributes_are_malformed_or_a_message(body: bytes, kind: int) -> None:
    body += bytes(-len(body) % 4)
    head = kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + bytes.fromhex("2112a442") + bytes(12)
    with contextlib.suppress(MalformedPacket):
        Message.parse(head + body).has_integrity(b"key")
