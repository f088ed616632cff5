"""Record how Optax and Keras walk where torch_steps.json gives the gradients.

The libraries are not among the course's packages, so they get an environment of their own:

    python3.11 -m venv /tmp/oracles
    /tmp/oracles/bin/pip install optax==0.2.8 keras==3.15.1 jax torch==2.13.0
    /tmp/oracles/bin/python tests/oracles/record.py

It writes optax_steps.json and keras_steps.json beside itself, and in torch_single_steps.json two
walks of PyTorch that show what its default dtype does to float64 parameters. For another walk
add its options to a table here; fallline.parity has to know the optimizer, and then the tests
and the page on parity follow.
"""

import json
import os
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent

OPTAX = [
    ("sgd", {"learning_rate": 0.1}),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.9}),
    ("sgd", {"learning_rate": 0.05, "momentum": 0.8, "nesterov": True}),
    ("sign_sgd", {"learning_rate": 0.03}),
    ("adagrad", {"learning_rate": 0.1}),
    ("adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "eps": 0.001}),
    ("rmsprop", {"learning_rate": 0.01}),
    ("rmsprop", {"learning_rate": 0.01, "decay": 0.99, "eps": 0.001, "eps_in_sqrt": False}),
    ("rmsprop", {"learning_rate": 0.02, "centered": True, "momentum": 0.8, "eps": 0.001}),
    ("rmsprop", {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "initial_scale": 1.0}),
    ("rmsprop", {"learning_rate": 0.01, "bias_correction": True}),
    ("adadelta", {"learning_rate": 0.5, "rho": 0.95, "weight_decay": 0.01}),
    ("rprop", {"learning_rate": 0.01}),
    ("adam", {"learning_rate": 0.1}),
    ("adam", {"learning_rate": 0.1, "b1": 0.8, "b2": 0.95, "eps": 0.001, "eps_root": 1e-06}),
    ("adamw", {"learning_rate": 0.1, "weight_decay": 0.1}),
    ("adamw", {"learning_rate": 0.1, "weight_decay": 0.1, "nesterov": True}),
    ("nadam", {"learning_rate": 0.1}),
    ("amsgrad", {"learning_rate": 0.1, "b1": 0.5, "b2": 0.6}),
    ("amsgrad", {"learning_rate": 0.1, "bias_correction_mu": False, "bias_correction_nu": False}),
    ("adamax", {"learning_rate": 0.1, "b1": 0.8, "b2": 0.9, "eps": 0.001}),
    ("radam", {"learning_rate": 0.1, "eps": 0.001}),
    ("lion", {"learning_rate": 0.01, "weight_decay": 0.1}),
]

KERAS = [
    ("SGD", {"learning_rate": 0.1, "weight_decay": 0.01}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 0.001}),
    ("RMSprop", {"learning_rate": 0.01}),
    ("RMSprop", {"learning_rate": 0.02, "momentum": 0.8, "centered": True, "epsilon": 0.001}),
    ("RMSprop", {"learning_rate": 0.01, "rho": 0.99, "momentum": 0.9, "weight_decay": 0.05}),
    ("Adadelta", {"learning_rate": 0.5, "weight_decay": 0.01}),
    ("Adam", {"learning_rate": 0.1}),
    ("Adam", {"learning_rate": 0.1, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 0.001}),
    ("Adam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.6, "amsgrad": True}),
    ("Adam", {"learning_rate": 0.1, "weight_decay": 0.1}),
    ("AdamW", {"learning_rate": 0.1, "amsgrad": True, "epsilon": 0.001}),
    ("Adamax", {"learning_rate": 0.1, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 0.001}),
    ("Nadam", {"learning_rate": 0.1}),
    ("Nadam", {"learning_rate": 0.1, "beta_1": 0.8, "epsilon": 0.001, "weight_decay": 0.01}),
    ("Lion", {"learning_rate": 0.01, "weight_decay": 0.1}),
]

TORCH = [
    ("ASGD", {"lr": 0.1, "lambd": 0.01, "t0": 10}),
    ("NAdam", {"lr": 0.1}),
]


def optax_walk(name, options, w, gradients):
    import optax
    from jax import numpy as jnp

    rule, w = getattr(optax, name)(**options), jnp.array(w)
    state, path = rule.init(w), []
    for g in gradients:
        updates, state = rule.update(jnp.array(g), state, w)
        w = optax.apply_updates(w, updates)
        path.append(w.tolist())
    return path


def keras_walk(name, options, w, gradients):
    import keras
    from jax import numpy as jnp

    rule = getattr(keras.optimizers, name)(**options)
    variable, path = keras.Variable(jnp.array(w), dtype="float64"), []
    for g in gradients:
        rule.apply([jnp.array(g)], [variable])
        path.append(variable.numpy().tolist())
    return path


def torch_walk(name, options, w, gradients):
    import torch

    variable = torch.nn.Parameter(torch.tensor(w, dtype=torch.float64))
    rule, path = getattr(torch.optim, name)([variable], **options), []
    for g in gradients:
        variable.grad = torch.tensor(g, dtype=torch.float64)
        rule.step()
        path.append(variable.tolist())
    return path


def record(library, configs, walk, how, file):
    """Write the walks of one library, 20 steps each, in full precision."""
    given = json.loads((HERE / "torch_steps.json").read_text(encoding="utf-8"))
    source = (
        f"{library} {version(library)} {how}, on the CPU: the start and the gradients of "
        "torch_steps.json, the parameters after each step"
    )
    rows = [
        {
            "key": f"{k:02}_{name}",
            "optimizer": name,
            "options": options,
            "path": walk(name, options, given["x0"], given["grads"]),
        }
        for k, (name, options) in enumerate(configs)
    ]
    written = {"source": source, "x0": given["x0"], "grads": given["grads"], "configs": rows}
    path = HERE / f"{file}_steps.json"
    text = json.dumps(written).replace("], [", "],\n[").replace("}, {", "},\n{")
    path.write_text(text + "\n", encoding="utf-8")
    print(f"{path.name}: {len(rows)} walks, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["JAX_ENABLE_X64"] = "1"
    by_jax = f"with jax {version('jax')}, float64"
    record("optax", OPTAX, optax_walk, by_jax, "optax")
    import keras

    keras.config.set_floatx("float64")
    record("keras", KERAS, keras_walk, by_jax, "keras")
    single = "with parameters of float64 and a default dtype of float32"
    record("torch", TORCH, torch_walk, single, "torch_single")
