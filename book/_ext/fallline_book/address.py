"""The site's address: one setting, and what search engines and previews read from it."""

import os
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

from sphinx.errors import ConfigError

VARIABLE = "FALLLINE_URL"
SITEMAP = """<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{urls}
</urlset>
"""


def setup(app):
    """Check the address before anything reads it; write the two files that name it."""
    app.connect("config-inited", settle, priority=100)
    app.connect("build-finished", write_sitemap, priority=110)


def settle(app, config):
    """Take the address from the environment or from `html: baseurl`, with a slash at its end."""
    named = os.environ.get(VARIABLE, "")
    where = VARIABLE if named else "html: baseurl in _config.yml"
    config.html_baseurl = checked_address(named or config.html_baseurl or "", where)


def checked_address(address, where):
    """Return an address that ends with a slash, or nothing, or say what is wrong with it."""
    address = str(address).strip()
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(
            f"{where} is {address!r}: the site's address looks like https://host/ "
            "or https://host/folder/, without ? and #"
        )
    return address.rstrip("/") + "/"


def prefix(config):
    """Return the path at which the site lies on its host: `/`, or `/folder/`."""
    return urlsplit(config.html_baseurl).path or "/"


def write_sitemap(app, exception):
    """Write `sitemap.xml`, with every page that an author wrote, and `robots.txt`.

    The pages come from the environment, so that a build that renews one page lists them all.
    """
    site = app.config.html_baseurl
    if exception or app.builder.name != "html" or not site:
        return
    pages = [app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
    urls = "\n".join(f"<url><loc>{escape(site + quote(page))}</loc></url>" for page in pages)
    Path(app.outdir, "sitemap.xml").write_text(SITEMAP.format(urls=urls), encoding="utf-8")
    robots = f"User-agent: *\nDisallow: {prefix(app.config)}_sources/\nSitemap: {site}sitemap.xml\n"
    Path(app.outdir, "robots.txt").write_text(robots, encoding="utf-8")
