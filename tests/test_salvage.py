"""What students hand in is read, recognised and mended; nothing of theirs is lost."""

import ast
import contextlib
import io
import json
import random
import zipfile

import pytest

from conftest import STEMS, notebook_path
from fallline.marking.classroom import cell_of, read_notebook
from mangling import MANGLINGS, RIGHT, STUBS, WRONG, make, released
from safegrade.course.notes import NoteKeeper
from safegrade.jail.capabilities import capabilities
from safegrade.notebook.engine import Engine
from safegrade.salvage import evidence
from safegrade.salvage.evidence import lines_of
from safegrade.salvage.files import choose, remarks
from safegrade.salvage.matching import name_of
from safegrade.salvage.mending import MISSING, mend
from safegrade.salvage.reading import MAX_BYTES, MAX_CELLS, Unreadable, read, read_file
from safegrade.salvage.released import released_in
from toyclass import code, insert_after, markdown, notebook, settings

LOST = {"deleted answer", "deleted most", "extended set-up"}  # where the students drop lines
by_mangling = pytest.mark.parametrize("name", MANGLINGS)


def named(notebook):
    """Return the cells that bear a name, by name; each name may be there once."""
    cells = [cell for cell in notebook["cells"] if name_of(cell) is not None]
    assert len({name_of(cell) for cell in cells}) == len(cells)
    return {name_of(cell): cell for cell in cells}


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def check_soundness(notebook, known):
    """Every locked or marked cell is there once, as released; nothing else is a test."""
    there = named(notebook)
    assert set(there) <= set(known)
    for name, cell in known.items():
        if cell.locked or cell.grade or cell.task:
            assert there[name]["metadata"] == {"nbgrader": cell.metadata()}
            assert there[name]["cell_type"] == cell.cell_type
        if cell.locked:
            assert there[name]["source"] == cell.source


@by_mangling
def test_mangling_is_repaired(name):
    one, known = MANGLINGS[name], released()
    for answers in (RIGHT, WRONG):
        notebook, notes = mend(one.bytes(answers), known)
        check_soundness(notebook, known)
        assert "; ".join(note.removeprefix("repaired: ") for note in notes) == one.note
        there = named(notebook)
        for answer in STUBS:
            text = one.texts[answer](answers) if answer in one.texts else answers[answer]
            found = there[answer]["source"] if answer in there else None
            assert found == text, answer


@by_mangling
def test_what_is_mended_needs_no_mending(name):
    notebook, _ = mend(MANGLINGS[name].bytes(RIGHT), released())
    again, notes = mend(json.dumps(notebook).encode(), released())
    assert not notes
    assert again == notebook


@by_mangling
def test_mended_notebook_is_valid(name):
    nbformat = pytest.importorskip("nbformat")
    notebook, _ = mend(MANGLINGS[name].bytes(RIGHT), released())
    nbformat.validate(nbformat.from_dict(notebook))
    json.dumps(notebook, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", sorted({*MANGLINGS} - LOST))
def test_students_lines_are_all_there(name):
    notebook, _ = mend(MANGLINGS[name].bytes(RIGHT), released())
    kept = {line for cell in notebook["cells"] for line in lines_of(cell["source"])}
    written = {line for text in RIGHT.values() for line in lines_of(text)}
    assert written <= kept


# --- what is executed in the end ---


def points_of(notebook, passed):
    """Return the points of the test cells that passed."""
    tests = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    told = [(cell, cell["metadata"].get("nbgrader", {})) for cell in tests]
    return sum(known["points"] for cell, known in told if known.get("grade") and passed(cell))


@pytest.mark.parametrize("answers", [RIGHT, WRONG], ids=["right", "wrong"])
@by_mangling
def test_score_in_one_process(name, answers, capsys):
    notebook, _ = mend(MANGLINGS[name].bytes(answers), released())
    namespace, passed = {}, set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            with contextlib.suppress(Exception):
                exec(cell["source"], namespace)
                passed.add(cell["id"])
    points = points_of(notebook, lambda cell: cell["id"] in passed)
    assert points == (MANGLINGS[name].points if answers is RIGHT else 0)


@pytest.fixture(scope="module")
def engine():
    if not capabilities().can_jail:
        pytest.skip(capabilities().reason)
    with Engine() as engine:
        yield engine


def score(engine, name, answers):
    """Return the points of a mangled notebook: a test without an error has passed."""
    notebook, _ = mend(MANGLINGS[name].bytes(answers), released())
    engine.run(notebook)
    failed = {c["id"] for c in notebook["cells"] for o in c.get("outputs", ()) if is_error(o)}
    return points_of(notebook, lambda cell: cell["id"] not in failed)


def is_error(output):
    return output["output_type"] == "error"


@by_mangling
def test_right_answers_keep_their_points(name, engine):
    assert score(engine, name, RIGHT) == MANGLINGS[name].points


@by_mangling
def test_wrong_answers_gain_no_points(name, engine):
    assert score(engine, name, WRONG) == 0


# --- notebooks of the course, mangled at random ---


def filled(stem):
    """Return an exercise with the answers of its solution, and what was released."""
    sheet = read_notebook(notebook_path("exercises", stem))
    known = released_in(sheet)
    solved = {
        name_of(cell): cell["source"]
        for cell in read_notebook(notebook_path("solutions", stem))["cells"]
    }
    for cell in sheet["cells"]:
        if name_of(cell) and known[name_of(cell)].solution:
            cell["source"] = solved[name_of(cell)]
    return sheet, known


@pytest.mark.parametrize("stem", STEMS)
def test_honest_notebooks_stay_as_they_are(stem):
    sheet, known = filled(stem)
    for made in (sheet, read_notebook(notebook_path("exercises", stem))):
        mended, notes = mend(json.dumps(made).encode(), known)
        assert not notes
        told = [(c["id"], c["cell_type"], "".join(c["source"])) for c in made["cells"]]
        assert told == [(c["id"], c["cell_type"], c["source"]) for c in mended["cells"]]


@pytest.mark.parametrize("cheat", [False, True])
def test_cells_of_an_earlier_release_were_not_edited(cheat):
    handed_in = read_notebook(notebook_path("exercises", "losses"))
    newer = released_in(handed_in)
    if cheat:
        cell = cell_of(handed_in, "test-softmax")
        cell["source"] = "".join(cell["source"]) + "\nassert True"
    test = newer["test-softmax"]
    newer["test-softmax"] = test._replace(
        source=test.source.replace("check(softmax", "check(*[], softmax")
    )
    assert newer["test-softmax"] != test
    notebook, notes = mend(json.dumps(handed_in).encode(), newer)
    told = "edited" if cheat else "of an earlier release"
    assert notes == [f"repaired: test-softmax was {told}"]
    texts = [cell["source"] for cell in notebook["cells"]]
    assert newer["test-softmax"].source in texts
    assert sum("assert True" in text for text in texts) == cheat


def swap_metadata(cells, draw):
    one, other = draw.sample(cells, 2)
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


def merge(cells, draw):
    place = draw.randrange(len(cells) - 1)
    one, other = cells[place : place + 2]
    if one["cell_type"] == other["cell_type"]:
        one["source"] = "".join(one["source"]) + "\n\n" + "".join(other["source"])
        del cells[place + 1]


HABITS = {
    "delete a locked cell": lambda cells, draw: [
        cells.remove(cell)
        for cell in draw.sample(cells, 3)
        if cell["metadata"].get("nbgrader", {}).get("locked")
    ],
    "copy": lambda cells, draw: cells.insert(
        draw.randrange(len(cells)), json.loads(json.dumps(draw.choice(cells)))
    ),
    "move": lambda cells, draw: cells.insert(
        draw.randrange(len(cells)), cells.pop(draw.randrange(len(cells)))
    ),
    "swap settings": swap_metadata,
    "strip settings": lambda cells, draw: draw.choice(cells).update(metadata={}),
    "drop ids": lambda cells, draw: [c.pop("id", None) for c in draw.sample(cells, 9)],
    "repeat an id": lambda cells, draw: draw.choice(cells).update(id=cells[0].get("id", 5)),
    "retype": lambda cells, draw: draw.choice(cells).update(
        cell_type=draw.choice(["code", "markdown", "raw", 3])
    ),
    "bend a setting": lambda cells, draw: draw.choice(cells)["metadata"].update(
        nbgrader={"grade_id": draw.choice(cells).get("id"), "grade": True, "solution": None}
    ),
    "insert": lambda cells, draw: cells.insert(
        draw.randrange(len(cells)),
        {"cell_type": "code", "metadata": {}, "source": f"mine = {draw.random()}"},
    ),
    "merge": merge,
    "shuffle": lambda cells, draw: draw.random() < 0.1 and draw.shuffle(cells),
}


@pytest.mark.parametrize("seed", range(60))
def test_any_sequence_of_habits_is_mended(seed):
    draw = random.Random(seed)
    sheet, known = filled(draw.choice(STEMS))
    locked = {line for cell in known.values() if cell.locked for line in lines_of(cell.source)}
    forms = {line for cell in known.values() for line in lines_of(cell.source)}
    cells = sheet["cells"]
    for habit in draw.choices(list(HABITS), k=draw.randrange(1, 25)):
        HABITS[habit](cells, draw)
    theirs = {
        line for cell in cells for line in lines_of("".join(cell["source"])) if line not in forms
    }
    notebook, _ = mend(json.dumps(sheet).encode(), known)
    check_soundness(notebook, known)
    kept = {line for cell in notebook["cells"] for line in lines_of(cell["source"])}
    assert theirs <= kept, sorted(theirs - kept)[:3]
    assert locked <= kept
    again, notes = mend(json.dumps(notebook).encode(), known)
    assert not notes
    assert again == notebook


# --- files ---


@pytest.mark.parametrize(
    "raw, why",
    [
        (b"", "empty"),
        (b"\0" * 4096, "empty"),
        (b" \n", "empty"),
        (b'{"cells": [', "cut off"),
        (json.dumps(make(RIGHT)).encode()[:-900], "cut off"),
        (b"[]", "not a notebook"),
        (b"3", "not a notebook"),
        (b'{"cells": 3}', "not a notebook"),
        (b'{"cells": [], "a" 3}', "not a notebook"),
        (b"print('hello')", "not a notebook"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "not a notebook"),
        (b"\x80\x04\x95 a pickle", "not a notebook"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'{"cells": [\n<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> mine\n]}', "git conflict"),
        (b'{"cells": [], "metadata": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "too deeply"),
        (b'{"cells": [' + b"{}," * MAX_CELLS + b"{}]}", f"it has {MAX_CELLS + 1} cells"),
        (json.dumps(make(RIGHT)).encode() + json.dumps(make(WRONG)).encode(), "not a notebook"),
        (b"PK\x03\x04 no archive", "archive that cannot be opened"),
        (b" " * (MAX_BYTES + 1), "more than 64 MiB"),
    ],
    ids=range(19),
)
def test_a_file_that_is_no_notebook_is_refused_in_words(raw, why):
    with pytest.raises(Unreadable, match=why):
        read(raw)


def test_no_file_crashes_the_reader():
    draw, sound = random.Random(0), json.dumps(make(RIGHT)).encode()
    for _ in range(300):
        raw = bytearray(sound)
        for _ in range(draw.randrange(1, 6)):
            place = draw.randrange(len(raw))
            raw[place : place + draw.randrange(3)] = draw.randbytes(draw.randrange(4))
        try:
            notebook, _ = mend(bytes(raw), released())
        except Unreadable:
            continue
        check_soundness(notebook, released())


def test_an_archive_that_grows_is_not_unpacked_whole():
    raw = zipped({"slopes.ipynb": b" " * (MAX_BYTES + 9)})
    assert len(raw) < MAX_BYTES / 100
    with pytest.raises(Unreadable, match="more than 64 MiB"):
        read(raw)
    with pytest.raises(Unreadable, match="2 notebooks"):
        read(zipped({"a.ipynb": b"{}", "b.ipynb": b"{}"}))


def test_a_long_file_is_not_read_whole(tmp_path):
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(Unreadable, match="more than 64 MiB"):
        read_file(tmp_path / "a.ipynb")


def test_attachments_of_an_answer_stay():
    notebook = make(RIGHT)
    notebook["cells"][-1]["attachments"] = {"a.png": {"image/png": "iVBOR"}}
    notebook["cells"][1]["attachments"] = {"a.png": {"image/png": 3}}
    mended, _ = mend(json.dumps(notebook).encode(), released())
    assert mended["cells"][-1]["attachments"] == {"a.png": {"image/png": "iVBOR"}}
    assert "attachments" not in mended["cells"][1]


def test_outputs_of_students_do_not_survive():
    notebook = make(RIGHT)
    result = {"output_type": "execute_result", "data": {"text/plain": "3.0"}, "metadata": {}}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[{**result, "execution_count": 1}], execution_count=1)
    mended, _ = mend(json.dumps(notebook).encode(), released())
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in mended["cells"])


RIGHT_FILE, WRONG_FILE, EMPTY_FILE = (
    json.dumps(make(answers)).encode() for answers in (RIGHT, WRONG, STUBS)
)
NO_NAMES = MANGLINGS["no settings and no ids"].bytes(RIGHT)
# what lies in the folder, the file that is chosen, the note
FOLDERS = {
    "as expected": ({"slopes.ipynb": WRONG_FILE}, "slopes.ipynb", None),
    "other letters": ({"Slopes.IPYNB": WRONG_FILE}, "Slopes.IPYNB", "repaired: taken from Slopes"),
    "text": ({"slopes.ipynb.txt": b"{"}, "slopes.ipynb.txt", "repaired: taken from slopes.ipynb."),
    "renamed": ({"final (2).ipynb": RIGHT_FILE}, "final (2).ipynb", "graded as slopes.ipynb"),
    "renamed, no names": ({"final.ipynb": NO_NAMES}, "final.ipynb", "graded as slopes.ipynb"),
    "something else": ({"notes.ipynb": b'{"cells": []}'}, None, "there is notes.ipynb"),
    "two": (
        {"slopes.ipynb": WRONG_FILE, "old.ipynb": RIGHT_FILE},
        "slopes.ipynb",
        "not graded: old.ipynb",
    ),
    "the right name is empty": (
        {"slopes.ipynb": EMPTY_FILE, "mine.ipynb": RIGHT_FILE},
        "mine.ipynb",
        "mine.ipynb graded as slopes.ipynb",
    ),
    "no answer in either": (
        {"slopes.ipynb": EMPTY_FILE, "mine.ipynb": EMPTY_FILE},
        "slopes.ipynb",
        "not graded: mine.ipynb",
    ),
    "the right name is broken": (
        {"slopes.ipynb": b"", "mine.ipynb": RIGHT_FILE},
        "mine.ipynb",
        "not graded: slopes.ipynb",
    ),
    "two strangers": (
        {"a.ipynb": RIGHT_FILE, "b.ipynb": EMPTY_FILE},
        "a.ipynb",
        "not graded: b.ipynb",
    ),
    "a folder within": ({"work/slopes.ipynb": RIGHT_FILE}, "work/slopes.ipynb", "from work/slopes"),
    "checkpoints": ({".ipynb_checkpoints/slopes.ipynb": RIGHT_FILE}, None, "not handed in"),
    "resource forks": ({"._slopes.ipynb": b"x", "a.pdf": b""}, None, "there is a.pdf"),
    "nothing": ({}, None, "slopes.ipynb was not handed in"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_file_that_is_meant_is_chosen(name, tmp_path):
    files, wanted, note = FOLDERS[name]
    for path, raw in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(raw)
    expected = {"slopes": released()}
    chosen, spare = choose(tmp_path, expected)
    assert chosen == ({"slopes": tmp_path / wanted} if wanted else {})
    said = remarks(tmp_path, expected, chosen, spare)
    assert note in "\n".join(said) if note else not said


def test_links_are_not_followed(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "ada").mkdir()
    (tmp_path / "other/slopes.ipynb").write_bytes(RIGHT_FILE)
    (tmp_path / "ada/slopes.ipynb").symlink_to(tmp_path / "other/slopes.ipynb")
    (tmp_path / "ada/work").symlink_to(tmp_path / "other")
    assert choose(tmp_path / "ada", {"slopes": released()}) == ({}, [])


def test_the_preprocessor_repairs_what_nbgrader_has_read(monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    repair = pytest.importorskip("safegrade.repair")
    monkeypatch.setattr(repair, "Gradebook", lambda url: contextlib.nullcontext(url))
    monkeypatch.setattr(repair, "released_cells", lambda *asked: released())
    submitted = nbformat.from_dict(json.loads(MANGLINGS["deleted test"].bytes(RIGHT)))
    submitted.nbformat_minor = 4
    info = {"db_url": "", "notebook": "slopes", "assignment": "slopes"}
    step = repair.RepairSubmission()
    step.log.addHandler(keeper := NoteKeeper())
    repaired, _ = step.preprocess(submitted, {"nbgrader": info})
    step.log.removeHandler(keeper)
    nbformat.validate(repaired)
    check_soundness(repaired, released())
    assert keeper.notes == ["repaired: test-double was missing"]


# --- a hostile notebook takes no more than its time ---


def test_of_many_cells_few_are_read_closely():
    cells = [
        dict(make(WRONG)["cells"][2], id=f"c{k}", source=f"{STUBS['double']}\n{k}")
        for k in range(40)
    ]
    cells += [{"cell_type": "code", "source": STUBS["double"] + f"\n{k}"} for k in range(1500)]
    parsed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "parse", lambda text: parsed.append(text) or ast.parse(text))
        mend(json.dumps({"cells": cells}).encode(), released())
    assert len(parsed) < 200


# --- single decisions ---


def test_an_untouched_answer_without_a_name_is_not_taken_for_another():
    questions = [
        markdown(STUBS["explain"], name, settings(name, grade=True, solution=True, points=1))
        for name in ("first", "second")
    ]
    known = released_in(notebook(*questions))
    handed_in = notebook(markdown("Because.", "a"), markdown(STUBS["explain"], "b"))
    mended, _ = mend(json.dumps(handed_in).encode(), known)
    texts = {name: cell["source"] for name, cell in named(mended).items()}
    assert texts == {name: f"*{MISSING.format(name)}*" for name in ("first", "second")}
    handed_in = notebook(*(markdown(STUBS["explain"], name) for name in "ab"))
    mended, _ = mend(json.dumps(handed_in).encode(), known)
    assert {cell["source"] for cell in named(mended).values()} == {STUBS["explain"]}


def test_given_code_that_uses_an_answer_stays_behind_it():
    demo = code("tripled = [triple(k) for k in range(3)]", "demo", settings("demo", locked=True))
    form, made = make(STUBS), make(RIGHT)
    for one in (form, made):
        insert_after(one, "triple", demo)
    known = released_in(form)
    made["cells"].insert(1, made["cells"].pop(7))
    assert made["cells"][1]["id"] == "test-triple"
    mended, notes = mend(json.dumps(made).encode(), known)
    order = [name_of(cell) for cell in mended["cells"]]
    assert order.index("triple") < order.index("demo") < order.index("test-triple")
    assert notes == ["repaired: test-triple was out of order"]


def test_a_test_that_names_no_function_stays_behind_the_answers_above_it():
    given = {"grade": True, "locked": True, "points": 1}
    made = notebook(
        code("k = 0", "k", settings("k", solution=True)),
        code("assert k == 3", "test-k", settings("test-k", **given)),
    )
    known = released_in(made)
    made["cells"].reverse()
    made["cells"][1]["source"] = "k = 3"
    mended, notes = mend(json.dumps(made).encode(), known)
    assert [cell["id"] for cell in mended["cells"]] == ["k", "test-k"]
    assert notes == ["repaired: test-k was out of order"]


def test_a_missing_answer_in_code_that_a_person_marks_is_valid_code():
    kind = settings("essay", grade=True, solution=True, points=1)
    known = released_in(notebook(code("# YOUR CODE HERE", "essay", kind)))
    mended, _ = mend(b'{"cells": []}', known)
    compile(mended["cells"][0]["source"], "essay", "exec")
    assert mended["cells"][0]["source"] != known["essay"].source


def test_text_in_place_of_a_cell_is_kept():
    mended, _ = mend(b'{"cells": ["my words"]}', {})
    assert [cell["source"] for cell in mended["cells"]] == ["my words"]
