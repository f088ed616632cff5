"""The browser that prints the book and tests the site: Chromium, found or named."""

import contextlib
import os
import shutil

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]


def find_browser():
    """Return the path of a Chromium, or None; `FALLLINE_BROWSER` names one."""
    named = os.environ.get("FALLLINE_BROWSER")
    if named and not shutil.which(named):
        raise FileNotFoundError(f"FALLLINE_BROWSER names {named}, which cannot be run")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def chromium():
    """Give a running headless browser, and stop it afterwards."""
    with sync_playwright() as playwright:
        path = find_browser()
        # As root, as in a container, Chromium runs only without its own sandbox.
        root = getattr(os, "geteuid", lambda: 1)() == 0
        args = [*QUIET, "--no-sandbox"] if root else QUIET
        try:
            browser = playwright.chromium.launch(executable_path=path, args=args)
        except Error as error:
            raise FileNotFoundError(
                "no browser that starts: run `make setup-browser`, or name a Chromium in "
                f"FALLLINE_BROWSER ({str(error).splitlines()[0]})"
            ) from error
        try:
            yield browser
        finally:
            browser.close()
