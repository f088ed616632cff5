"""Frames on a stream socket: a JSON header and the bytes of arrays after it."""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections.abc import Callable
from json.encoder import encode_basestring_ascii

from safegrade.wire.bounds import HEADER, NODES
from safegrade.wire.errors import GuestLost, GuestTimeout, WireError

LENGTHS = struct.Struct("<II")
FLAGS = int(socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
TICK = 0.5  # seconds after which a blocked read looks at the clock


def _refuse(value):
    raise TypeError(f"{type(value).__name__} in a header")


if json.encoder.c_make_encoder is not None:
    _chunks = json.encoder.c_make_encoder(
        None, _refuse, encode_basestring_ascii, None, ":", ",", False, False, True
    )

    def dumps(value) -> bytes:
        """JSON of *value* as bytes: the C encoder, made once.

        >>> dumps(["a", 1.5, None])
        b'["a",1.5,null]'
        """
        return "".join(_chunks(value, 0)).encode("ascii")
else:  # an interpreter without the C encoder

    def dumps(value) -> bytes:
        """JSON of *value* as bytes."""
        return json.dumps(value, separators=(",", ":"), check_circular=False).encode("ascii")


_scan = json.JSONDecoder().scan_once


def loads(data: bytes):
    """Read JSON that an enemy may have written: bounded before it is read, ASCII, one value.

    >>> loads(b'["a",1.5,null]')
    ['a', 1.5, None]
    """
    if len(data) > NODES and data.count(b"[") + data.count(b",") + data.count(b"{") > NODES:
        raise WireError("a message with too many parts")
    try:
        text = data.decode("ascii")
        value, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError) as error:
        raise WireError("a message that cannot be read") from error
    if end != len(text):
        raise WireError("a message with something after its end")
    return value


class Stream:
    """Frames over a connected socket, with a deadline.

    Parameters
    ----------
    sock
        A connected stream socket; the stream owns it from now on.
    limit
        The largest frame in bytes, both ways.
    clock
        What tells the time.
    """

    def __init__(
        self, sock: socket.socket, limit: int, clock: Callable[[], float] = time.monotonic
    ):
        self.sock, self.limit, self.clock = sock, limit, clock
        self.rest = b""
        sock.setblocking(True)
        seconds = struct.pack("ll", 0, int(TICK * 1e6))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)

    def send(self, header, parts: list[bytes], size: int, deadline: float | None) -> None:
        """Send a frame; a peer that does not read can't hold us past *deadline*.

        Raises
        ------
        ValueError
            If the frame is larger than the limit (nothing is sent then).
        """
        head = dumps(header)
        if len(head) > HEADER or len(head) + size > self.limit:
            raise ValueError(f"a value of {len(head) + size} bytes is too large to cross")
        data = b"".join((LENGTHS.pack(len(head), size), head, *parts))
        try:
            sent = self.sock.send(data, FLAGS)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise GuestLost("the other process is gone") from error
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:], deadline)

    def _send_rest(self, data: memoryview, deadline: float | None) -> None:
        poller = select.poll()
        poller.register(self.sock, select.POLLOUT)
        while data:
            left = TICK if deadline is None else min(TICK, deadline - self.clock())
            if left <= 0:
                raise GuestTimeout("the other process does not read")
            if poller.poll(left * 1000):
                try:
                    data = data[self.sock.send(data, FLAGS) :]
                except BlockingIOError:
                    continue
                except OSError as error:
                    raise GuestLost("the other process is gone") from error

    def receive(self, deadline: float | None):
        """Read a frame: its header (JSON values) and a memoryview of its arrays.

        Raises
        ------
        GuestTimeout
            When *deadline* passes before the whole frame is there.
        GuestLost
            When the other side closed.
        WireError
            When the lengths or the header make no sense.
        """
        data = self.rest or self._read(65536, deadline)
        while len(data) < 8:
            data += self._read(65536, deadline)
        head, body = LENGTHS.unpack_from(data)
        if head > HEADER or head + body > self.limit:
            raise WireError("a message that is too large")
        end = 8 + head + body
        if len(data) < end:
            data = self._collect(data, end, deadline)
        self.rest = data[end:]
        return loads(data[8 : 8 + head]), memoryview(data)[8 + head : end]

    def _collect(self, data: bytes, end: int, deadline: float | None) -> bytes:
        chunks, size = [data], len(data)
        while size < end:
            chunk = self._read(min(end - size, 2**20), deadline)
            chunks.append(chunk)
            size += len(chunk)
        return b"".join(chunks)

    def _read(self, size: int, deadline: float | None) -> bytes:
        while True:
            if deadline is not None and self.clock() >= deadline:
                raise GuestTimeout("no answer in time")
            try:
                data = self.sock.recv(size)
            except BlockingIOError:
                continue
            except OSError as error:
                raise GuestLost("the other process is gone") from error
            if not data:
                raise GuestLost("the other process is gone")
            return data

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()
