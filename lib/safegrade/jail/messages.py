"""Messages between a nursery, its fork server and the processes of that: JSON on sockets."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import time
from collections.abc import Sequence

PIECE = 65536


class Lines:
    """Messages of one JSON object each on a socket of type stream, with a deadline."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self.buffer = b""
        self.sender = 0  # the process id of the last sender, where the system tells it

    def ask_for_senders(self) -> None:
        """Let the kernel say who sends, by the process ids of this process's namespace."""
        if sys.platform == "linux":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def read(self, timeout: float | None) -> dict | None:
        """Return the next message, or None at the end of the stream.

        Raises
        ------
        TimeoutError
            When no whole message came within `timeout` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while b"\n" not in self.buffer:
            self.sock.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0))
            try:
                data, ancillary, _, _ = self.sock.recvmsg(PIECE, 64)
            except BlockingIOError:
                raise TimeoutError("nothing was said in time") from None
            except (ConnectionError, BrokenPipeError):
                data, ancillary = b"", []
            if not data:
                return None
            self._note_sender(ancillary)
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line)

    def _note_sender(self, ancillary: list) -> None:
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, getattr(socket, "SCM_CREDENTIALS", -1)):
                self.sender = struct.unpack("3i", data[:12])[0]


def tell(sock: socket.socket, message: dict) -> None:
    """Send a message as one line; the owner may be gone."""
    with contextlib.suppress(OSError):
        sock.sendall(json.dumps(message).encode() + b"\n")


def send(sock: socket.socket, message: dict, descriptors: Sequence[int] = ()) -> None:
    """Send a JSON message behind its length, with descriptors."""
    data = json.dumps(message).encode()
    head = struct.pack("!I", len(data))
    if descriptors:
        socket.send_fds(sock, [head], list(descriptors))
        sock.sendall(data)
    else:
        sock.sendall(head + data)


def receive(sock: socket.socket) -> tuple[dict | None, list[int]]:
    """Return a message and the descriptors that came with it; None when there is no more."""
    head, descriptors, _, _ = socket.recv_fds(sock, 4, 4)
    if not head:
        return None, descriptors
    head += sock.recv(4 - len(head), socket.MSG_WAITALL) if len(head) < 4 else b""
    data = sock.recv(struct.unpack("!I", head)[0], socket.MSG_WAITALL)
    return json.loads(data), descriptors
