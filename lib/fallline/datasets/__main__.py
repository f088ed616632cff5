"""``python -m fallline.datasets fetch mnist fashion``: fetch data sets on request."""

import argparse
import sys

from fallline.datasets.fetching import fetch
from fallline.datasets.sources import SOURCES


def main(arguments=None) -> int:
    """Fetch what is named, and say where it lies; return 1 if something could not be fetched."""
    parser = argparse.ArgumentParser(prog="python -m fallline.datasets", description=__doc__)
    what = parser.add_subparsers(dest="command", required=True)
    fetching = what.add_parser("fetch", help="fetch data sets that this machine has not got")
    fetching.add_argument("names", nargs="+", choices=list(SOURCES), help="which ones")
    fetching.add_argument("--folder", help="where to put them; by default the user's cache")
    fetching.add_argument(
        "--mirror", action="append", help="an address to fetch from instead; may be repeated"
    )
    chosen = parser.parse_args(arguments)
    failed = 0
    for name in chosen.names:
        try:
            place = fetch(name, chosen.folder, mirrors=chosen.mirror)
            print(f"{SOURCES[name].title:<14} {place}", flush=True)
        except (OSError, ImportError) as error:
            print(error, file=sys.stderr)
            failed = 1
        except KeyboardInterrupt:
            print("Stopped; the files that were complete are kept.", file=sys.stderr)
            return 130
    return failed


if __name__ == "__main__":
    sys.exit(main())
