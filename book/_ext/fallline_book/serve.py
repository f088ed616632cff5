"""Serve the built site on this machine as a host would: compressed, with its page for 404."""

import argparse
import asyncio
import re
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, StaticFileHandler


class Pages(StaticFileHandler):
    """Files of the site; every address without a file gets the site's own page."""

    def validate_absolute_path(self, root, absolute_path):
        """Return the path of a file; what cannot be a path is not there."""
        try:
            return super().validate_absolute_path(root, absolute_path)
        except ValueError as error:
            raise HTTPError(404) from error

    def compute_etag(self):
        """Give none: it would be that of the file before the last build."""

    def write_error(self, status_code, **kwargs):
        """Answer a wrong address with `404.html` where the site has one.

        An address that leads outside of the site, or that is in no encoding, is wrong too.
        """
        page = Path(self.root, "404.html")
        if status_code in (400, 403, 404) and page.exists():
            self.set_status(404)
            self.set_header("Content-Type", "text/html; charset=UTF-8")
            self.finish(page.read_bytes())
        else:
            super().write_error(status_code, **kwargs)

    def log_exception(self, *error):
        """Say nothing about a wrong address; its reader is told already."""
        if not isinstance(error[1], HTTPError):
            super().log_exception(*error)


def site_prefix(folder):
    """Return the path under which the site will be published: its page for 404 names it."""
    page = Path(folder, "404.html")
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    found = re.search(r"""<html[^>]*?data-content_root=["']?(/[^"'\s>]*)""", text)
    return found[1] if found else "/"


def start(folder, port=0):
    """Serve a folder from the running event loop and return the port; 0 takes a free one."""
    if not Path(folder, "index.html").exists():
        raise FileNotFoundError(f"no site in {folder}: build it with `make site`")
    options = {"path": str(folder), "default_filename": "index.html"}
    # The page for 404 knows the site's address, so the site lies there as well as at the root.
    paths = dict.fromkeys((site_prefix(folder), "/"))
    handlers = [(f"{re.escape(path)}(.*)", Pages, options) for path in paths]
    sockets = bind_sockets(port, "127.0.0.1")
    server = HTTPServer(Application(handlers, compress_response=True, log_function=lambda _: None))
    server.add_sockets(sockets)
    return sockets[0].getsockname()[1]


async def _forever(folder, port):
    print(f"The site is at http://127.0.0.1:{start(folder, port)}/ (stop with Ctrl+C)", flush=True)
    await asyncio.Event().wait()


def main():
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    try:
        asyncio.run(_forever(options.folder, options.port))
    except KeyboardInterrupt:
        pass
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from error
    except OSError as error:
        raise SystemExit(
            f"Port {options.port} is in use. Choose another: make serve PORT={options.port + 1}"
        ) from error


if __name__ == "__main__":
    main()
