"""Submissions made out of released notebooks and the catalogue of mistakes.

The tests and the demonstration class use the same ones. A notebook here is
the plain dict that its JSON holds.
"""

from __future__ import annotations

import argparse
import ast
import copy
import inspect
import json
import textwrap
from pathlib import Path

from fallline.marking.task import ProblemSet, Task


def read_notebook(path) -> dict:
    """Read a notebook file into a dict."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_notebook(notebook: dict, path) -> None:
    """Write a notebook as Jupyter does; a file that holds it already is left alone."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text + "\n":
        path.write_text(text + "\n", encoding="utf-8")


def grade_id(cell: dict) -> str | None:
    """Return the name that nbgrader knows a cell by, if it has one."""
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def cell_of(notebook: dict, name: str) -> dict:
    """Return the cell of that grade_id.

    Raises
    ------
    LookupError
        The notebook has no such cell.
    """
    for cell in notebook["cells"]:
        if grade_id(cell) == name:
            return cell
    raise LookupError(f"the notebook has no cell {name!r}")


def source(cell: dict) -> str:
    """Return a cell's text, which a file may hold as a string or as a list of lines."""
    return "".join(cell["source"])


def hand_in(notebook: dict, answers: dict[str, str]) -> dict:
    """Return a copy of a released notebook with answers filled in, keyed by grade_id."""
    handed_in = copy.deepcopy(notebook)
    for name, text in answers.items():
        cell_of(handed_in, name)["source"] = text
    return handed_in


def perfect_answers(solution: dict) -> dict[str, str]:
    """Return every answer of a solution notebook, without its marks, keyed by grade_id."""
    return {
        grade_id(cell): _unmarked(source(cell))
        for cell in solution["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }


def _unmarked(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.strip().endswith(" SOLUTION"))


def answer_text(task: Task, code: dict, solution: dict) -> str:
    """Return what a student who makes this mistake, or writes this variant, hands in.

    Functions of the task that `code` leaves out are those of the solution, and so are
    methods that an `AsReference` leaves out.
    """
    own = "\n\n".join(map(source_of, code.values()))
    perfect = _unmarked(source(cell_of(solution, task.name)))
    if "(AsReference):" in own.splitlines()[0]:
        return _merged(perfect, own)
    whole = set(code) == set(task.functions)
    return own if whole else f"{perfect}\n\n\n{own}"


def _merged(perfect: str, own: str) -> str:
    """Put what a class names into the class of that name in another text."""
    tree, changed = ast.parse(perfect), ast.parse(own).body[0]
    whole = next(node for node in tree.body if getattr(node, "name", None) == changed.name)
    names = {_name_in_class(node) for node in changed.body} - {None}
    kept = [node for node in whole.body if _name_in_class(node) not in names]
    whole.body = kept + changed.body
    return ast.unparse(tree)


def _name_in_class(node) -> str | None:
    """Return what a statement in a class defines."""
    if isinstance(node, ast.Assign):
        return node.targets[0].id
    return getattr(node, "name", None)


def source_of(code) -> str:
    """Return the text of a function or class as a student would write it, undecorated."""
    if inspect.isclass(code):
        node = _class_node(code)
    else:
        node = ast.parse(textwrap.dedent(inspect.getsource(code))).body[0]
    node.decorator_list = []
    return ast.unparse(node)


def _class_node(code) -> ast.ClassDef:
    """Find a class by the line of one of its methods: several may share its name."""
    methods = [value for value in vars(code).values() if inspect.isfunction(value)]
    if not methods:
        raise ValueError(f"{code.__name__} has no method to find its text by")
    line = methods[0].__code__.co_firstlineno
    module = ast.parse(Path(inspect.getsourcefile(code)).read_text(encoding="utf-8"))
    around = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= node.end_lineno
    ]
    return max(around, key=lambda node: node.lineno)


# --- a demonstration class ---


def demonstration_class(released: dict, solution: dict, problems: ProblemSet) -> dict[str, dict]:
    """Return one notebook for each imagined student: good, wrong, broken and careless ones.

    Parameters
    ----------
    released, solution : dict
        A chapter's notebook as students get it, and as the teacher has it.
    problems : ProblemSet
        The chapter's tasks.

    Returns
    -------
    dict
        The notebook that each student hands in, keyed by the student.
    """
    perfect = perfect_answers(solution)
    first, second, third = (task.name for task in problems[:3])
    endless = {**perfect, second: _with_body(perfect[second], "while True:\n    pass")}
    flood = {**perfect, first: 'print("all work and no play " * 400_000)\n' + perfect[first]}
    students = {
        "perfect": hand_in(released, perfect),
        "untouched": hand_in(released, {}),
        "endless-loop": hand_in(released, endless),
        "syntax-error": hand_in(released, {**perfect, third: perfect[third] + "\nreturn return"}),
        "huge-output": hand_in(released, flood),
        "deleted-test": hand_in(released, perfect),
    }
    deleted = students["deleted-test"]
    deleted["cells"].remove(cell_of(deleted, f"test-{first}"))
    for number in range(4):
        wrong = {
            task.name: answer_text(task, task.mistakes[number % len(task.mistakes)].code, solution)
            for task in problems[number % 2 :: 2]
        }
        students[f"mistakes-{number + 1}"] = hand_in(released, {**perfect, **wrong})
    return students


def _with_body(text: str, body: str) -> str:
    """Put another body into the first function or method of an answer."""
    tree = ast.parse(text)
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    function.body = ast.parse(body).body
    return ast.unparse(tree)


def main(arguments=None) -> None:
    """Write the demonstration class's submissions into a course folder of its own."""
    from fallline.marking.tasks import problem_sets

    parser = argparse.ArgumentParser(prog="python -m fallline.marking.classroom")
    parser.description = "Write the submissions of a demonstration class."
    parser.add_argument("folder", type=Path, help="the folder in which the class's course lies")
    folder = parser.parse_args(arguments).folder
    for stem, problems in problem_sets().items():
        released, solution = (
            read_notebook(Path(room, stem, f"{stem}.ipynb")) for room in ("exercises", "solutions")
        )
        students = demonstration_class(released, solution, problems)
        for student, notebook in students.items():
            write_notebook(
                notebook, folder / "grading/submitted" / student / stem / f"{stem}.ipynb"
            )
        print(f"  {stem}: {len(students)} submissions")


if __name__ == "__main__":
    main()
