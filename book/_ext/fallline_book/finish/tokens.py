"""What a style sheet is made of: tokens, addresses among them, and rules written out again."""

import tinycss2
from tinycss2.ast import AtRule, Declaration, FunctionBlock, QualifiedRule, StringToken
from tinycss2.serializer import serialize_string_value


def set_address(part, address):
    """Let an address token say another address."""
    quoted = StringToken(0, 0, address, f'"{serialize_string_value(address)}"')
    if isinstance(part, FunctionBlock):
        part.arguments = [quoted]
    else:
        part.value, part.representation = address, f"url({quoted.representation})"


def parts(node):
    """Return all tokens below a rule."""
    for name in ("prelude", "content", "arguments", "value"):
        below = getattr(node, name, None)
        for part in below if isinstance(below, list) else []:
            yield part
            yield from parts(part)


def written(rule):
    """Return a rule as text."""
    if isinstance(rule, Declaration):
        mark = "!important" if rule.important else ""
        return f"{rule.name}:{tinycss2.serialize(rule.value).strip()}{mark}"
    if isinstance(rule, QualifiedRule):
        return tinycss2.serialize(rule.prelude) + _block(rule.content)
    inner = rule.content
    if (
        isinstance(rule, AtRule)
        and inner
        and isinstance(inner[0], (AtRule, QualifiedRule, Declaration))
    ):
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}" + _block(inner)
    return rule.serialize()


def _block(nodes):
    """Return declarations and rules in braces; only a declaration has to end in a semicolon."""
    ends = (";" if isinstance(node, Declaration) else "" for node in nodes)
    return "{" + "".join(written(node) + end for node, end in zip(nodes, ends, strict=True)) + "}"
