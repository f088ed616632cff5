"""The tasks of chapter `depth`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.depth import (
    backward_norms,
    batchnorm,
    break_symmetry_rank,
    clip_by_global_norm,
    deep_forward,
    init_weights,
    residual_scale,
    variance_map,
)

problems = ProblemSet(
    "depth",
    [
        deep_forward.task,
        backward_norms.task,
        init_weights.task,
        variance_map.task,
        clip_by_global_norm.task,
        batchnorm.task,
        residual_scale.task,
        break_symmetry_rank.task,
    ],
)
