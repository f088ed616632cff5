"""Code that a phone cannot show as a whole: its box can be scrolled with the keyboard."""

FITS = 38  # characters of a line that the narrowest window has room for


def finish(pages):
    """Let long lines of code be reached by Tab; `scrollers.js` knows what a window has room for."""
    for page in pages:
        for block in page.soup.select(".bd-article pre"):
            if max(map(len, block.get_text().splitlines()), default=0) > FITS:
                block["tabindex"] = "0"
