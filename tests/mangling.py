"""Everything that happens to notebooks between release and hand-in, as data.

A mangling has a name, what is done to a notebook full of answers, a part of the note that
the repair must leave ("" where nothing was repaired), what its tests are worth if the
answers are right, and the grade_ids whose text is another one afterwards.
"""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from safegrade.salvage.released import Released, released_in
from toyclass import bend, cell, code, copy_of, drop, insert_after, markdown, notebook, settings

SETUP = "import math\n\n\ndef check(got, wanted):\n    assert math.isclose(got, wanted)"
STUBS = {
    "double": "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "triple": (
        "def same(x):\n    return x\n\n\n"
        'def triple(x):\n    """Return three x."""\n    # YOUR CODE HERE\n'
        "    raise NotImplementedError()\n\n\n"
        "def half(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    ),
    "explain": "YOUR ANSWER HERE",
}
GIVEN = "def same(x):\n    return x"
TRIPLE = 'def triple(x):\n    """Return three x."""\n    return same(3 * x)'
HALF = "def half(x):\n    return x / 2"
HALF_STUB = "def half(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "triple": f"{GIVEN}\n\n\n{TRIPLE}\n\n\n{HALF}",
    "explain": "Twice is two times.",
}
WRONG = {
    "double": "def double(x):\n    return 2 * abs(x)",
    "triple": RIGHT["triple"].replace("3 *", "4 *"),
    "explain": "I do not know.",
}
TESTS = {
    "test-double": (
        "# double: whole numbers and fractions (3 points)\ncheck(double(3), 6)\n"
        "### BEGIN HIDDEN TESTS\ncheck(double(-1.5), -3)\n### END HIDDEN TESTS\n"
        "assert double(0) == 0"
    ),
    "test-triple": "# triple and half (2 points)\ncheck(triple(3), 9)\ncheck(half(3), 1.5)",
}
TRY = "# How large is it?\n[double(k) for k in range(3)]"
QUESTION = "## Explain\nWhy is twice two times? Say it in a sentence."
FULL = 5


def seen(text: str) -> str:
    """Return a test as students see it, without its hidden lines."""
    before, _, rest = text.partition("### BEGIN HIDDEN TESTS\n")
    return before + rest.partition("### END HIDDEN TESTS\n")[2] if rest else text


def make(answers: dict[str, str], hidden: bool = False) -> dict:
    """Return the toy notebook with those answers in it."""
    tests = TESTS if hidden else {name: seen(text) for name, text in TESTS.items()}
    marked = {"grade": True, "locked": True}
    return notebook(
        code(SETUP, "setup", settings("setup", locked=True)),
        markdown("# Doubling", "goal"),
        code(answers["double"], "double", settings("double", solution=True)),
        code(TRY, "double-try"),
        code(tests["test-double"], "test-double", settings("test-double", **marked, points=3)),
        code(answers["triple"], "triple", settings("triple", solution=True)),
        code(tests["test-triple"], "test-triple", settings("test-triple", **marked, points=2)),
        markdown(QUESTION, "question", settings("question", locked=True)),
        markdown(
            answers["explain"],
            "explain",
            settings("explain", grade=True, solution=True, points=2),
        ),
    )


def released() -> dict[str, Released]:
    """Return what the gradebook would know of the toy notebook."""
    return released_in(make(STUBS, hidden=True))


@dataclass(frozen=True)
class Mangling:
    """One thing that happens to notebooks."""

    act: Callable[[dict], dict | bytes | None]
    note: str
    points: float = FULL
    texts: dict[str, Callable[[dict[str, str]], str | None]] = field(default_factory=dict)

    def bytes(self, answers: dict[str, str]) -> bytes:
        """Return the file of a student with those answers."""
        made = make(answers)
        done = self.act(made)
        made = made if done is None else done
        return made if isinstance(made, bytes) else json.dumps(made).encode()


def each(*acts):
    """Do one thing after the other."""

    def act(made):
        for one in acts:
            one(made)

    return act


def dropping(*names):
    return lambda made: drop(made, *names)


def text(name, change):
    """Change the text of a cell: by a function, or to a text."""

    def act(made):
        c = cell(made, name)
        c["source"] = change(c["source"]) if callable(change) else change

    return act


def retyped(name, kind):
    def act(made):
        c = cell(made, name)
        c["cell_type"] = kind
        for key in ("outputs", "execution_count"):
            c.pop(key, None)
        if kind == "code":
            c.update(outputs=[], execution_count=None)

    return act


def copied(name, behind, source=None):
    """Copy a cell to behind another, perhaps with another text."""

    def act(made):
        made_copy = copy_of(made, name, cell(made, name)["source"] if source is None else source)
        insert_after(made, behind, made_copy)

    return act


def inserted(behind, *cells):
    return lambda made: insert_after(made, behind, *copy.deepcopy(cells))


def tagged(*tags):
    def act(made):
        for c in made["cells"]:
            c["metadata"]["tags"] = list(tags)

    return act


def named(name, other):
    """Give a cell the grade_id and the settings of another, which stay there too."""

    def act(made):
        cell(made, name)["metadata"] = copy.deepcopy(cell(made, other)["metadata"])

    return act


def swapped(one, other):
    def act(made):
        first, second = cell(made, one), cell(made, other)
        first["metadata"], second["metadata"] = second["metadata"], first["metadata"]
        first["id"], second["id"] = second["id"], first["id"]

    return act


def stripped(made, ids=True):
    """Drop all settings, as VS Code and Colab do, and the ids too."""
    for number, c in enumerate(made["cells"]):
        c["metadata"] = {}
        if ids:
            c["id"] = f"x{number}"


def ids(name):
    def act(made):
        for number, c in enumerate(made["cells"]):
            c["id"] = name(number)

    return act


def moved(name, behind):
    def act(made):
        c = cell(made, name)
        drop(made, name)
        if behind is None:
            made["cells"].insert(0, c)
        else:
            insert_after(made, behind, c)

    return act


def ordered(*names):
    def act(made):
        made["cells"] = [cell(made, name) for name in names]

    return act


def merged(*names):
    """Merge cells as Jupyter does: the first one's settings stay."""

    def act(made):
        cell(made, names[0])["source"] = "\n\n".join(cell(made, n)["source"] for n in names)
        drop(made, *names[1:])

    return act


def into_plain(*names, at):
    """Write answers into a plain cell, and leave the forms empty."""

    def act(made):
        written = "\n\n\n".join(cell(made, name)["source"] for name in names)
        for name in names:
            cell(made, name)["source"] = STUBS[name]
        if at is None:
            made["cells"].insert(0, code(written, "mine"))
        else:
            insert_after(made, at, code(written, "mine"))

    return act


def half_elsewhere(at):
    def act(made):
        source = cell(made, "triple")["source"]
        cell(made, "triple")["source"] = source.replace(HALF, HALF_STUB)
        insert_after(made, at, code(HALF, "mine"))

    return act


def answer_within_the_test(made):
    first, rest = cell(made, "test-double")["source"].split("\n", 1)
    cell(made, "test-double")["source"] = "\n".join([first, cell(made, "double")["source"], rest])
    cell(made, "double")["source"] = STUBS["double"]


def without_what_was_given(made):
    """Write an answer into a plain cell that needs what its form gives."""
    written = cell(made, "triple")["source"].removeprefix(GIVEN)
    cell(made, "triple")["source"] = STUBS["triple"]
    insert_after(made, "triple", code(written, "mine"))


def two_attempts(made):
    insert_after(made, "double-try", code("def double(x):\n    return x", "mine-1"))
    insert_after(made, "mine-1", code(cell(made, "double")["source"], "mine-2"))
    cell(made, "double")["source"] = STUBS["double"]


def extended_setup(made):
    """Import something in the set-up cell, and use it."""
    setup, answer = cell(made, "setup"), cell(made, "double")
    setup["source"] = setup["source"].replace("math\n", "math\nimport statistics\n", 1)
    answer["source"] = answer["source"].replace("return ", "return statistics.mean([1]) * ")


def test_in_a_string(made):
    insert_after(made, "double", code(f'"""\n{cell(made, "test-double")["source"]}\n"""', "mine"))
    drop(made, "test-double")


def answer_in_the_test(made):
    test = cell(made, "test-double")
    test["source"] = cell(made, "double")["source"] + "\n" + test["source"]
    cell(made, "double")["source"] = STUBS["double"]


def everything_twice(made):
    """Paste the whole released notebook below one's own."""
    second = make(STUBS)["cells"]
    made["cells"] += [{**c, "id": c["id"] + "-again"} for c in second]


def all_in_one(made):
    merged(*(c["id"] for c in made["cells"] if c["cell_type"] == "code"))(made)
    stripped(made)


def format_3(made):
    cells = []
    for c in made["cells"]:
        old = {"cell_type": c["cell_type"], "metadata": c["metadata"]}
        key = "input" if c["cell_type"] == "code" else "source"
        cells.append({**old, key: c["source"].splitlines(keepends=True)})
    cells.append({"cell_type": "heading", "level": 2, "source": "The end", "metadata": {}})
    return {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}


def odd_types(made):
    cell(made, "goal")["metadata"] = None
    cell(made, "goal")["source"] = {"text": 3}
    cell(made, "double-try")["metadata"] = ["tags"]
    cell(made, "double-try")["id"] = 7
    cell(made, "double")["outputs"] = "none"
    made["cells"] += [None, 3, [], {"cell_type": 4}, "my words"]
    made["metadata"] = [1]


def encoded(encoding, before="", behind=""):
    def act(made):
        cell(made, "goal")["source"] = "# Café crème, naïve"
        return (before + json.dumps(made, ensure_ascii=False) + behind).encode(encoding)

    return act


def file(change):
    """Change the text of the file."""
    return lambda made: change(json.dumps(made, indent=1)).encode()


def zipped(made):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("__MACOSX/._slopes.ipynb", b"\0")
        archive.writestr("work/slopes.ipynb", json.dumps(made))
    return buffer.getvalue()


def lines_without_ends(made):
    for c in made["cells"]:
        c["source"] = c["source"].splitlines()


def windows_lines(made):
    for c in made["cells"]:
        c["source"] = c["source"].replace("\n", "\r\n")


def two_lists(made):
    kept = json.dumps(made["cells"][4:])
    made["cells"] = made["cells"][:4]
    return (json.dumps(made)[:-1] + f', "cells": {kept}}}').encode()


def other_settings(told):
    def act(made):
        for c in made["cells"]:
            c["metadata"]["nbgrader"] = told

    return act


def surrogates(made):
    cell(made, "goal")["source"] = "half a letter \ud83d, and a NUL \0"


def all_of(*names):
    return {name: (lambda answers, name=name: answers[name]) for name in names}


def always(found):
    return lambda answers: found


GONE = always(None)
REMARK = always(
    "*The cell `explain` was missing. If its answer is elsewhere, it is above or below.*"
)
ONE_CELL = "double", "double-try", "test-double", "triple", "test-triple"

MANGLINGS = {
    "untouched": Mangling(lambda made: None, ""),
    # cells that are gone or there twice
    "deleted test": Mangling(dropping("test-double"), "test-double was missing"),
    "deleted set-up": Mangling(dropping("setup"), "setup was missing"),
    "deleted question": Mangling(dropping("question"), "question was missing"),
    "deleted most": Mangling(
        dropping("setup", "test-double", "test-triple", "explain"),
        "4 cells were missing (setup, test-double, ...)",
        texts={"explain": REMARK},
    ),
    "deleted answer": Mangling(dropping("double"), "", points=2, texts={"double": GONE}),
    "emptied test": Mangling(text("test-double", ""), ""),
    "copied form": Mangling(
        copied("double", "double", STUBS["double"]), "double was there 2 times"
    ),
    "copied form above": Mangling(
        each(copied("double", "double"), text("double", STUBS["double"])),
        "double was there 2 times",
    ),
    "split answer": Mangling(
        each(copied("double", "double"), text("double", "two = 2")), "double was there 2 times"
    ),
    "split answer, the end plain": Mangling(
        copied("double", "double", "print(double(2))"), "double was there 2 times"
    ),
    "copied form with a remark": Mangling(
        copied("double", "double", STUBS["double"] + "\n# once more"), "double was there 2 times"
    ),
    "copied form with more": Mangling(
        copied("double", "double", STUBS["double"] + "\n\n\nk = 3"), "double was there 2 times"
    ),
    "copied test": Mangling(copied("test-double", "explain"), "test-double was there 2 times"),
    "copied set-up": Mangling(copied("setup", "explain"), "setup was there 2 times"),
    "everything twice": Mangling(
        everything_twice, "7 cells were there several times (setup, double, ...)"
    ),
    # settings
    "test without grade": Mangling(
        bend("test-double", grade=False), "test-double was given other settings"
    ),
    "test as an answer": Mangling(
        bend("test-double", solution=True), "test-double was given other settings"
    ),
    "more points": Mangling(
        bend("test-double", points=999), "test-double was given other settings"
    ),
    "no points": Mangling(bend("test-double", ["points"]), "test-double was given other settings"),
    "points that are none": Mangling(
        bend("test-double", points={"a": []}), "test-double was given other settings"
    ),
    "answer as a test": Mangling(
        bend("double", solution=False, grade=True, locked=True, points=3),
        "double was given other settings",
    ),
    "unlocked": Mangling(bend("setup", locked=False), "setup was given other settings"),
    "skip-execution": Mangling(tagged("skip-execution"), ""),
    "other tags": Mangling(tagged("raises-exception", "remove-cell", "hide-input"), ""),
    "old settings": Mangling(bend("double", ["task"], schema_version=1), ""),
    "settings in a list": Mangling(
        other_settings([1, 2]), "7 cells were stripped of settings (setup, double, ...)"
    ),
    "names that are numbers": Mangling(
        other_settings({"grade_id": 3, "grade": True, "points": 7}),
        "7 cells were stripped of settings (setup, double, ...)",
    ),
    "raw answer": Mangling(retyped("double", "raw"), "double was given other settings"),
    "answer as prose": Mangling(retyped("double", "markdown"), "double was given other settings"),
    "test as prose": Mangling(
        retyped("test-double", "markdown"), "test-double was given other settings"
    ),
    "written answer as code": Mangling(
        retyped("explain", "code"), "explain was given other settings"
    ),
    # names
    "renamed answer": Mangling(bend("double", grade_id="mine"), "double was under another name"),
    "renamed test": Mangling(
        bend("test-double", grade_id="no-test"), "test-double was under another name"
    ),
    "renamed cells": Mangling(ids("new{}".format), ""),
    "one id for all": Mangling(ids(lambda number: "same"), "id of 8 cells"),
    "swapped answers": Mangling(
        swapped("double", "triple"), "2 cells were under another name (double, triple)"
    ),
    "swapped with its test": Mangling(
        swapped("double", "test-double"),
        "2 cells were under another name (test-double, double)",
    ),
    "swapped tests": Mangling(
        swapped("test-double", "test-triple"),
        "2 cells were under another name (test-double, test-triple)",
    ),
    "test's name on the answer": Mangling(
        each(named("double", "test-double"), dropping("test-double")),
        "test-double was on a cell of other text; double was under another name",
    ),
    "test's name on prose": Mangling(
        each(named("goal", "test-double"), dropping("test-double")),
        "test-double was on a cell of other text",
    ),
    "no settings": Mangling(
        lambda made: stripped(made, ids=False),
        "7 cells were stripped of settings (setup, double, ...)",
    ),
    "no settings and no ids": Mangling(
        stripped,
        "4 cells were stripped of settings (setup, test-double, ...); explain was missing",
        texts={"explain": REMARK},
    ),
    "no settings, edited comments": Mangling(
        each(text("test-triple", lambda t: t.replace("# triple and half", "# !!")), stripped),
        "4 cells were stripped of settings (setup, test-double, ...); "
        "test-triple was edited; "
        "explain was missing",
        texts={"explain": REMARK},
    ),
    "no settings, comments everywhere": Mangling(
        each(
            text("test-double", lambda t: t.replace("\n", "  # ok\n") + "  # ok"),
            stripped,
        ),
        "4 cells were stripped of settings (setup, test-triple, ...); "
        "test-double was edited; "
        "explain was missing",
        texts={"explain": REMARK},
    ),
    "no settings, swapped ids": Mangling(
        each(lambda made: stripped(made, ids=False), swapped("double", "triple")),
        "5 cells were stripped of settings (setup, test-double, ...)",
    ),
    "swapped with prose": Mangling(
        swapped("double", "explain"),
        "double was under another name; explain was missing",
        texts={"explain": REMARK},
    ),
    # answers in other places
    "two attempts": Mangling(two_attempts, "double was answered in another cell"),
    "answer without what was given": Mangling(
        without_what_was_given,
        "triple was answered in another cell",
        texts={"triple": lambda answers: answers["triple"].removeprefix(GIVEN)},
    ),
    "answer within the test": Mangling(
        answer_within_the_test,
        "test-double was on a cell of other text; double was answered in another cell",
        texts={
            "double": lambda answers: seen(TESTS["test-double"]).replace(
                "\n", f"\n{answers['double']}\n", 1
            )
        },
    ),
    "answer below": Mangling(
        into_plain("double", at="double"), "double was answered in another cell"
    ),
    "answer above": Mangling(
        into_plain("double", at="goal"), "double was answered in another cell"
    ),
    "answer at the end": Mangling(
        into_plain("double", at="explain"),
        "double was answered in another cell; test-double was out of order",
    ),
    "answers in one cell": Mangling(
        into_plain("double", "triple", at=None),
        "double was answered in another cell; 2 cells were out of order (setup, triple)",
        texts={
            "double": lambda answers: answers["double"] + "\n\n\n" + answers["triple"],
            "triple": always(STUBS["triple"]),
        },
    ),
    "answer retyped": Mangling(
        each(
            inserted("double", code("", "mine")),
            lambda made: cell(made, "mine").update(source=cell(made, "double")["source"]),
            dropping("double"),
        ),
        "",
    ),
    "half below": Mangling(
        half_elsewhere("test-triple"),
        "test-triple was out of order",
        texts={"triple": lambda answers: answers["triple"].replace(HALF, HALF_STUB)},
    ),
    "half above": Mangling(
        half_elsewhere("goal"),
        "triple was out of order",
        texts={"triple": lambda answers: answers["triple"].replace(HALF, HALF_STUB)},
    ),
    "answer in the test": Mangling(
        answer_in_the_test, "double was answered in another cell; test-double was edited"
    ),
    "two notes in an answer": Mangling(
        each(into_plain("double", at="explain"), text("double", STUBS["double"] + "\n# below!")),
        "double was answered in another cell; test-double was out of order",
    ),
    # order
    "tests first": Mangling(
        each(moved("test-double", "goal"), moved("test-triple", "goal")),
        "2 cells were out of order (test-double, test-triple)",
    ),
    "set-up last": Mangling(moved("setup", "explain"), "setup was out of order"),
    "answers last": Mangling(
        each(moved("double", "explain"), moved("triple", "explain")),
        "2 cells were out of order (test-double, test-triple)",
    ),
    "backwards": Mangling(
        lambda made: made["cells"].reverse(),
        "3 cells were out of order (setup, test-double, test-triple)",
    ),
    "second task first": Mangling(
        ordered(
            "setup",
            "goal",
            "triple",
            "test-triple",
            "double",
            "test-double",
            "double-try",
            "question",
            "explain",
        ),
        "",
    ),
    "cells between": Mangling(
        each(*(inserted(name, code("k = 1", f"k-{name}")) for name in ONE_CELL)), ""
    ),
    # merged
    "merged with its test": Mangling(
        merged("double", "test-double"), "test-double was merged with other cells"
    ),
    "merged test and answer": Mangling(merged("test-double", "triple"), "test-double was edited"),
    "merged answers": Mangling(
        each(moved("triple", "double"), merged("double", "triple")),
        "",
        texts={
            "double": lambda answers: answers["double"] + "\n\n" + answers["triple"],
            "triple": GONE,
        },
    ),
    "all code in one cell": Mangling(
        all_in_one,
        "3 cells were merged with other cells (setup, test-double, test-triple); "
        "question was stripped of settings; "
        "explain was missing",
        texts={
            "double": lambda answers: answers["double"] + "\n\n" + TRY,
            "explain": REMARK,
        },
    ),
    # locked cells that were written into
    "edited test": Mangling(
        text("test-double", lambda t: t.replace("double(3), 6", "6, 6")), "test-double was edited"
    ),
    "edited set-up": Mangling(
        text("setup", lambda t: t + "\nimport statistics"), "setup was edited"
    ),
    "another test": Mangling(
        text("test-double", "print('all')\nprint('passed')"),
        "test-double was on a cell of other text",
    ),
    "extended set-up": Mangling(
        extended_setup,
        "setup was edited",
        texts={
            "double": lambda answers: answers["double"].replace(
                "return ", "return statistics.mean([1]) * "
            )
        },
    ),
    "test in a string": Mangling(
        test_in_a_string, "test-double was stripped of settings; test-double was edited"
    ),
    "answer in the question": Mangling(
        text("question", lambda t: t + "\n\nBecause it is."), "question was edited"
    ),
    # the file
    "byte order mark": Mangling(encoded("utf-8-sig"), "byte order mark"),
    "UTF-16": Mangling(encoded("utf-16"), "encoding UTF-16"),
    "UTF-16 without a mark": Mangling(encoded("utf-16-le"), "encoding UTF-16"),
    "cp1252": Mangling(encoded("cp1252"), "encoding cp1252"),
    "one bad byte": Mangling(
        lambda made: encoded("utf-8")(made).replace(b"Caf\xc3\xa9", b"Caf\xe9"),
        "damaged letters (1)",
    ),
    "NULs behind": Mangling(encoded("utf-8", behind="\0" * 512), ""),
    "tail of an older file": Mangling(
        encoded("utf-8", behind='minor": 5}\n'), "text behind the end"
    ),
    "stray comma": Mangling(
        file(lambda t: t.replace("\n  }\n ],", "\n  },\n ],")), "a stray comma"
    ),
    "bare line ends": Mangling(
        lambda made: (
            json.dumps(made)
            .replace("# How large", "# How\tlarge")
            .encode()
            .replace(b"How\\tlarge", b"How\tlarge")
        ),
        "control characters",
    ),
    "two lists of cells": Mangling(two_lists, "two lists of cells"),
    "format 3": Mangling(format_3, "format 3"),
    "zipped": Mangling(zipped, "packed as an archive"),
    "odd types": Mangling(odd_types, "type of 5 cells, id of 1 cell"),
    "lines without ends": Mangling(lines_without_ends, ""),
    "Windows lines": Mangling(windows_lines, ""),
    "half letters": Mangling(surrogates, ""),
}
