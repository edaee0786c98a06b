"""A DNS server on a port of this machine, which knows the TXT records that a test gives it."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class _Answers(socketserver.DatagramRequestHandler):
    def handle(self) -> None:
        query = dns.message.from_wire(self.rfile.read())
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        name = query.question[0].name
        records: Mapping[str, str | None] = self.server.records  # type: ignore[attr-defined]
        text = records.get(name.to_text(omit_final_dot=True), "")
        if text is None:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif text:
            answer.answer.append(dns.rrset.from_text(name, 300, "IN", "TXT", f'"{text}"'))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.wfile.write(answer.to_wire())


@contextmanager
def serving(records: Mapping[str, str | None]) -> Iterator[int]:
    """The port. `records` is looked at for each question, so it may change; None stands for a server that fails."""
    with socketserver.UDPServer(("127.0.0.1", 0), _Answers) as server:
        server.records = records  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
