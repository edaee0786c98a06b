"""The ICE-lite agent against checks as browsers send them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.core.ice import Credentials, IceAgent
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.stun import Address, Class, Message
from tests.sfu.transport_client import check

SERVER = Credentials("server01", "p" * 24)
CLIENT = Credentials("clnt", "q" * 24)
HOME: Address = ("192.0.2.7", 50000)
MOBILE: Address = ("2001:db8::7", 50001, 2)


def answer(agent: IceAgent, data: bytes, source: Address, now: float = 0.0) -> Message | None:
    reply = agent.receive(data, source, now)
    return Message.parse(reply) if reply else None


def test_a_check_is_answered_with_its_source() -> None:
    agent = IceAgent(SERVER)
    for source in (HOME, MOBILE):
        message = answer(agent, check(CLIENT, SERVER, transaction_id=b"abcdefghijkl"), source)
        assert message is not None
        assert message.message_class == Class.SUCCESS
        assert message.transaction_id == b"abcdefghijkl"
        assert message.mapped_address == source[:2]
        assert message.has_integrity(SERVER.pwd.encode())
        assert agent.is_valid(source)


def test_the_first_address_serves_until_one_is_nominated_and_then_the_latest() -> None:
    agent = IceAgent(SERVER)
    agent.receive(check(CLIENT, SERVER), HOME, 0)
    agent.receive(check(CLIENT, SERVER), MOBILE, 0)
    assert agent.selected == HOME
    agent.receive(check(CLIENT, SERVER, use_candidate=True), MOBILE, 0)
    assert agent.selected == MOBILE
    agent.receive(check(CLIENT, SERVER), HOME, 0)
    assert agent.selected == MOBILE
    agent.receive(check(CLIENT, SERVER, use_candidate=True), HOME, 0)
    assert agent.selected == HOME


@pytest.mark.parametrize(
    "remote",
    [
        Credentials("server01", "wrong" * 5),
        Credentials("server02", SERVER.pwd),
        Credentials("", SERVER.pwd),
        Credentials("server01:more", SERVER.pwd + "!"),
    ],
)
def test_who_does_not_know_our_password_gets_no_answer(remote: Credentials) -> None:
    agent = IceAgent(SERVER)
    assert agent.receive(check(CLIENT, remote, use_candidate=True), HOME, 0) is None
    assert agent.selected is None
    assert not agent.is_valid(HOME)


@pytest.mark.parametrize(
    "message",
    [
        Message(message_class=Class.INDICATION, transaction_id=bytes(12), username="server01:clnt"),
        Message(message_class=Class.SUCCESS, transaction_id=bytes(12), username="server01:clnt"),
        Message(message_class=Class.REQUEST, method=3, transaction_id=bytes(12), username="server01:clnt"),
        Message(message_class=Class.REQUEST, transaction_id=bytes(12)),
    ],
)
def test_only_checks_are_answered(message: Message) -> None:
    agent = IceAgent(SERVER)
    assert agent.receive(message.serialize(SERVER.pwd.encode()), HOME, 0) is None
    assert not agent.is_valid(HOME)


def test_a_check_without_integrity_gets_no_answer() -> None:
    unsigned = Message(message_class=Class.REQUEST, transaction_id=bytes(12), username="server01:clnt")
    assert IceAgent(SERVER).receive(unsigned.serialize(), HOME, 0) is None


def test_a_client_that_thinks_itself_controlled_is_told() -> None:
    agent = IceAgent(SERVER)
    message = answer(agent, check(CLIENT, SERVER, ice_controlled=5), HOME)
    assert message is not None
    assert message.message_class == Class.ERROR
    assert message.error == (487, "Role Conflict")
    assert message.has_integrity(SERVER.pwd.encode())
    assert not agent.is_valid(HOME)


def test_old_credentials_stay_good_for_a_while_after_a_restart() -> None:
    agent = IceAgent(SERVER)
    agent.receive(check(CLIENT, SERVER, use_candidate=True), HOME, 0)
    new = Credentials("server99", "n" * 24)
    agent.restart(new, 100.0)
    assert agent.local == new
    assert agent.selected == HOME
    assert answer(agent, check(CLIENT, SERVER), HOME, 109.9)
    assert answer(agent, check(CLIENT, new, use_candidate=True), MOBILE, 109.9)
    assert agent.selected == MOBILE
    assert answer(agent, check(CLIENT, SERVER), HOME, 110.1) is None
    assert answer(agent, check(CLIENT, new), MOBILE, 110.1)


def test_addresses_are_forgotten_oldest_first_but_never_the_selected_one() -> None:
    agent = IceAgent(SERVER)
    agent.receive(check(CLIENT, SERVER, use_candidate=True), HOME, 0)
    for port in range(1, 89):
        agent.receive(check(CLIENT, SERVER), ("192.0.2.8", port), 0)
    assert agent.selected == HOME
    assert agent.is_valid(HOME)
    assert [port for port in range(1, 89) if agent.is_valid(("192.0.2.8", port))] == list(range(26, 89))


@given(st.binary(max_size=100))
def test_garbage_is_malformed_or_not_answered(data: bytes) -> None:
    agent = IceAgent(SERVER)
    with contextlib.suppress(MalformedPacket):
        assert agent.receive(data, HOME, 0) is None
    assert agent.selected is None
