"""Variables, animations and fonts: those that a style sheet names and nothing asks for go."""

from tinycss2.ast import AtRule, Declaration, IdentToken, QualifiedRule, StringToken

from .tokens import parts


def without_idle_names(rules, pages, words):
    """Return the rules without variables, animations and fonts that are never named."""
    asked, given = set(), {}
    for node in _declarations(rules):
        names = {part.value for part in parts(node) if isinstance(part, IdentToken)}
        if node.name.startswith("--"):
            given.setdefault(node.name, set()).update(names)
        else:
            asked |= names
    styles = " ".join(tag["style"] for page in pages for tag in page.soup(style=True))
    asked |= {name for name in given if name[2:] in words or name in styles}
    todo = set(asked)
    while todo:
        todo = set().union(*(given.get(name, ()) for name in todo)) - asked
        asked |= todo
    return _kept(rules, asked, " ".join(_families(rules)))


def family(node):
    """Return the name of a font as a declaration writes it, with quotes or without."""
    words = [p.value for p in node.value if isinstance(p, (IdentToken, StringToken))]
    return " ".join(words).casefold()


def _families(rules):
    """Yield the fonts that declarations outside of `@font-face` name."""
    for node in _declarations(rules):
        if node.name in ("font-family", "font") or node.name.startswith("--"):
            words = (p.value for p in parts(node) if isinstance(p, (IdentToken, StringToken)))
            yield " ".join(words).casefold()


def _declarations(rules):
    """Yield all declarations of rules, those of fonts left out."""
    for rule in rules:
        if isinstance(rule, Declaration):
            yield rule
        elif not (isinstance(rule, AtRule) and rule.lower_at_keyword == "font-face"):
            yield from _declarations(getattr(rule, "content", None) or [])


def _kept(rules, asked, families):
    kept = []
    for rule in rules:
        if isinstance(rule, Declaration):
            if rule.name.startswith("--") and rule.name not in asked:
                continue
        elif isinstance(rule, QualifiedRule):
            rule.content = _kept(rule.content, asked, families)
            if not rule.content:
                continue
        elif _is_idle(rule, asked, families):
            continue
        elif rule.content and isinstance(rule.content[0], (AtRule, QualifiedRule)):
            rule.content = _kept(rule.content, asked, families)
        kept.append(rule)
    return kept


def _is_idle(rule, asked, families):
    """Return whether this is an animation or a font that nothing asks for."""
    if rule.lower_at_keyword.endswith("keyframes"):
        return not any(p.value in asked for p in rule.prelude if isinstance(p, IdentToken))
    if rule.lower_at_keyword == "font-face":
        return not any(n.name == "font-family" and family(n) in families for n in rule.content)
    return False
