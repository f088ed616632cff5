"""Serve the built site on this machine as a host would: compressed, with its page for 404."""

import argparse
import asyncio
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler


class Pages(StaticFileHandler):
    """Files of the site; a wrong address gets the site's own page."""

    def compute_etag(self):
        """Give none: it would be that of the file before the last build."""

    def write_error(self, status_code, **kwargs):
        """Answer a wrong address with `404.html` where the site has one."""
        page = Path(self.root, "404.html")
        if status_code == 404 and page.exists():
            self.set_header("Content-Type", "text/html; charset=UTF-8")
            self.finish(page.read_bytes())
        else:
            super().write_error(status_code, **kwargs)


def start(folder, port=0):
    """Serve a folder from the running event loop and return the port; 0 takes a free one."""
    if not Path(folder, "index.html").exists():
        raise FileNotFoundError(f"no site in {folder}: build it with `make site`")
    handler = (r"/(.*)", Pages, {"path": str(folder), "default_filename": "index.html"})
    sockets = bind_sockets(port, "127.0.0.1")
    server = HTTPServer(Application([handler], compress_response=True, log_function=lambda _: None))
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
