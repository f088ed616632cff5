"""Names of the student's that a test deletes or binds anew: student code sees it, too."""

from __future__ import annotations

import contextlib
from typing import Any

from safegrade.wire.errors import GuestLost
from safegrade.wire.host import Host

ABSENT = object()


class Mirror:
    """Keeps some names of the student's process as they are in the namespace of the tests.

    A test may take away a helper function to see whether the answer uses it, or put a counting
    one in its place. Before each call of student code, and at the end, what changed is passed on.

    Parameters
    ----------
    host : Host
        The line to the student's process.
    namespace : dict
        Where the test runs.
    names : dict
        The names that the test may change, with what they stood for at first.
    """

    def __init__(self, host: Host, namespace: dict[str, Any], names: dict[str, Any]):
        self.host, self.namespace, self.known = host, namespace, dict(names)

    def __enter__(self) -> Mirror:
        if self.known:
            self.host.before.append(self.update)
        return self

    def __exit__(self, *_: Any) -> None:
        if self.update in self.host.before:
            self.host.before.remove(self.update)
        if self.host.alive:
            with contextlib.suppress(GuestLost):  # the session sees it by itself
                self.update()

    def update(self) -> None:
        """Pass on the names that stand for something else than before."""
        for name, old in list(self.known.items()):
            new = self.namespace.get(name, ABSENT)
            if new is not old:
                self.known[name] = new
                found = [] if new is ABSENT else [new]
                with contextlib.suppress(TypeError, ValueError):  # it stays with the tests
                    self.host.request("bind", name, *found)
