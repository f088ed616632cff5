"""The feedback pages of a submission: with its grading, or anew when people changed something."""

from __future__ import annotations

import json

from safegrade.course import marks
from safegrade.course.material import released_of
from safegrade.course.notes import in_a_line

NOTHING = {"cells": []}  # the notebook of who handed none in


def feedback_job(line: dict, texts: dict, standing: dict, by_hand: str, material: dict) -> dict:
    """Return the work of writing feedback anew from what was graded before."""
    told = {name: line[name] for name in ("assignment", "student", "scores", "notes", "origin")}
    return {
        **told,
        "task": "feedback",
        "texts": texts,
        "standing": standing,
        "by_hand": by_hand,
        "enforced": line.get("enforced", {}),
        "material": material,
    }


def feedback_unit(job: dict) -> dict:
    """Return the feedback ``pages`` of a submission, from its autograded notebooks."""
    pages = {}
    for name, scores in job["scores"].items():
        if name not in job["texts"] and any(score for score, *_ in scores.values()):
            job["notes"].append(f"the autograded {name}.ipynb is gone; grade it again with --force")
    for name, scores in job["scores"].items():
        notebook = json.loads(job["texts"][name]) if name in job["texts"] else NOTHING
        words = job["standing"]["comments"].get(name, {})
        one = {
            "scores": scores,
            "comments": {cell: auto for cell, (auto, _) in words.items()},
            "enforced": job["enforced"].get(name, {}),
        }
        pages[name] = write_page(job, name, notebook, one, job["notes"])
    return {"pages": pages, "notes": job["notes"]}


def write_page(job: dict, name: str, notebook: dict, one: dict, notes: list[str]) -> str | None:
    """Return the feedback on a notebook; None if that goes wrong, for the scores count."""
    from safegrade.feedback.page import page

    standing = job["standing"]
    words = {cell: manual for cell, (_, manual) in standing["comments"].get(name, {}).items()}
    comments = {**(one["comments"] or {}), **{cell: text for cell, text in words.items() if text}}
    try:
        released = released_of(job["material"])[name]
        return page(
            notebook,
            marks.shown(one["scores"], standing["grades"].get(name, {}), released),
            title=name,
            student=job["student"],
            assignment=job["assignment"],
            comments={cell: text for cell, text in comments.items() if text},
            notes=notes,
            provenance={"enforced": one.get("enforced", {}), "hashes": job["origin"]},
            late_penalty=standing.get("penalties", {}).get(name) or 0.0,
            show_hidden_tests=job["material"]["settings"]["show_hidden_tests"],
        )
    except Exception as error:
        notes.append(f"no feedback on {name}: {in_a_line(error)}")
        return None
