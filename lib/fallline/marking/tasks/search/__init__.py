"""The tasks of chapter `search`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.search import (
    counting,
    equal_length_compare,
    gradient_search,
    local_search,
    random_search,
    slice_1d,
    step_sweep,
)

problems = ProblemSet(
    "search",
    [
        random_search.task,
        local_search.task,
        gradient_search.task,
        slice_1d.task,
        equal_length_compare.task,
        step_sweep.task,
        counting.task,
    ],
)
