"""The mistakes of other parties, as exceptions; our own misuse raises ordinary Python errors."""


class MalformedPacket(ValueError):
    """Bytes or text from outside do not follow their format; the message is a plain sentence."""


class SrtpError(Exception):
    """A packet failed authentication or cannot be protected."""
