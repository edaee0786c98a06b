"""Session descriptions (RFC 8866, RFC 8829): hides SDP's syntax behind typed sections; knows no policy."""

from dataclasses import dataclass, field
from typing import Literal, Self

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
        raise NotImplementedError

    @property
    def associated(self) -> int | None:
        """apt of an rtx codec."""
        raise NotImplementedError


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
        raise NotImplementedError

    def serialize(self) -> str:
        """`candidate:…` without `a=`, as trickle messages carry it."""
        raise NotImplementedError


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
    msid_semantic: str = ""
    """E.g. "WMS *"; empty for none."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a description; raises MalformedPacket. Lines it does not know are ignored."""
        raise NotImplementedError

    def serialize(self) -> str:
        """The description with CRLF line ends."""
        raise NotImplementedError

    def section(self, mid: str) -> Section | None:
        """The section with this mid."""
        return next((section for section in self.sections if section.mid == mid), None)
