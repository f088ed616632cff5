"""What a failed build has to say, without the tracebacks around it."""

import argparse
import re
from pathlib import Path

COLOUR = re.compile(r"\x1b\[[\d;]*m")
PLACED = re.compile(r"(: |^)(WARNING|ERROR|CRITICAL|SEVERE):? ")
PAGE = re.compile(r"ExecutionError: (\S+)$", re.MULTILINE)
CELL = re.compile(r"CellExecutionError: .*?\n-{5,}\n(.*?)\n-{5,}\n", re.DOTALL)
RAISED = re.compile(
    r"^(?!.*ExecutionError)\w[\w.]*(?:Error|Exception|Interrupt|WrongAnswer): \S.*$", re.MULTILINE
)
UNFINISHED = re.compile(r"The site was not finished:\s*\n(.*(?:\n(?!Traceback).*)*)")
NOISE = "TCP without encryption"


def complaint(log):
    r"""Return the part of a build's log that says what is wrong and where.

    >>> complaint("Running ...\nbook/a.md:3: WARNING: undefined label: 'x'\n")
    "book/a.md:3: WARNING: undefined label: 'x'"
    """
    text = "\n".join(line for line in COLOUR.sub("", log).splitlines() if NOISE not in line)
    lines = _placed(text.splitlines())
    if cell := CELL.search(text):
        page = PAGE.search(text)
        raised = RAISED.findall(text[cell.end() :]) or ["an error"]
        lines.append(f"{page[1] if page else 'a page'}: this cell failed with {raised[-1]}")
        lines += [f"    {line}" for line in cell[1].splitlines()]
    if unfinished := UNFINISHED.search(text):
        lines.append(unfinished[1].strip())
    return "\n".join(lines or text.splitlines()[-30:])


def _placed(lines):
    """Return the warnings and errors, each with the lines that belong to it."""
    kept, belongs = [], False
    for line in lines:
        belongs = bool(PLACED.search(line)) or (belongs and bool(line.strip()))
        kept += [line] if belongs else []
    return kept


def main():
    """Print what a log has to say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    options = parser.parse_args()
    print(complaint(options.log.read_text(encoding="utf-8", errors="replace")))


if __name__ == "__main__":
    main()
