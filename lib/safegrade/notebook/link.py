"""Messages between a worker and the trusted process that it started: JSON and descriptors."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

HEAD = struct.Struct("!QB")


class Gone(Exception):
    """The other end has closed its socket."""


class Link:
    """One end of the connection.

    Parameters
    ----------
    sock : socket.socket
        A connected socket of the kind SOCK_STREAM.

    Examples
    --------
    >>> ours, theirs = map(Link, socket.socketpair())
    >>> theirs.send({"cell": 1})
    >>> ours.receive()
    ({'cell': 1}, [])
    >>> theirs.close(); ours.close()
    """

    def __init__(self, sock: socket.socket):
        self._sock = sock

    def send(self, message: Any, descriptors: tuple[int, ...] = ()) -> None:
        """Send a message, with descriptors of files or sockets.

        Raises
        ------
        Gone
            When nobody can read it.
        """
        data = json.dumps(message).encode()
        head = HEAD.pack(len(data), len(descriptors))
        self._sock.settimeout(None)
        try:
            if descriptors:
                socket.send_fds(self._sock, [head], list(descriptors))
                self._sock.sendall(data)
            else:
                self._sock.sendall(head + data)
        except OSError as error:
            raise Gone(str(error)) from None

    def receive(self, timeout: float | None = None) -> tuple[Any, list[int]]:
        """Return the next message and the descriptors that came with it.

        Raises
        ------
        Gone
            When there will be none.
        TimeoutError
            When there was none in time.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            self._wait(deadline)
            head, descriptors, _, _ = socket.recv_fds(self._sock, HEAD.size, 4)
            while head and len(head) < HEAD.size:
                head += self._read(HEAD.size - len(head), deadline)
            if not head:
                raise Gone("the connection is closed")
            return json.loads(self._read(HEAD.unpack(head)[0], deadline)), descriptors
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise Gone(str(error)) from None

    def _read(self, size: int, deadline: float | None) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(deadline)
            piece = self._sock.recv(min(size - len(data), 1 << 20))
            if not piece:
                raise Gone("the connection is closed")
            data += piece
        return bytes(data)

    def _wait(self, deadline: float | None) -> None:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError("there was no message in time")
        self._sock.settimeout(left)

    def close(self) -> None:
        """Close this end."""
        self._sock.close()
