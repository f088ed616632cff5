"""The jailed end: serves the host's requests with what student code defined."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from safegrade.wire import answers, stack
from safegrade.wire.bounds import NESTING
from safegrade.wire.errors import GuestLost, WireError
from safegrade.wire.exceptions import decode_error, encode_error
from safegrade.wire.named import Tuples, find, find_type
from safegrade.wire.peer import ERROR, REPLY, REQUEST, Peer
from safegrade.wire.proxies import Reference
from safegrade.wire.rules import refer_by_value
from safegrade.wire.state import ErrState, Randoms, Warned

ORIGINAL = "_wire_original"
NOTED = frozenset({"call", "getattr", "operator"})  # requests whose warnings are the tests' to see


class Guest(Peer):
    """The jailed end of the line.

    Parameters
    ----------
    sock
        A connected stream socket; the guest owns it from now on.
    limits
        Limits of the submission.
    namespace
        Where student code defines its names.

    Attributes
    ----------
    handlers
        Functions by the kind of request that they serve; more may be added.
    take_output
        Called before each message: what was printed since, as ``[(stream, text), ...]``.
    """

    def __init__(self, sock, *, limits, namespace: dict):
        super().__init__(sock, -1, limits.message)
        self.namespace, self.limits = namespace, limits
        self.tuples = Tuples(-1)
        self.take_output: Callable[[], list] = list
        self.depth = 0
        self.randoms, self.errstate, self.warned = Randoms(leads=False), ErrState(), Warned()
        self.lock = threading.RLock()
        self.fetched: set[type] = set()
        self.handlers: dict[str, Callable] = {
            "fetch": self.fetch,
            "bind": self.bind,
            **answers.HANDLERS,
        }

    def serve(self) -> None:
        """Answer requests until the socket closes."""
        try:
            while True:
                message = self.read(None)
                if message.form != REQUEST:
                    raise WireError("an answer to what was not asked")
                with self.lock:
                    self._handle(message)
        except GuestLost:
            return

    def fetch(self, names: list) -> dict:
        """Return those of the names that student code defined."""
        found = {name: self.namespace[name] for name in names if name in self.namespace}
        self.fetched.update(value for value in found.values() if isinstance(value, type))
        return found

    def bind(self, name: str, *value) -> None:
        """Let a name stand for a value of the tests, or for nothing."""
        if value:
            self.namespace[name] = value[0]
        else:
            self.namespace.pop(name, None)

    def _handle(self, message) -> None:
        """Serve one request and send the answer or the exception."""
        args, keywords = self.open(message)
        number, what = message.number, message.what
        self.take_extras(message)
        message.values = message.rest = None
        self.depth += 1
        try:
            if self.depth == 1 and what in NOTED:
                with self.warned:
                    box = [self.handlers[what](*args, **keywords)]
            else:
                box = [self.handlers[what](*args, **keywords)]
        except BaseException as error:
            if isinstance(error, StopIteration) and not (
                what == "operator" and answers.is_next(args)
            ):
                error = RuntimeError("student code raised StopIteration")
            del args, keywords
            self._fail(number, error)
            return
        finally:
            self.depth -= 1
        del args, keywords
        try:
            self.write(REPLY, number, 0, box, {}, None)
        except GuestLost:
            raise
        except BaseException as error:  # whatever a student's own class does when it is looked at
            self._fail(number, error)

    def _fail(self, number: int, error: BaseException) -> None:
        try:
            self.write(ERROR, number, 0, [error], {}, None)
        except GuestLost:
            raise
        except BaseException:
            plain = RuntimeError(f"{type(error).__name__} that does not cross")
            self.write(ERROR, number, 0, [plain], {}, None)

    # -- callbacks ----------------------------------------------------------------------------

    def ask(self, what: str, reference: Reference, /, *args, **kw):
        """Ask for something of an object that the tests lent."""
        with self.lock:
            if not self.depth:
                raise RuntimeError("the tests are not listening")
            if self.depth >= NESTING:
                raise RecursionError("too many calls within calls between tests and answers")
            asked = stack.tell(what)
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(limit + 500)
            try:
                return self._exchange(asked, [reference._wire_handle, *args], kw)
            finally:
                sys.setrecursionlimit(limit)

    def _exchange(self, what: str | list, box: list, kw: dict):
        self.sequence = number = self.sequence + 1
        self.write(REQUEST, number, what, box, kw, None)
        while True:
            message = self.read(None)
            if message.form == REQUEST:
                self._handle(message)
                continue
            values, _ = self.open(message)
            self.take_extras(message)
            break
        if message.form == REPLY:
            return values[0]
        error, original = values
        error.__dict__[ORIGINAL] = original
        raise error

    def operate(self, reference: Reference, name: str, args: tuple):
        """Use a special method of an object that the tests lent."""
        return self.ask("operator", reference, name, *args)

    def leave(self, reference: Reference, error):
        """Leave a context manager that the tests lent."""
        return self.ask("leave", reference, error)

    # -- values -------------------------------------------------------------------------------

    def flatten(self, cls: type, base: type) -> bool:
        """Whether instances of a class that derives from a plain one cross as the plain one."""
        return cls not in self.fetched

    def refer(self, out, value):
        """Encode what is not plain: by value where that is possible, else as a handle."""
        if isinstance(value, Reference) and value._wire_peer is self:
            return ["h", value._wire_handle]
        coded = refer_by_value(self, out, value, by_name=False)
        if coded is not None:
            return coded
        coded = self.lend(out, value)
        if isinstance(value, type):
            return ["k", coded[1:], self.describe(out, value)]
        return coded

    def resolve(self, source, coded):
        """Decode what the host refers to."""
        tag = coded[0]
        if tag == "p":
            return self.borrow(coded)
        if tag == "h":
            return self.exports.get(coded[1])
        if tag == "n":
            return find(coded[1], coded[2])
        if tag == "bm":
            return getattr(source.decode(coded[1]), coded[2])
        if tag == "N":
            return self.tuples.decode(coded, source)
        if tag == "ty":
            return find_type(coded[1])
        if tag == "E":
            return self.errors.decode(coded)
        if tag == "x":
            return decode_error(coded[1], source, self.errors)[0]
        raise WireError("a value of an unknown kind")

    def encode_error(self, out, error):
        """Encode an exception of student code, or name the test's exception that it was."""
        original = getattr(error, "__dict__", {}).get(ORIGINAL, 0)
        return encode_error(error, out, self.errors, original)

    def decode_error(self, source, coded):
        """Make the exception that a callback raised."""
        error, original = decode_error(coded, source, self.errors)
        return error, original

    def extras(self, out):
        """Send along what was printed, the warnings and the random states that changed."""
        printed = [[stream, out_text(text)] for stream, text in self.take_output()] or 0
        noted, states = self.warned.take(), self.randoms.changes(out)
        return [printed, noted, states] if printed or noted or states else 0

    def take_extras(self, message) -> None:
        """Take over NumPy's error handling and the random states of the tests."""
        if message.extras:
            modes, states = message.extras
            self.errstate.apply(modes)
            self.randoms.apply(states, message.source)


def out_text(text: str) -> str:
    """Bound a text; lone surrogates have no place in it."""
    return text.encode("utf-8", "replace").decode("utf-8")
