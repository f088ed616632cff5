"""Hygiene of every notebook in the repository: `make lint` runs this file."""

import nbformat
import pytest

from conftest import ROOT

NOTEBOOKS = sorted(p for room in ("solutions", "exercises") for p in (ROOT / room).rglob("*.ipynb"))
by_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[str(p.relative_to(ROOT)) for p in NOTEBOOKS]
)


@by_notebook
def test_format_is_valid_and_ids_are_fixed(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        assert not (len(cell.id) == 8 and set(cell.id) <= set("0123456789abcdef")), (
            f"{cell.id} is a random id: give the cell a readable one"
        )
        assert cell.id == cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)


@by_notebook
def test_no_outputs_no_counts_no_tags(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert not cell.metadata.get("tags")


@by_notebook
def test_metadata_name_the_kernel_and_nothing_else(path):
    metadata = nbformat.read(path, as_version=4).metadata
    assert set(metadata) == {"kernelspec"}
    assert metadata.kernelspec.name == "python3"
