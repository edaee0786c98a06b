"""Session descriptions (RFC 8866, RFC 8829): hides SDP's syntax behind typed sections; knows no policy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, Self, get_args

from interview_stream.sfu.errors import MalformedPacket

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]


@dataclass(slots=True)
class Codec:
    """One payload type of a section: rtpmap, fmtp (verbatim) and rtcp-fb."""

    payload_type: int
    name: str
    """As written, e.g. VP8, opus, rtx, H264; compare with `is_named`."""
    clock_rate: int
    channels: int | None = None
    fmtp: str = ""
    feedback: list[str] = field(default_factory=list)
    """Values after the payload type, e.g. "nack pli"; feedback for "*" is copied into every codec."""

    def is_named(self, name: str) -> bool:
        """Compares without case, as RFC 8866 section 6.6 wants."""
        return self.name.lower() == name.lower()

    @property
    def parameters(self) -> dict[str, str]:
        """The fmtp split at semicolons, keys in lower case."""
        parts = (part.partition("=") for part in self.fmtp.split(";"))
        return {name.strip().lower(): value.strip() for name, _, value in parts if name.strip()}

    @property
    def associated(self) -> int | None:
        """apt of an rtx codec."""
        apt = self.parameters.get("apt", "")
        return int(apt) if self.is_named("rtx") and apt.isascii() and apt.isdigit() and len(apt) <= 3 else None


@dataclass(slots=True, frozen=True)
class Rid:
    """a=rid (RFC 8851)."""

    id: str
    direction: Literal["send", "recv"]
    restrictions: str = ""


@dataclass(slots=True, frozen=True)
class SsrcGroup:
    semantics: str
    ssrcs: tuple[int, ...]


@dataclass(slots=True, frozen=True)
class Simulcast:
    """a=simulcast (RFC 8853); each entry is one stream, its alternatives joined by commas, a leading ~ kept."""

    send: tuple[str, ...] = ()
    recv: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Fingerprint:
    """a=fingerprint (RFC 8122): hash name in lower case, value in upper case with colons."""

    algorithm: str
    value: str


@dataclass(slots=True, frozen=True)
class Candidate:
    """An ICE candidate (RFC 8839 section 5.1, RFC 6544)."""

    foundation: str
    component: int
    transport: str
    """udp or tcp."""
    priority: int
    host: str
    port: int
    type: str = "host"
    tcp_type: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `candidate:…`, with or without `a=`; raises MalformedPacket."""
        words = text.removeprefix("a=").removeprefix("candidate:").split()
        if len(words) < 8 or words[6] != "typ":
            raise MalformedPacket("An ICE candidate lacks some of its parts.")
        rest = dict(zip(words[8::2], words[9::2], strict=False))
        return cls(
            foundation=words[0],
            component=_number(words[1], 256),
            transport=words[2].lower(),
            priority=_number(words[3], _MAX_32),
            host=words[4],
            port=_number(words[5], _MAX_PORT),
            type=words[7],
            tcp_type=rest.get("tcptype"),
        )

    def serialize(self) -> str:
        """`candidate:…` without `a=`, as trickle messages carry it."""
        text = (
            f"candidate:{self.foundation} {self.component} {self.transport} {self.priority}"
            f" {self.host} {self.port} typ {self.type}"
        )
        return f"{text} tcptype {self.tcp_type}" if self.tcp_type else text


@dataclass(slots=True, kw_only=True)
class Section:
    """One m= section. ICE, DTLS and extension lines at session level are copied into each section that lacks them."""

    kind: str
    """audio, video or application."""
    mid: str = ""
    port: int = 9
    """0 together with `bundle_only` is not a rejection."""
    profile: str = "UDP/TLS/RTP/SAVPF"
    formats: list[str] = field(default_factory=list)
    """What follows the profile when it is not a list of codecs, e.g. ["webrtc-datachannel"]."""
    direction: Direction = "sendrecv"
    codecs: list[Codec] = field(default_factory=list)
    """In order of preference."""
    extensions: dict[int, str] = field(default_factory=dict)
    """extmap id → URI (a direction after the id is dropped)."""
    msids: list[tuple[str, str]] = field(default_factory=list)
    """(stream id, track id); "-" stands for no stream."""
    ssrcs: dict[int, dict[str, str]] = field(default_factory=dict)
    """ssrc → its attributes, e.g. {"cname": …}."""
    ssrc_groups: list[SsrcGroup] = field(default_factory=list)
    rids: list[Rid] = field(default_factory=list)
    simulcast: Simulcast | None = None
    ice_ufrag: str = ""
    ice_pwd: str = ""
    ice_options: str = ""
    fingerprints: list[Fingerprint] = field(default_factory=list)
    setup: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    end_of_candidates: bool = False
    rtcp_mux: bool = True
    rtcp_rsize: bool = True
    bundle_only: bool = False
    sctp_port: int | None = None
    max_message_size: int | None = None

    def codec(self, payload_type: int) -> Codec | None:
        """The codec with this payload type."""
        return next((codec for codec in self.codecs if codec.payload_type == payload_type), None)

    def extension_id(self, uri: str) -> int | None:
        """The id this section gave to an extension."""
        return next((id_ for id_, known in self.extensions.items() if known == uri), None)


@dataclass(slots=True, kw_only=True)
class SessionDescription:
    """An offer or an answer."""

    session_id: int = 1
    version: int = 1
    sections: list[Section] = field(default_factory=list)
    bundle: list[str] = field(default_factory=list)
    """mids of the (first) BUNDLE group."""
    ice_lite: bool = False
    extmap_allow_mixed: bool = False
    """Also true if only some section says so (Firefox)."""
    msid_semantic: str = ""
    """E.g. "WMS *"; empty for none."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a description; raises MalformedPacket. Lines it does not know are ignored."""
        if len(text) > _MAX_SIZE:
            raise MalformedPacket("A session description is too long.")
        blocks = _split(text)
        if len(blocks) > _MAX_SECTIONS:
            raise MalformedPacket("A session description has too many sections.")
        description = cls()
        session = _SectionReader(Section(kind="session"))
        for type_, value in blocks[0]:
            if type_ == "o":
                description._read_origin(value)
            elif type_ == "a":
                name, _, rest = value.partition(":")
                description._read_attribute(name, rest)
                session.read(name, rest)
        for block in blocks[1:]:
            reader = _SectionReader(_read_media_line(block[0][1]))
            for type_, value in block[1:]:
                if type_ == "a":
                    name, _, rest = value.partition(":")
                    reader.read(name, rest)
                    description.extmap_allow_mixed |= name == "extmap-allow-mixed"
            description.sections.append(reader.finish(session.section))
        return description

    def _read_origin(self, value: str) -> None:
        words = value.split()
        if len(words) < 3:
            raise MalformedPacket("The o= line of a session description is cut short.")
        self.session_id, self.version = _number(words[1], _MAX_64), _number(words[2], _MAX_64)

    def _read_attribute(self, name: str, value: str) -> None:
        if name == "group":
            semantics, *mids = value.split() or [""]
            if semantics == "BUNDLE" and not self.bundle:
                self.bundle = mids
        elif name == "ice-lite":
            self.ice_lite = True
        elif name == "extmap-allow-mixed":
            self.extmap_allow_mixed = True
        elif name == "msid-semantic":
            self.msid_semantic = value.strip()

    def serialize(self) -> str:
        """The description with CRLF line ends."""
        return "".join(f"{line}\r\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield "v=0"
        yield f"o=- {self.session_id} {self.version} IN IP4 127.0.0.1"
        yield "s=-"
        yield "t=0 0"
        if self.ice_lite:
            yield "a=ice-lite"
        if self.bundle:
            yield f"a=group:BUNDLE {' '.join(self.bundle)}"
        if self.extmap_allow_mixed:
            yield "a=extmap-allow-mixed"
        if self.msid_semantic:
            yield f"a=msid-semantic:{self.msid_semantic}"
        for section in self.sections:
            yield from _transport_lines(section)
            yield from _media_lines(section)

    def section(self, mid: str) -> Section | None:
        """The section with this mid."""
        return next((section for section in self.sections if section.mid == mid), None)


# Reading must not keep the process from its media; browsers in large calls stay far below all of these.
_MAX_SIZE: Final = 524_288
_MAX_SECTIONS: Final = 256
_MAX_FORMATS: Final = 128
_MAX_COMMON_FEEDBACK: Final = 16

_MAX_PORT: Final = 0xFFFF
_MAX_32: Final = 0xFFFFFFFF
_MAX_64: Final = 0xFFFFFFFFFFFFFFFF
_DIRECTIONS: Final = frozenset(get_args(Direction))
# Payload types that need no rtpmap (RFC 3551 section 6), those that browsers offer.
_STATIC: Final = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 9: ("G722", 8000), 13: ("CN", 8000)}

_Line = tuple[str, str]


def _split(text: str) -> list[list[_Line]]:
    """Lines as (type, value), grouped: the session's first, then one list per m= section."""
    blocks: list[list[_Line]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            continue
        if len(line) < 2 or line[1] != "=":
            raise MalformedPacket("A line of a session description is not of the form x=value.")
        if line[0] == "m":
            blocks.append([])
        blocks[-1].append((line[0], line[2:]))
    if blocks[0][:1] != [("v", "0")]:
        raise MalformedPacket("A session description does not begin with v=0.")
    return blocks


def _number(text: str, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 20) or int(text) > high:
        raise MalformedPacket(f"A session description has {text[:40]!r} where a number up to {high} belongs.")
    return int(text)


def _read_media_line(value: str) -> Section:
    words = value.split()
    if len(words) < 4:
        raise MalformedPacket("An m= line is cut short.")
    port = _number(words[1].partition("/")[0], _MAX_PORT)
    if len(words) > 3 + _MAX_FORMATS:
        raise MalformedPacket("A media section has too many formats.")
    return Section(kind=words[0], port=port, profile=words[2], formats=words[3:], rtcp_mux=False, rtcp_rsize=False)


class _SectionReader:
    """Collects the attributes of one section; codecs come last, for their lines may come in any order."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self._rtpmaps: dict[int, str] = {}
        self._fmtps: dict[int, str] = {}
        self._feedback: dict[str, list[str]] = {}
        self._has_direction = False

    def read(self, name: str, value: str) -> None:
        """One a= line; names that are not in the table are ignored."""
        if name in _DIRECTIONS:
            self.section.direction = name  # type: ignore[assignment]
            self._has_direction = True
        elif reader := _READERS.get(name):
            reader(self, value)

    def finish(self, session: Section) -> Section:
        """The section with its codecs and with what the session says for all sections."""
        section = self.section
        if "RTP/" in section.profile:
            section.codecs = [codec for word in section.formats if (codec := self._codec(word))]
            section.formats = []
        if not self._has_direction:
            section.direction = session.direction
        for name in ("ice_ufrag", "ice_pwd", "ice_options", "fingerprints", "setup", "extensions"):
            if not getattr(section, name):
                inherited = getattr(session, name)
                setattr(section, name, inherited.copy() if isinstance(inherited, list | dict) else inherited)
        return section

    def _codec(self, word: str) -> Codec | None:
        payload_type = _number(word, 127)
        if payload_type in self._rtpmaps:
            parts = self._rtpmaps[payload_type].split("/")
            if len(parts) < 2:
                raise MalformedPacket("An rtpmap lacks its clock rate.")
            codec = Codec(payload_type, parts[0], _number(parts[1], _MAX_32))
            if len(parts) > 2:
                codec.channels = _number(parts[2], 255)
        elif payload_type in _STATIC:
            codec = Codec(payload_type, *_STATIC[payload_type])
        else:
            return None
        codec.fmtp = self._fmtps.get(payload_type, "")
        codec.feedback = [*self._feedback.get("*", ()), *self._feedback.get(word, ())]
        return codec

    def rtpmap(self, value: str) -> None:
        payload_type, _, rest = value.partition(" ")
        self._rtpmaps[_number(payload_type, 127)] = rest.strip()

    def fmtp(self, value: str) -> None:
        word, _, rest = value.partition(" ")
        payload_type = _number(word, 127)
        known = self._fmtps.get(payload_type)
        self._fmtps[payload_type] = f"{known};{rest}" if known else rest

    def feedback(self, value: str) -> None:
        target, _, rest = value.partition(" ")
        values = self._feedback.setdefault(target, [])
        values.append(rest)
        if target == "*" and len(values) > _MAX_COMMON_FEEDBACK:
            raise MalformedPacket("A media section has too much feedback for all its formats.")

    def extmap(self, value: str) -> None:
        words = value.split()
        if len(words) < 2:
            raise MalformedPacket("An extmap line is cut short.")
        self.section.extensions[_number(words[0].partition("/")[0], 255)] = words[1]

    def msid(self, value: str) -> None:
        stream, track, *_ = [*value.split(), "", ""]
        self.section.msids.append((stream, track))

    def ssrc(self, value: str) -> None:
        number, _, attribute = value.partition(" ")
        name, _, rest = attribute.partition(":")
        attributes = self.section.ssrcs.setdefault(_number(number, _MAX_32), {})
        if name:
            attributes[name] = rest

    def ssrc_group(self, value: str) -> None:
        semantics, *ssrcs = value.split() or [""]
        self.section.ssrc_groups.append(SsrcGroup(semantics, tuple(_number(ssrc, _MAX_32) for ssrc in ssrcs)))

    def rid(self, value: str) -> None:
        id_, direction, restrictions, *_ = [*value.split(" ", 2), "", "", ""]
        if direction not in ("send", "recv"):
            raise MalformedPacket("A rid is neither sent nor received.")
        self.section.rids.append(Rid(id_, "send" if direction == "send" else "recv", restrictions))

    def simulcast(self, value: str) -> None:
        words = value.split()
        streams = {
            direction: tuple(ids.split(";"))
            for direction, ids in zip(words[::2], words[1::2], strict=False)
            if direction in ("send", "recv")
        }
        self.section.simulcast = Simulcast(**streams)

    def fingerprint(self, value: str) -> None:
        words = value.split()
        if len(words) != 2:
            raise MalformedPacket("A fingerprint line needs a hash name and a value.")
        self.section.fingerprints.append(Fingerprint(words[0].lower(), words[1].upper()))

    def candidate(self, value: str) -> None:
        self.section.candidates.append(Candidate.parse(value))


def _text_reader(field_name: str) -> Callable[[_SectionReader, str], None]:
    return lambda reader, value: setattr(reader.section, field_name, value.strip())


def _flag_reader(field_name: str) -> Callable[[_SectionReader, str], None]:
    return lambda reader, _: setattr(reader.section, field_name, True)


def _number_reader(field_name: str, high: int) -> Callable[[_SectionReader, str], None]:
    return lambda reader, value: setattr(reader.section, field_name, _number(value.strip(), high))


_READERS: Final[dict[str, Callable[[_SectionReader, str], None]]] = {
    "bundle-only": _flag_reader("bundle_only"),
    "candidate": _SectionReader.candidate,
    "end-of-candidates": _flag_reader("end_of_candidates"),
    "extmap": _SectionReader.extmap,
    "fingerprint": _SectionReader.fingerprint,
    "fmtp": _SectionReader.fmtp,
    "ice-options": _text_reader("ice_options"),
    "ice-pwd": _text_reader("ice_pwd"),
    "ice-ufrag": _text_reader("ice_ufrag"),
    "max-message-size": _number_reader("max_message_size", _MAX_64),
    "mid": _text_reader("mid"),
    "msid": _SectionReader.msid,
    "rid": _SectionReader.rid,
    "rtcp-fb": _SectionReader.feedback,
    "rtcp-mux": _flag_reader("rtcp_mux"),
    "rtcp-rsize": _flag_reader("rtcp_rsize"),
    "rtpmap": _SectionReader.rtpmap,
    "sctp-port": _number_reader("sctp_port", _MAX_PORT),
    "setup": _text_reader("setup"),
    "simulcast": _SectionReader.simulcast,
    "ssrc": _SectionReader.ssrc,
    "ssrc-group": _SectionReader.ssrc_group,
}


def _transport_lines(section: Section) -> Iterator[str]:
    """The m= line and what says how bytes travel."""
    formats = [str(codec.payload_type) for codec in section.codecs] or section.formats or ["0"]
    yield f"m={section.kind} {section.port} {section.profile} {' '.join(formats)}"
    yield "c=IN IP4 0.0.0.0"
    for candidate in section.candidates:
        yield f"a={candidate.serialize()}"
    if section.end_of_candidates:
        yield "a=end-of-candidates"
    if section.ice_ufrag:
        yield f"a=ice-ufrag:{section.ice_ufrag}"
        yield f"a=ice-pwd:{section.ice_pwd}"
    if section.ice_options:
        yield f"a=ice-options:{section.ice_options}"
    for fingerprint in section.fingerprints:
        yield f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}"
    if section.setup:
        yield f"a=setup:{section.setup}"
    if section.mid:
        yield f"a=mid:{section.mid}"
    if section.bundle_only:
        yield "a=bundle-only"
    if section.sctp_port is not None:
        yield f"a=sctp-port:{section.sctp_port}"
    if section.max_message_size is not None:
        yield f"a=max-message-size:{section.max_message_size}"


def _media_lines(section: Section) -> Iterator[str]:
    """What says which media there are; nothing for data channels."""
    if "RTP/" not in section.profile:
        return
    for id_, uri in section.extensions.items():
        yield f"a=extmap:{id_} {uri}"
    yield f"a={section.direction}"
    for stream, track in section.msids:
        yield f"a=msid:{stream} {track}".rstrip()
    if section.rtcp_mux:
        yield "a=rtcp-mux"
    if section.rtcp_rsize:
        yield "a=rtcp-rsize"
    for codec in section.codecs:
        yield from _codec_lines(codec)
    for rid in section.rids:
        yield f"a=rid:{rid.id} {rid.direction} {rid.restrictions}".rstrip()
    if simulcast := section.simulcast:
        sides = (("send", simulcast.send), ("recv", simulcast.recv))
        yield "a=simulcast:" + " ".join(f"{name} {';'.join(ids)}" for name, ids in sides if ids)
    for group in section.ssrc_groups:
        yield f"a=ssrc-group:{group.semantics} {' '.join(map(str, group.ssrcs))}"
    for ssrc, attributes in section.ssrcs.items():
        for name, value in attributes.items():
            yield f"a=ssrc:{ssrc} {name}:{value}" if value else f"a=ssrc:{ssrc} {name}"


def _codec_lines(codec: Codec) -> Iterator[str]:
    channels = f"/{codec.channels}" if codec.channels else ""
    yield f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"
    for value in codec.feedback:
        yield f"a=rtcp-fb:{codec.payload_type} {value}"
    if codec.fmtp:
        yield f"a=fmtp:{codec.payload_type} {codec.fmtp}"
