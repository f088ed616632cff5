"""The trusted end: asks the guest, serves its callbacks, believes nothing it says."""

from __future__ import annotations

import sys
import threading
import time
import types
from collections.abc import Callable, Container, Iterable
from typing import Any

from safegrade.wire import guard, stack
from safegrade.wire.bounds import NESTING, WARNINGS
from safegrade.wire.coder import NotCrossing
from safegrade.wire.errors import GuestLost, WireError
from safegrade.wire.exceptions import decode_error, encode_error
from safegrade.wire.generators import encode_generator, kind_of
from safegrade.wire.named import Tuples, find_type
from safegrade.wire.peer import ERROR, REPLY, REQUEST, Peer
from safegrade.wire.proxies import Reference
from safegrade.wire.rules import refer_by_value
from safegrade.wire.served import SERVED, read_output, write_output
from safegrade.wire.special import ANY, ARITHMETIC, BINARY, COMPARISONS
from safegrade.wire.state import ErrState, Randoms, issue, read_warnings

REFLECTED = {f"__r{name}__" for name in BINARY.split()}
OPERANDS = ARITHMETIC | COMPARISONS | {"__contains__"}
RAISED = 100  # exceptions of the tests that may come back as themselves


class Host(Peer):
    """The trusted end of the line, on a connected socket.

    Parameters
    ----------
    sock
        A connected stream socket; the host owns it from now on.
    limits
        Limits of the submission: ``message``, ``output`` and ``cell_seconds`` matter here.
    clock
        What tells the time.

    Attributes
    ----------
    alive, death
        Whether the guest may still be asked, and if not, why.
    deadline
        When (by the clock) everything must be answered; set it for the time of a cell. None
        leaves ``cell_seconds`` for each request.
    printed
        Characters of output so far; set it to 0 where a cell begins.
    share_random
        Whether the global random state follows the guest's draws.
    before
        What is called before what is done to a reference is passed on: each brings the guest up
        to date.
    classes
        Names of the classes whose instances may answer comparisons and arithmetic with values of
        the tests, each with the special methods whose answers may be plain values: None for all
        methods. `ANY` stands for every other class that was fetched by name.
    """

    def __init__(self, sock, *, limits, clock: Callable[[], float] = time.monotonic):
        super().__init__(sock, 1, limits.message, clock)
        self.limits, self.clock = limits, clock
        self.alive, self.death = True, ""
        self.deadline: float | None = None
        self.classes: dict[str, list[str] | None] = {ANY: None}
        self.asked: dict[int, list[str] | None] = {}
        self.tuples = Tuples(1)
        self.depth = self.serving = 0  # requests, and callbacks, under way
        self.lock = threading.RLock()  # one thread of the tests at a time
        self.raised: dict[int, BaseException] = {}
        self.printed = 0
        self.write_output = write_output
        self.share_random = True
        self.randoms, self.errstate, self.noted = Randoms(leads=True), ErrState(), []
        self.before: list[Callable[[], None]] = []
        self.until: float | None = None  # when the request under way ends

    # -- requests -------------------------------------------------------------------------

    def request(self, kind: str, /, *args, timeout: float | None = None, **kw) -> Any:
        """Ask the guest and return what it answers; its callbacks are served meanwhile.

        Parameters
        ----------
        kind
            Name of a handler of the guest.
        *args, **kw
            Its arguments.
        timeout
            Seconds that all of it may take; never beyond the deadline.

        Raises
        ------
        GuestLost
            When the guest died, overran or broke the protocol, now or before.
        TypeError, ValueError
            If an argument can't cross.
        """
        with self.lock:
            return self._request(kind, args, kw, timeout)

    def _request(self, kind: str, args: tuple, kw: dict, timeout: float | None = None):
        if not self.alive:
            raise GuestLost(self.death)
        if self.depth >= NESTING:
            raise RecursionError("too many calls within calls between tests and answers")
        outer, limit = self.until, sys.getrecursionlimit()
        self.until = self._end(timeout)
        self.depth += 1
        sys.setrecursionlimit(limit + 500)
        try:
            return self._exchange(kind, list(args), kw)
        finally:
            self.depth -= 1
            self.until = outer
            sys.setrecursionlimit(limit)
            if not self.depth:
                self.raised.clear()
                noted, self.noted = self.noted, []
                if noted:
                    issue(noted)

    def _end(self, timeout: float | None) -> float:
        """Return when a request must be answered: the earliest of all that count."""
        if timeout is None and self.until is None and self.deadline is not None:
            return self.deadline
        if timeout is None and self.until is None and self.deadline is None:
            timeout = self.limits.cell_seconds
        ends = [self.until, self.deadline]
        if timeout is not None:
            ends.append(self.clock() + timeout)
        return min(end for end in ends if end is not None)

    def _exchange(self, kind: str, box: list, kw: dict):
        self.sequence = number = self.sequence + 1
        sent, stops = False, kind == "operator" and box[:1] == ["__next__"]
        try:
            self.write(REQUEST, number, kind, box, kw, self.until)
            sent = True
            while True:
                message = self.read(self.until)
                values, keywords = self.open(message)
                self.take_extras(message)
                if message.form == REQUEST:
                    self._serve(message, values, keywords)
                    continue
                if message.number != number:
                    raise WireError("an answer to what was not asked")
                break
        except GuestLost as error:
            self.lose(str(error))
            raise
        except WireError as error:
            raise self.lose(f"the student's process broke the protocol: {error}") from None
        except NotCrossing:
            raise
        except BaseException as error:
            if not sent and isinstance(error, TypeError | ValueError):
                raise
            self.lose(f"the line broke: {type(error).__name__}")
            if isinstance(error, Exception):
                raise GuestLost(self.death) from error
            raise
        return self._answer(message.form, values, stops)

    def _answer(self, form: str, values: list, stops: bool):
        if form == REPLY:
            if len(values) != 1:
                raise self.lose("the student's process broke the protocol: an answer of no value")
            return values[0]
        error, original = values
        if isinstance(error, StopIteration | StopAsyncIteration) and not stops:
            error = RuntimeError("student code raised StopIteration")  # it would end a loop early
        raise self.raised.get(original, error) if type(original) is int else error

    def lose(self, reason: str) -> GuestLost:
        """Give the guest up; return the exception that says so."""
        if self.alive:
            self.alive, self.death = False, reason
            self.stream.close()
        return GuestLost(self.death)

    def fetch(
        self,
        names: Iterable[str],
        timeout: float | None = None,
        believed: Container[str] | None = None,
    ) -> dict[str, Any]:
        """Return what names stand for in the guest: plain values or references.

        Names that the guest lacks are left out. A class that is not in `classes` by its own name
        may answer only if its name is one of `believed`; None stands for all names.
        """
        names = list(names)
        found = self.request("fetch", names, timeout=timeout)
        if type(found) is not dict or not set(found) <= set(names):
            raise self.lose("the student's process broke the protocol: names not asked for")
        for name, value in found.items():
            if name in self.classes or believed is None or name in believed:
                self.trust(name, value)
        return dict(found)

    def trust(self, name: str, value) -> None:
        """Let instances of a class that was asked for by name answer for themselves."""
        known = name if name in self.classes else ANY
        if known in self.classes and isinstance(value, Reference) and value._wire_instances:
            self.asked[value._wire_instances] = self.classes[known]

    # -- what references ask ----------------------------------------------------------------

    def ask(self, what: str, /, *args, **kw):
        """Pass on what was done to a reference."""
        for bring_up_to_date in self.before:
            bring_up_to_date()
        with self.lock:
            return self._request(what, args, kw)

    def operate(self, reference: Reference, name: str, args: tuple):
        """Pass on a special method; operands of the tests only to classes that they asked for."""
        if name in OPERANDS:
            plain = [arg for arg in args if not isinstance(arg, Reference)]
            if plain:
                return self._answered(reference, name, args)
        return self.ask("operator", name, reference, *args)

    def _answered(self, reference: Reference, name: str, args: tuple):
        """Let an object answer for itself if the tests asked for its class, or one of its bases.

        A plain value, which a test would believe, counts only from a method that is asked for. A
        test's function that an answer calls may reckon with any object, as long as objects come.
        """
        kind = reference._wire_kind
        wanted = [self.asked[one] for one in (kind.number, *kind.ancestors) if one in self.asked]
        needed = f"a number or an array is needed here, not an object of {kind.name!r}"
        at_work = self.serving and name in ARITHMETIC
        if not wanted and not at_work:
            raise TypeError(needed)
        value = self.ask("operator", name, reference, *args)
        if isinstance(value, Reference) or value is NotImplemented:
            return value
        direct = name.replace("__r", "__", 1) if name in REFLECTED else name
        if any(methods is None or direct in methods or name in methods for methods in wanted):
            return value
        raise TypeError(needed)

    def leave(self, reference: Reference, error):
        """Leave a context manager; it can't swallow that a test failed."""
        swallowed = self.ask("operator", "__exit__", reference, None, error, None)
        plain = error is not None and type(error).__module__ in ("builtins", "student")
        return bool(swallowed is True and plain and not isinstance(error, AssertionError))

    # -- callbacks ----------------------------------------------------------------------------

    def _serve(self, message, values: list, keywords: dict) -> None:
        """Do what the guest asks of an object that was lent, and answer."""
        what, calls = stack.listen(message.what)
        serve = SERVED.get(what) if type(what) is str else None
        if serve is None or not values:
            raise WireError("a callback that does not exist")
        number = message.number
        message.values = message.rest = None
        target = self.exports.get(values[0])
        self.serving += 1
        try:
            box = [stack.deep_down(calls, serve, target, *values[1:], **keywords)]
        except (GuestLost, WireError):
            raise
        except Exception as error:
            self._serve_error(number, error)
            return
        finally:
            self.serving -= 1
        del values, keywords
        try:
            self.write(REPLY, number, 0, box, {}, self.until)
        except (TypeError, ValueError) as error:
            self._serve_error(number, error)

    def _serve_error(self, number: int, error: Exception) -> None:
        if len(self.raised) < RAISED:
            self.raised[len(self.raised) + 1] = error
        self.write(ERROR, number, 0, [error], {}, self.until)

    def encode_error(self, out, error):
        """Encode an exception of the tests, without their frames."""
        original = next((key for key, kept in self.raised.items() if kept is error), 0)
        coded = encode_error(error, out, self.errors, original)
        coded[3] = []
        return coded

    def decode_error(self, source, coded):
        """Make the exception that student code raised."""
        return decode_error(coded, source, self.errors)

    # -- values -------------------------------------------------------------------------------

    def flatten(self, cls, base) -> bool:
        """Numbers and texts of a class of the tests cross as what they are; containers are lent."""
        return base not in (list, dict, set, bytearray) or guard.foreign(cls)

    def refer(self, out, value):
        """Encode what is neither plain nor the guest's own: by value, by name, or lent."""
        if isinstance(value, Reference):
            if value._wire_peer is not self:
                raise NotCrossing("an object of another student's process")
            return ["h", value._wire_handle]
        coded = refer_by_value(self, out, value, by_name=True)
        if coded is not None:
            return coded
        if type(value) is types.BuiltinMethodType and kind_of(value.__self__):
            return ["bm", encode_generator(value.__self__, out), value.__name__]
        if not guard.lendable(value):
            raise NotCrossing(f"a {type(value).__name__} of the tests is not lent to answers")
        return self.lend(out, value)

    def resolve(self, source, coded):
        """Decode what the guest refers to."""
        tag = coded[0] if coded else None
        if tag == "p":
            return self.borrow(coded)
        if tag == "k":
            return self._class(coded)
        if tag == "h" and len(coded) == 2:
            return self.exports.get(coded[1])
        if tag == "N":
            return self.tuples.decode(coded, source)
        if tag == "ty" and len(coded) == 2:
            return find_type(coded[1])
        if tag == "E":
            return self.errors.decode(coded)
        if tag == "x" and len(coded) == 2:
            return decode_error(coded[1], source, self.errors)[0]
        raise WireError("a value of an unknown kind")

    def _class(self, coded: list):
        """Return the reference to a class, and note of which kind its instances are."""
        if len(coded) != 3 or type(coded[2]) is not list or type(coded[1]) is not list:
            raise WireError("a wrong class")
        reference = self.borrow(["p", *coded[1]])
        number = self.read_kind_number(coded[2])
        object.__setattr__(reference, "_wire_instances", number)
        return reference

    def extras(self, out):
        """Send along NumPy's error handling and random states, when they changed."""
        modes = self.errstate.changes()
        states = self.randoms.changes(out) if self.share_random else 0
        return [modes, states] if modes or states else 0

    def take_extras(self, message) -> None:
        """Write what student code printed, note its warnings, follow its random draws."""
        extras = message.extras
        if extras == 0:
            return
        if type(extras) is not list or len(extras) != 3:
            raise WireError("wrong extras")
        printed, noted, states = extras
        self.noted += read_warnings(noted)[: WARNINGS - len(self.noted)]
        if self.share_random:
            self.randoms.apply(states, message.source)
        for stream, text in read_output(printed):
            text = text[: max(0, self.limits.output - self.printed)]
            self.printed += len(text)
            if text:
                self.write_output(stream, text)
