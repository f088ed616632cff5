"""Sizes that no honest message exceeds, beside those of ``Limits``."""

from __future__ import annotations

DEPTH = 150  # containers within containers
HEADER = 24 * 2**20  # bytes of a message's JSON: what it takes in memory is up to 20 times as much
NODES = 3_000_000  # brackets and commas in that JSON
INTEGER = 2**17  # hexadecimal digits of an integer
TEXT = 500  # characters of text that stays in the JSON; longer text goes with the arrays
DIMENSIONS = 32
SHARED = 2**13  # lists, arrays, ... that both sides keep in step
HANDLES = 20_000  # objects that a side holds for the other
CLASSES = 2_000  # kinds of objects, exceptions and named tuples that are described in one run
NESTING = 60  # calls within calls across the line
NAME = 200  # characters of a name
REPR = 10_000  # characters of a repr
FRAMES = 50  # frames of a traceback
WARNINGS = 100  # warnings of one call
RANGE = 2**24  # numbers of an answer's range, which a test may go through without a pause
