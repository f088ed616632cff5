"""Collect what a cell prints and shows as outputs of the notebook format, within bounds."""

from __future__ import annotations

import base64
import io
from typing import Any

CUT = "\n... output cut short ...\n"
PIECES = 5_000  # outputs that one cell may have
KINDS = ("stream", "display_data", "execute_result", "error")


TIMEOUT = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["CellTimeoutError: the cell took too long"],
}


def error(name: str, text: str) -> dict:
    """Return an error output, as if the cell had raised it."""
    line = f"{name}: {text}"
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [line]}


class Outputs:
    """The outputs of one cell, never longer than there is room for.

    Parameters
    ----------
    room : int
        Characters that may be kept.

    Examples
    --------
    >>> outputs = Outputs(room=4)
    >>> outputs.stream("stdout", "spam and eggs")
    >>> outputs.cut, outputs.finish()[0]["text"].split()
    (True, ['spam', '...', 'output', 'cut', 'short', '...'])
    """

    def __init__(self, room: int):
        self.room = room
        self.cut = False
        self._pieces: list[dict] = []
        self._named: dict[str, list[dict]] = {}
        self._clear_next = False

    def stream(self, name: str, text: str) -> None:
        """Take what was printed; text that follows text of the same stream is joined to it."""
        self._clear_if_asked()
        if len(text) > self.room:
            text = text[: self.room] + (CUT if not self.cut else "")
            self.cut, self.room = True, 0
        else:
            self.room -= len(text)
        if not text:
            return
        last = self._pieces[-1] if self._pieces else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"].append(text)
            if len(last["text"]) > 1000:  # a list of short pieces weighs more than its text
                last["text"] = ["".join(last["text"])]
        else:
            self._add({"output_type": "stream", "name": name, "text": [text]})

    def show(self, kind: str, data: dict, metadata: dict | None, count: int | None = None) -> dict:
        """Take a display or a result; one that is too long becomes a short text."""
        self._clear_if_asked()
        piece = {"output_type": kind, "data": self._fit(data), "metadata": plain(metadata or {})}
        if kind == "execute_result":
            piece["execution_count"] = count
        self._add(piece)
        return piece

    def publish(self, data: dict, metadata: dict | None, name: str | None, update: bool) -> None:
        """Take a display that has a name, or give new content to those of that name."""
        if update:
            for piece in self._named.get(name, ()):
                piece["data"], piece["metadata"] = self._fit(data), plain(metadata or {})
            return
        piece = self.show("display_data", data, metadata)
        if name is not None:
            self._named.setdefault(name, []).append(piece)

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """Take an error, for which there is always some room."""
        kept = [line[:10_000] for line in traceback[:200]]
        self._pieces.append(
            {"output_type": "error", "ename": name, "evalue": value[:10_000], "traceback": kept}
        )

    def clear(self, wait: bool = False) -> None:
        """Forget everything now, or when the next output comes."""
        self._clear_next = wait
        if not wait:
            self._pieces.clear()
            self._named.clear()

    def finish(self) -> list[dict]:
        """Return the outputs as plain data."""
        return [
            {**piece, "text": "".join(piece["text"])} if piece["output_type"] == "stream" else piece
            for piece in self._pieces
        ]

    def take(self) -> list[dict]:
        """Return the outputs as plain data and forget them; the room that they took stays taken."""
        taken = self.finish()
        self.clear()
        return taken

    def _clear_if_asked(self) -> None:
        if self._clear_next:
            self.clear()

    def _add(self, piece: dict) -> None:
        result = piece["output_type"] == "execute_result"  # the score of a test, perhaps
        if len(self._pieces) < PIECES or (result and len(self._pieces) == PIECES):
            self._pieces.append(piece)
        else:
            self.cut = True

    def _fit(self, data: dict) -> dict:
        data = plain(data)
        size = sum(map(_length, data.values()))
        if size > self.room:
            self.cut = True
            data = {"text/plain": str(data.get("text/plain", ""))[:200] + CUT}
            size = min(size, self.room)
        self.room -= size
        return data


class CellStream(io.TextIOBase):
    """Standard output or standard error while a cell runs."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, outputs: Outputs, number: int):
        self.name = f"<{name}>"
        self._stream, self._outputs, self._number = name, outputs, number

    def write(self, text: str) -> int:
        """Take text, as a file does."""
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._outputs.stream(self._stream, str(text))
        return len(text)

    def writable(self) -> bool:
        """Whether it can be written to: yes."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that the stream stands for."""
        return self._number

    @property
    def buffer(self) -> io.RawIOBase:
        """The stream for bytes."""
        return _Bytes(self)


class _Bytes(io.RawIOBase):
    def __init__(self, text: CellStream):
        self._text = text

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        data = bytes(data)
        self._text.write(data.decode("utf-8", "replace"))
        return len(data)


def plain(value: Any, depth: int = 20) -> Any:
    r"""Return a value as JSON can say it: text for what has no other form.

    Examples
    --------
    >>> plain({"image/png": b"\x00", 2: (1, None, 1 + 0j)})
    {'image/png': 'AA==', '2': [1, None, '(1+0j)']}
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if value - value == 0 else str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if depth and isinstance(value, dict):
        return {str(key): plain(item, depth - 1) for key, item in value.items()}
    if depth and isinstance(value, (list, tuple)):
        return [plain(item, depth - 1) for item in value]
    return str(value)


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + _length(item) for key, item in value.items())
    return sum(map(_length, value)) if isinstance(value, list) else 20


def accept(told: Any, room: int) -> list[dict]:
    """Make outputs anew from what a process that is not trusted calls outputs.

    Parameters
    ----------
    told : object
        Plain data of any shape.
    room : int
        Characters that may be kept.

    Returns
    -------
    list of dict
        Well-formed outputs; what is not well-formed is left out.

    Examples
    --------
    >>> accept([{"output_type": "stream", "name": "elsewhere", "text": 3}, "spam"], 100)
    [{'output_type': 'stream', 'name': 'stdout', 'text': '3'}]
    """
    outputs = Outputs(room)
    for piece in told if isinstance(told, list) else ():
        kind = piece.get("output_type") if isinstance(piece, dict) else None
        if kind == "stream":
            name = "stderr" if piece.get("name") == "stderr" else "stdout"
            outputs.stream(name, str(piece.get("text", "")))
        elif kind == "error":
            lines = piece.get("traceback")
            lines = [str(line) for line in lines] if isinstance(lines, list) else []
            outputs.error(str(piece.get("ename"))[:200], str(piece.get("evalue")), lines)
        elif kind in KINDS:
            data, metadata = piece.get("data"), piece.get("metadata")
            count = piece.get("execution_count")
            outputs.show(
                kind,
                data if isinstance(data, dict) else {},
                metadata if isinstance(metadata, dict) else {},
                count if type(count) is int else None,
            )
    return outputs.finish()
