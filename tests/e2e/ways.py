"""Which way media goes: the pair of addresses that each connection of a page has chosen."""

from dataclasses import dataclass

from tests.e2e.measuring import Browser

# Runs before any script of the page.
WATCH_CONNECTIONS = """(() => {
  window.connections = [];
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) { super(...settings); window.connections.push(this); }
  };
})()"""

# Chromium names the chosen pair in the transport, Firefox in the pair.
CHOSEN = """(async () => {
  const ways = [];
  for (const connection of window.connections) {
    const entries = [...(await connection.getStats()).values()];
    const chosen = entries.flatMap(({ selectedCandidatePairId: id }) => (id ? [id] : []));
    for (const pair of entries)
      if (pair.type === "candidate-pair" && (pair.selected || chosen.includes(pair.id))) {
        const { protocol, address, port } = entries.find(({ id }) => id === pair.remoteCandidateId);
        ways.push({ protocol, address, port });
      }
  }
  return ways;
})()"""


@dataclass(frozen=True)
class Way:
    """To where of the server."""

    protocol: str
    address: str
    port: int


def ways(browser: Browser) -> set[Way]:
    """Of all connections that the page has opened and not closed."""
    return {Way(**way) for way in browser.evaluate(CHOSEN)}
