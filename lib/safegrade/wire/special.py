"""The special methods that cross: which there are, what they must give, who may have which."""

from __future__ import annotations

import re

ANY = "*"  # among names of classes: every other one
UNARY = "neg pos abs invert round trunc floor ceil"
BINARY = "add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift"
COMPARISONS = frozenset(f"__{name}__" for name in ["eq", "ne", "lt", "le", "gt", "ge"])
ARITHMETIC = frozenset(
    f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in BINARY.split()
) - {"__idivmod__"}
OTHERS = frozenset(
    f"__{name}__"
    for name in f"{UNARY} call len iter next reversed getitem setitem delitem contains bool float "
    "int index complex hash enter exit array".split()
)
SPECIAL = COMPARISONS | ARITHMETIC | OTHERS
EXACT = {
    "__len__": int,
    "__bool__": bool,
    "__float__": float,
    "__int__": int,
    "__index__": int,
    "__complex__": complex,
    "__hash__": int,
    "__contains__": bool,
    "__repr__": str,
    "__str__": str,
    "__format__": str,
}
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def describe(cls: type) -> list[str]:
    """List the special methods that a class defines beyond those of every object.

    >>> sorted(describe(dict_items := type({}.items())))[:3]
    ['__and__', '__contains__', '__eq__']
    """
    found = []
    for name in SPECIAL:
        member = getattr(cls, name, None)
        own = member is not None and member is not getattr(object, name, None)
        if own and any(name in vars(base) for base in cls.__mro__[:-1]):
            found.append(name)
    if "__eq__" in found and "__hash__" not in found and cls.__hash__ is object.__hash__:
        found.append("identity")
    return found
