"""The browser that prints the book and tests the site: Chromium, found or named."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
QUIET += [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
]  # the network is cut

# Letters of English and of formulas, and the Chinese words of the glossary.
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation", "fonts-droid-fallback")
OWN = "from playwright.sync_api import sync_playwright as start\n"
OWN += "with start() as playwright: print(playwright.chromium.executable_path)"


def find_browser():
    """Return the path of a Chromium, or None; `FALLLINE_BROWSER` names one."""
    named = os.environ.get("FALLLINE_BROWSER")
    if named and not shutil.which(named):
        raise FileNotFoundError(f"FALLLINE_BROWSER names {named}, which cannot be run")
    return named or next(filter(None, map(shutil.which, NAMES)), None) or _downloaded()


def _downloaded():
    """Return the path of the browser that playwright has downloaded, or None."""
    # In a process of its own: two playwrights do not run in one.
    asked = subprocess.run([sys.executable, "-c", OWN], capture_output=True, text=True)
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None


def install():
    """Install a Chromium where there is none, by the system's packages or by playwright."""
    path = find_browser()
    if path:
        return print(f"The browser is {path}; nothing is installed.")
    done = (_install_packages() or _download()) and find_browser()
    if not done:
        raise SystemExit(
            "No browser was installed: the messages above say why. Install Chromium or Chrome "
            "yourself, and if it is not on PATH name it: FALLLINE_BROWSER=/path/to/chrome"
        )
    print(f"The browser is {done}.")


def _install_packages():
    """Install Chromium from Debian's or Ubuntu's packages; return whether that went well."""
    if not shutil.which("apt-get"):
        return False
    root = getattr(os, "geteuid", lambda: 1)() == 0
    if not root and not shutil.which("sudo"):
        print("Debian's packages can be installed as root only, and there is no sudo.", flush=True)
        return False
    become = [] if root else ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES])
    print(f"Installing {', '.join(PACKAGES)} ...", flush=True)
    return all(
        subprocess.run([*become, "apt-get", "--quiet=2", *step], env=quiet).returncode == 0
        for step in steps
    )


def _download():
    """Let playwright download its Chromium; return whether that went well."""
    print("Downloading playwright's own Chromium ...", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command).returncode == 0


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


if __name__ == "__main__":
    install()
