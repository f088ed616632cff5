"""Both ends of the line under one name."""

from safegrade.wire.errors import GuestLost, GuestTimeout, StudentExit, WireError
from safegrade.wire.guest import Guest
from safegrade.wire.host import Host

__all__ = ["Guest", "GuestLost", "GuestTimeout", "Host", "StudentExit", "WireError"]
