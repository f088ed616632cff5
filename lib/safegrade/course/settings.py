"""What the course's configuration says about how to run and mark, as plain data."""

from __future__ import annotations

from safegrade.course.layout import Course

KNOWN = {
    "sanitize": {
        "ClearOutput",
        "RepairSubmission",
        "DeduplicateIds",
        "OverwriteKernelspec",
        "OverwriteCells",
        "CheckCellMetadata",
    },
    "autograde": {
        "Execute",
        "SafeExecute",
        "SafeScores",
        "IgnorePattern",
        "ClearMetadataPreprocessor",
        "LimitOutput",
        "SaveAutoGrades",
        "SanitiseOutputs",
        "AssignLatePenalties",
        "CheckCellMetadata",
    },
}
NEEDED = ("SaveAutoGrades",)  # without it a pipeline is not one that gives scores


def settings_of(course: Course, unsandboxed: bool = False) -> dict:
    """Return the settings that travel with each unit of work."""
    from nbgrader.preprocessors import IgnorePattern, LimitOutput

    from safegrade.feedback.export import SafeFeedback

    limit, pattern = LimitOutput(parent=course.app), IgnorePattern(parent=course.app)
    used = course.pipelines()["autograde"]
    bound = limit.enabled and "LimitOutput" in used
    return {
        **run_settings(course, unsandboxed),
        "show_hidden_tests": SafeFeedback(parent=course.app).show_hidden_tests,
        "lines": limit.max_lines if bound else -1,
        "traceback": limit.max_traceback if bound else -1,
        "ignore": pattern.pattern if pattern.enabled and "IgnorePattern" in used else "",
    }


def unknown_steps(course: Course) -> list[str]:
    """Return the preprocessors of the course that safegrade does not know how to replace."""
    used = course.pipelines()
    from safegrade.execute import SafeExecute

    strange = [name for step in used for name in used[step] if name not in KNOWN[step]]
    missing = [f"no {name}" for name in NEEDED if name not in used["autograde"]]
    config = course.app.config
    execute = SafeExecute(parent=course.app)
    if execute.timeout_func is not None:
        strange.append("timeout_func")
    if not execute.enabled:
        strange.append("Execute.enabled = False")
    if config.get("ClearMetadataPreprocessor", {}).get("enabled"):
        strange.append("ClearMetadataPreprocessor")
    return [*strange, *missing]


def run_settings(course: Course, unsandboxed: bool) -> dict:
    """Return how notebooks are run, as `SafeExecute` is configured: for the engine, and apart."""
    from safegrade.execute import SafeExecute

    execute = SafeExecute(parent=course.app)
    engine = execute.settings
    engine["unsandboxed"] = unsandboxed or engine["unsandboxed"]
    return {
        "engine": engine,
        "kernel": execute.kernel_name,
        "allow_errors": execute.allow_errors,
        "error_on_timeout": dict(execute.error_on_timeout),
    }


def make_engine(told: dict):
    """Return an engine for settings that travelled as plain data."""
    from safegrade.jail.limits import Limits
    from safegrade.notebook.engine import Engine, Settings

    chosen = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    return Engine(Settings(**{**chosen, "limits": Limits(**told["limits"])}))


def check_jail(settings: dict, cluster: str | None) -> None:
    """Raise a `JailError` at once where this machine is to jail student code and cannot."""
    from safegrade.jail.capabilities import JailError, capabilities

    if settings["engine"]["unsandboxed"] or cluster:
        return
    found = capabilities()
    if not found.can_jail:
        raise JailError(found.reason)
