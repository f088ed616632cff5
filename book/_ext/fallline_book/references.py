"""A bibliography that keeps the capitals of titles."""

from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.template import field, sentence


class TitlesAsTheyAre(PlainStyle):
    """Titles as they are written: many are German, French or Latin."""

    def format_title(self, e, which_field, as_sentence=True):
        """Return the title as it is written, with a full stop where it is a sentence."""
        title = field(which_field)
        return sentence[title] if as_sentence else title


def setup(app):
    """Make the style known as `fallline`."""
    register_plugin("pybtex.style.formatting", "fallline", TitlesAsTheyAre)
