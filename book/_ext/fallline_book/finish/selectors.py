"""What pages and scripts use, and which selectors can match any of it."""

from tinycss2.ast import FunctionBlock, HashToken, IdentToken, LiteralToken, SquareBracketsBlock

ANY = ("is", "where", "has", "matches", "-webkit-any", "-moz-any", "host", "slotted", "cue")


class Used:
    """The names on all pages, and all words of the scripts: any may become a name."""

    def __init__(self, pages, words, stems):
        self.words, self.stems = words, tuple(stems)
        self.classes, self.ids, self.tags, self.attributes = set(), set(), set(), set()
        for page in pages:
            for tag in page.soup(True):
                self.tags.add(tag.name.lower())
                self.attributes.update(name.lower() for name in tag.attrs)
                self.classes.update(tag.get_attribute_list("class"))
                self.ids.add(tag.get("id"))

    def may_be(self, name, names):
        """Return whether a name is among these, or a script may make it."""
        return name in names or name in self.words or name.startswith(self.stems)

    def attribute(self, name):
        """Return whether an attribute is used; scripts write data-theme as dataset.theme."""
        head, *tail = name.removeprefix("data-").split("-")
        camel = head + "".join(map(str.capitalize, tail))
        return self.may_be(name, self.attributes) or (
            name.startswith("data-") and camel in self.words
        )


def prune(prelude, used):
    """Return the tokens of a selector list without the selectors that match nothing."""
    kept = [selector for selector in split(prelude) if can_match(selector, used)]
    return [token for i, selector in enumerate(kept) for token in [COMMA] * (i > 0) + selector]


COMMA = LiteralToken(0, 0, ",")


def split(tokens):
    """Return the parts of a list between commas."""
    parts = [[]]
    for token in tokens:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def can_match(selector, used):
    """Return whether all names that a selector asks for are used."""
    previous = None
    for token in selector:
        if not _token_can_match(token, previous, used):
            return False
        previous = token
    return True


def _token_can_match(token, previous, used):
    pseudo = previous == ":"
    if isinstance(token, HashToken):
        return used.may_be(token.value, used.ids)
    if isinstance(token, SquareBracketsBlock):
        name = next(part.lower_value for part in token.content if isinstance(part, IdentToken))
        return used.attribute(name)
    if isinstance(token, FunctionBlock) and pseudo and token.lower_name in ANY:
        return any(can_match(part, used) for part in split(token.arguments))
    if isinstance(token, IdentToken) and previous == ".":
        return used.may_be(token.value, used.classes)
    if isinstance(token, IdentToken) and not pseudo:
        return used.may_be(token.lower_value, used.tags)
    return True
