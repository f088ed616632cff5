"""Text and byte streams in memory: shared by content and position."""

from __future__ import annotations

import io

from safegrade.wire.coder import DECODERS, ENCODERS
from safegrade.wire.errors import WireError
from safegrade.wire.shared import Entry


class Stream(Entry):
    """An ``io.StringIO`` or ``io.BytesIO``."""

    __slots__ = ()

    def state(self):
        """Position and content; None when it is closed."""
        return None if self.obj.closed else (self.obj.tell(), self.obj.getvalue())

    def changed(self) -> bool:
        """Whether it was written, read, moved or closed."""
        return self.state() != self.known

    def content(self, out):
        """Encode position and content."""
        return pack(self.state(), out)

    def read(self, content, source):
        """Decode position and content."""
        return unpack(content, type(self.obj), source)

    def apply(self, content) -> None:
        """Bring the stream to this state."""
        if content is None:
            self.obj.close()
        elif not self.obj.closed:
            position, value = content
            self.obj.seek(0)
            self.obj.truncate()
            self.obj.write(value)
            self.obj.seek(position)


def pack(state, out) -> list:
    """Encode a state: position and bytes."""
    if state is None:
        return []
    position, value = state
    data = value if type(value) is bytes else value.encode("utf-8", "surrogatepass")
    return [position, *out.bytes(data)]


def unpack(coded, kind: type, source):
    """Decode a state for this kind of stream."""
    if coded == []:
        return None
    if type(coded) is not list or len(coded) != 3 or type(coded[0]) is not int:
        raise WireError("a wrong stream")
    data = source.bytes(coded[1:])
    if not 0 <= coded[0] <= source.limit:
        raise WireError("a position beyond any stream")
    if kind is io.BytesIO:
        return coded[0], data
    try:
        return coded[0], data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise WireError("a text that is none") from error


def encode_stream(value, out) -> list:
    """Encode a stream: its number, its kind and its state."""
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    entry = Stream(value)
    return ["io", out.new(entry), int(type(value) is io.BytesIO), pack(entry.known, out)]


def decode_stream(coded: list, source):
    """Make a stream."""
    if len(coded) != 4 or type(coded[2]) is not int:
        raise WireError("a wrong stream")
    stream = io.BytesIO() if coded[2] else io.StringIO(newline="")
    state = unpack(coded[3], type(stream), source)
    entry = source.new(coded[1], Stream(stream))
    entry.apply(state)
    entry.known = entry.state()
    return stream


ENCODERS[io.StringIO] = ENCODERS[io.BytesIO] = encode_stream
DECODERS["io"] = decode_stream
