"""The standard library's containers, fractions, decimals and dates: by value, exact types.

A view of a dict (``keys()``, ``values()``, ``items()``) arrives as the same kind of view, of a dict
of its own: it has the order, the length and the comparisons of the first one, but does not follow
what is done to that dict later. ``OrderedDict``'s views arrive as those of a dict.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

from safegrade.wire.bounds import NAME
from safegrade.wire.coder import DECODERS, ENCODERS, KEYS, plain_keys
from safegrade.wire.errors import WireError
from safegrade.wire.shared import Entry, SharedDict

BITS = 20_000  # of a fraction's numbers: to reduce it takes time that grows as the square
EXPONENT = 10_000  # of a decimal, and digits of one: int() of it must not fill the memory
DECIMAL = re.compile(r"-?(?:\d+(?:\.\d+)?(?:E[+-]\d{1,5})?|Infinity|s?NaN\d*)", re.ASCII)
DICTS = {"od": OrderedDict, "co": Counter, "dd": defaultdict}
FACTORIES = {kind.__name__: kind for kind in (int, float, list, dict, set, str)}
TAGS = {kind: tag for tag, kind in DICTS.items()}


class SharedDeque(Entry):
    """A deque."""

    __slots__ = ()

    def state(self):
        """Its items."""
        return list(self.obj)

    def apply(self, content) -> None:
        """Replace the items."""
        self.obj.clear()
        self.obj.extend(content)


class SharedMapping(SharedDict):
    """A dict of one of the kinds that ``collections`` has."""

    __slots__ = ()

    def read(self, content, source):
        """Decode keys and values; a Counter would add what it is updated with."""
        return list(super().read(content, source).items())

    def apply(self, content) -> None:
        """Replace the items."""
        self.obj.clear()
        for key, value in content:
            self.obj[key] = value


def _deque(value: deque, out) -> list:
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    entry = SharedDeque(value)
    coded = ["dq", out.new(entry), value.maxlen]
    with out.deeper():
        coded += [out.encode(item) for item in entry.known]
    return coded


def _read_deque(coded, source):
    if len(coded) < 3 or not (coded[2] is None or type(coded[2]) is int):
        raise WireError("a wrong deque")
    if coded[2] is not None and not len(coded) - 3 <= coded[2] < 2**63:
        raise WireError("a wrong deque")
    value = deque(maxlen=coded[2])
    entry = source.new(coded[1], SharedDeque(value))
    with source.deeper():
        value.extend([source.decode(part) for part in coded[3:]])
    entry.known = entry.state()
    return value


def _mapping(value, out) -> list:
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    if not plain_keys(value):
        return out.refer(out, value)
    number = out.new(SharedMapping(value))
    made = getattr(value, "default_factory", None)
    name = getattr(made, "__name__", None) if isinstance(made, type) else None
    if FACTORIES.get(name) is made:
        made = name
    elif made is not None:  # only the tests may lend a function to fill gaps with
        made = out.encode(made) if out.shared.sign > 0 else None
    return [TAGS[type(value)], number, made, *out.pairs(value)]


def _read_mapping(coded, source):
    if len(coded) < 3:
        raise WireError("a wrong dict")
    kind, made = DICTS[coded[0]], coded[2]
    if type(made) is str and made in FACTORIES:
        made = FACTORIES[made]
    elif made is not None:
        made = source.decode(made) if source.trusting else None
    value = kind(made) if kind is defaultdict else kind()
    entry = source.new(coded[1], SharedMapping(value))
    source.pairs(coded[3:], value)
    entry.known = entry.state()
    return value


def _keys(value, out) -> list:
    if not plain_keys(value):
        return out.refer(out, value)
    return ["vk", *[out.key(key) for key in value]]


def _items(value, out) -> list:
    if not plain_keys(key for key, _ in value):
        return out.refer(out, value)
    return ["vi", *out.pairs(dict(value))]


def _values(value, out) -> list:
    with out.deeper():
        return ["vv", *[out.encode(item) for item in value]]


def _read_values(coded, source):
    with source.deeper():
        return dict(enumerate([source.decode(part) for part in coded[1:]])).values()


def _fraction(value: Fraction, out) -> list:
    parts = value.numerator, value.denominator
    if max(part.bit_length() for part in parts) > BITS:
        raise ValueError("a fraction that is too large to cross")
    return ["fr", *map(out.encode, parts)]


def _read_fraction(coded, source):
    parts = _whole_numbers(coded[1:], 2, source)
    if parts[1] <= 0 or max(part.bit_length() for part in parts) > BITS:
        raise WireError("a wrong fraction")
    return Fraction(*parts)


def _decimal(value: Decimal, out) -> list:
    text = str(value)
    if not _moderate(text, value):
        raise ValueError("a decimal that is too large to cross")
    return ["de", out.encode(text)]


def _moderate(text: str, value: Decimal) -> bool:
    return len(text) <= EXPONENT and (not value.is_finite() or abs(value.adjusted()) <= EXPONENT)


def _read_decimal(coded, source):
    text = source.decode(coded[1]) if len(coded) == 2 else None
    if type(text) is not str or len(text) > EXPONENT or not DECIMAL.fullmatch(text):
        raise WireError("a wrong decimal")
    value = Decimal(text)
    if not _moderate(text, value):
        raise WireError("a wrong decimal")
    return value


def _whole_numbers(coded, count: int, source) -> list[int]:
    parts = [source.decode(part) for part in coded]
    if len(parts) != count or any(type(part) is not int for part in parts):
        raise WireError("a wrong number")
    return parts


def _zone(value, out):
    """Encode a fixed offset; anything else leaves the whole value to be lent."""
    if value is None:
        return None
    offset, *name = value.__getinitargs__()
    named = name[0] if name and len(name[0]) <= NAME else None
    return out.encode((offset.days, offset.seconds, offset.microseconds, named))


def _read_zone(coded, source):
    parts = source.decode(coded)
    if parts is None:
        return None
    if type(parts) is not tuple or [type(part) for part in parts[:3]] != [int, int, int]:
        raise WireError("a wrong time zone")
    offset = timedelta(*parts[:3])
    if parts[3:] == (None,):
        return timezone(offset)
    if len(parts) != 4 or type(parts[3]) is not str or len(parts[3]) > NAME:
        raise WireError("a wrong time zone")
    return timezone(offset, parts[3])


DATES = {
    "ts": (datetime, ["year", "month", "day", "hour", "minute", "second", "microsecond", "fold"]),
    "da": (date, ["year", "month", "day"]),
    "ti": (time, ["hour", "minute", "second", "microsecond", "fold"]),
    "td": (timedelta, ["days", "seconds", "microseconds"]),
}
DATE_TAGS = {kind: tag for tag, (kind, _) in DATES.items()}


def _date(value, out) -> list:
    tag = DATE_TAGS[type(value)]
    zone = getattr(value, "tzinfo", None)
    if zone is not None and type(zone) is not timezone:
        return out.refer(out, value)
    fields = [getattr(value, name) for name in DATES[tag][1]]
    return [tag, _zone(zone, out), *fields]


def _read_date(coded, source):
    kind, names = DATES[coded[0]]
    fields = dict(zip(names, _whole_numbers(coded[2:], len(names), source), strict=True))
    if kind in (date, timedelta) and coded[1] is not None:
        raise WireError("a wrong date")
    try:
        zone = _read_zone(coded[1], source)
        return kind(**fields) if zone is None else kind(**fields, tzinfo=zone)
    except (ValueError, OverflowError, TypeError) as error:
        raise WireError("a wrong date") from error


ENCODERS |= {deque: _deque, Fraction: _fraction, Decimal: _decimal}
ENCODERS |= dict.fromkeys(TAGS, _mapping) | dict.fromkeys(DATE_TAGS, _date)
for _kind in ({}, OrderedDict()):
    ENCODERS |= {
        type(_kind.keys()): _keys,
        type(_kind.items()): _items,
        type(_kind.values()): _values,
    }
DECODERS |= {
    "dq": _read_deque,
    "fr": _read_fraction,
    "de": _read_decimal,
    "vk": lambda coded, source: dict.fromkeys(map(source.key, coded[1:])).keys(),
    "vi": lambda coded, source: source.pairs(coded[1:], {}).items(),
    "vv": _read_values,
}
DECODERS |= dict.fromkeys(DICTS, _read_mapping) | dict.fromkeys(DATES, _read_date)
KEYS |= {"fr", "de", *DATES}
