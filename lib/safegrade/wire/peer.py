"""What both ends do: number what they lend, pack and unpack messages."""

from __future__ import annotations

import sys
import time
import weakref

import safegrade.wire.codes  # noqa: F401  (the codes join the tables)
from safegrade.wire.bounds import CLASSES, HANDLES
from safegrade.wire.coder import Out, Source
from safegrade.wire.errors import WireError
from safegrade.wire.exceptions import Classes
from safegrade.wire.frames import Stream
from safegrade.wire.kinds import Kind, make_reference, read_kind
from safegrade.wire.proxies import Reference
from safegrade.wire.shared import Shared
from safegrade.wire.special import describe

REQUEST, REPLY, ERROR = "q", "a", "e"


class Exports:
    """Objects that one side holds for the other, counted as often as they were sent."""

    def __init__(self):
        self.objects: dict[int, object] = {}
        self.handles: dict[int, int] = {}
        self.counts: dict[int, int] = {}
        self.next = 1

    def export(self, value) -> int:
        """Return the handle of an object; a ValueError when there are too many."""
        handle = self.handles.get(id(value))
        if handle is None:
            if len(self.objects) >= HANDLES:
                raise ValueError("too many objects of one process are held by the other")
            handle, self.next = self.next, self.next + 1
            self.objects[handle], self.handles[id(value)] = value, handle
            self.counts[handle] = 0
        self.counts[handle] += 1
        return handle

    def get(self, handle):
        """Return the object with this handle; a WireError if none was lent."""
        if type(handle) is not int or handle not in self.objects:
            raise WireError("a handle of nothing that was lent")
        return self.objects[handle]

    def release(self, handle, count: int = 1) -> None:
        """Forget an object as often as the other side did."""
        if type(handle) is not int or type(count) is not int:
            raise WireError("a wrong release")
        if not 0 < count <= self.counts.get(handle, 0):
            raise WireError("a release of what was not lent")
        self.counts[handle] -= count
        if not self.counts[handle]:
            value = self.objects.pop(handle)
            del self.counts[handle], self.handles[id(value)]


class Message:
    """A message that arrived: what it asks or answers, and what else it carries."""

    __slots__ = ("extras", "form", "number", "rest", "source", "values", "what")


class Peer:
    """One end of the line.

    Parameters
    ----------
    sock
        A connected stream socket; the peer owns it from now on.
    sign
        1 for the host, -1 for the guest.
    limit
        Bytes of one message.
    clock
        What tells the time.
    """

    def __init__(self, sock, sign: int, limit: int, clock=time.monotonic):
        if "numpy" in sys.modules:
            import safegrade.wire.numerics  # noqa: F401  (NumPy's codes too)
        self.stream = Stream(sock, limit, clock)
        self.sign, self.limit = sign, limit
        self.doubts = sign > 0  # what objects of the guest say is compared with what they do
        self.shared, self.exports, self.errors = Shared(sign), Exports(), Classes(sign)
        self.references: weakref.WeakValueDictionary = weakref.WeakValueDictionary()
        self.released: list[tuple[int, int]] = []
        self.kinds: dict[int, Kind] = {}  # classes of the other side
        self.described: dict[type, int] = {}  # classes of this side
        self.sequence = self.kind_number = 0

    # -- objects by reference -------------------------------------------------------------

    def lend(self, out: Out, value) -> list:
        """Encode an object as a handle, its class, and the description of a class that is new."""
        handle = self.exports.export(value)
        out.undo.append((self.exports.release, handle))
        return ["p", handle, *self.describe(out, type(value))]

    def describe(self, out: Out, cls: type) -> list:
        """Give a class a number; describe it the first time."""
        number = self.described.get(cls)
        if number is not None:
            return [number]
        if len(self.described) >= CLASSES:
            raise ValueError("too many classes of objects")
        number = self.kind_number = self.kind_number + 1
        self.described[cls] = number
        out.undo.append((self.described.pop, cls))
        ancestors = [self.described[base] for base in cls.__mro__[1:] if base in self.described]
        return [number, [cls.__name__, describe(cls), ancestors]]

    def borrow(self, coded: list) -> Reference:
        """Return the reference that a code stands for; the same one for the same object."""
        if len(coded) not in (3, 4) or type(coded[1]) is not int or type(coded[2]) is not int:
            raise WireError("a wrong reference")
        handle = coded[1]
        kind = self.kinds[self.read_kind_number(coded[2:])]
        reference = self.references.get(handle)
        if reference is None:
            if len(self.references) >= 2 * HANDLES:
                raise WireError("too many objects by reference")
            reference = self.references[handle] = make_reference(self, handle, kind)
        else:
            count = reference._wire_count + 1
            object.__setattr__(reference, "_wire_count", count)
        return reference

    def read_kind_number(self, coded: list) -> int:
        """Return the number of a class, which is described when it is new."""
        number = coded[0] if coded else None
        if type(number) is not int or len(coded) > 2:
            raise WireError("a wrong class")
        if len(coded) == 2:
            if number in self.kinds or len(self.kinds) >= CLASSES:
                raise WireError("a class that was described before")
            self.kinds[number] = read_kind(number, coded[1])
        elif number not in self.kinds:
            raise WireError("a class that was not described")
        return number

    def flatten(self, cls: type, base: type) -> bool:
        """Whether instances of a class that derives from a plain one cross as the plain one."""
        raise NotImplementedError

    def refer(self, out: Out, value):
        """Encode what does not cross by value; each end has its own rules."""
        raise NotImplementedError

    def resolve(self, source: Source, coded: list):
        """Decode what does not cross by value; each end has its own rules."""
        raise NotImplementedError

    # -- messages ----------------------------------------------------------------------------

    def write(self, form: str, number: int, what, box: list, names: dict, deadline) -> None:
        """Send a message; *box* is emptied, so that what only it holds need not be kept.

        Raises
        ------
        TypeError, ValueError
            If a value can't cross; nothing was sent then.
        """
        out = Out(self.shared, self.refer)
        try:
            changes = self.shared.changes(out) if self.shared.entries else 0
            if form == ERROR:
                values = self.encode_error(out, box[0])
            else:
                values = [out.encode(value) for value in box]
            keywords = [part for name in names for part in (name, out.encode(names[name]))]
            box.clear()
            extras = self.extras(out)
            if out.fresh:
                out.settle()
            shared = self.shared
            dropped = shared.sweep() if shared.entries else shared.lost
            released, self.released = self.released, []
            header = [form, number, what, values]
            if keywords or changes or dropped or released or extras:
                header += (keywords, changes, dropped, released, extras)
            self.stream.send(header, out.parts, out.size, deadline)
        except BaseException:
            out.cancel()
            raise
        out.done()
        self.shared.lost = []

    def read(self, deadline) -> Message:
        """Receive a message and check its outline; the values wait for `open`."""
        header, body = self.stream.receive(deadline)
        if type(header) is not list or len(header) not in (4, 9):
            raise WireError("a message of a wrong form")
        message = Message()
        message.form, message.number, message.what, message.values = header[:4]
        message.rest = header[4:]
        if message.form not in (REQUEST, REPLY, ERROR) or type(message.number) is not int:
            raise WireError("a message of a wrong form")
        message.source = Source(body, self.shared, self.resolve, self.limit, self.sign < 0)
        return message

    def open(self, message: Message):
        """Decode values and keywords, and only then bring what is shared up to date."""
        source, values = message.source, message.values
        if not message.rest:  # nothing goes along with the values
            message.extras = 0
            if message.form != ERROR:
                return [source.decode(value) for value in source.sequence(values)], {}
            return self.decode_error(source, values), {}
        names, changes, dropped, released, extras = message.rest
        pending = self.read_changes(source, changes) if changes else ()
        if message.form != ERROR:
            values = [source.decode(value) for value in source.sequence(values)]
        else:
            values = self.decode_error(source, values)
        keywords = {}
        for place in range(0, len(source.sequence(names)) - 1, 2):
            if type(names[place]) is not str:
                raise WireError("a keyword that is none")
            keywords[names[place]] = source.decode(names[place + 1])
        message.extras = extras
        for entry, content in pending:
            entry.apply(content)
            entry.known = entry.state()
        for number in source.sequence(dropped):
            if type(number) is not int:
                raise WireError("a wrong number")
            self.shared.drop(number)
        for item in source.sequence(released):
            if type(item) is not list or len(item) != 2:
                raise WireError("a wrong release")
            self.exports.release(*item)
        return values, keywords

    def read_changes(self, source: Source, changes) -> list:
        """Decode the changes of shared objects; change nothing yet."""
        items = source.sequence(changes)
        if len(items) % 2:
            raise WireError("a change without content")
        return [
            (entry := self.shared.entry(items[place]), entry.read(items[place + 1], source))
            for place in range(0, len(items), 2)
        ]

    def extras(self, out: Out):
        """Return what goes along with each message: nothing, unless an end has something."""
        return 0

    def encode_error(self, out: Out, error) -> list:
        """Encode an exception."""
        raise NotImplementedError

    def decode_error(self, source: Source, coded):
        """Make the exception that the other side raised."""
        raise NotImplementedError
