"""Which media processes an installation runs, and on which ports: for who starts them and for who looks for them."""

from dataclasses import dataclass

from interview_stream.environment import PREFIX, Environment, SettingError

LOOPBACK_OFFSET = 100
"""Node n of several answers on this many ports and n above SFU_PORT, where the router is: beyond the media's ports."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """One media process."""

    name: str
    number: int
    """From 1; 0 for one that is alone."""
    port: int
    """Of signalling and server API, on the loopback."""
    media_port: int
    media_tcp_port: int
    """0 for no media over TCP."""


def nodes_of(environment: Environment) -> tuple[Node, ...]:
    """All of them; raises SettingError where their ports do not fit. With several, a router has SFU_PORT."""
    count = environment.sfu_processes
    if count == 1:
        return (_node(environment, 0),)
    nodes = tuple(_node(environment, number) for number in range(1, count + 1))
    tcp = [environment.port, environment.sfu_port, *(node.port for node in nodes)]
    tcp += [node.media_tcp_port for node in nodes if node.media_tcp_port]
    if max(*tcp, nodes[-1].media_port) > 65_535 or len(set(tcp)) < len(tcp):
        raise SettingError(
            f"{count} media processes need TCP and UDP ports in a row, from {PREFIX}MEDIA_TCP_PORT, {PREFIX}MEDIA_PORT "
            f"and {PREFIX}SFU_PORT + {LOOPBACK_OFFSET + 1} on. These meet another port, or the end; choose others."
        )
    return nodes


def _node(environment: Environment, number: int) -> Node:
    step = max(number - 1, 0)
    return Node(
        name=f"sfu-{number}" if number else "sfu",
        number=number,
        port=environment.sfu_port + (LOOPBACK_OFFSET + number if number else 0),
        media_port=environment.media_port + step,
        media_tcp_port=environment.media_tcp_port and environment.media_tcp_port + step,
    )
