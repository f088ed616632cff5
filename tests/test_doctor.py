"""What this machine can enforce is said in words, for programs, and by the exit code."""

import json
import platform
from dataclasses import dataclass

import pytest

from safegrade import doctor
from safegrade.jail import capabilities


@dataclass
class Found:
    """What a machine has, as the jail reports it."""

    namespaces: tuple = ("user", "net")
    landlock: int = 4
    seccomp: bool = False
    can_jail: bool = True
    reason: str = ""
    problem: str = ""
    kernel: str = f"{platform.system()} {platform.release()}"


@pytest.fixture
def machine(monkeypatch):
    """Return a function that pretends to be a machine that has this."""

    def pretend(**facts):
        monkeypatch.setattr(capabilities, "capabilities", lambda: Found(**facts))

    return pretend


def test_a_machine_that_can(machine, capsys):
    machine()
    assert doctor.doctor() == 0
    said = capsys.readouterr().out
    assert "can jail student code" in said and "cannot" not in said
    rows = dict(line.split(None, 1) for line in said.splitlines() if line and "jail" not in line)
    assert "problem" not in rows and "kernel" not in rows, "they say nothing new"
    assert rows["namespaces"] == "user, net" and rows["landlock"] == "4"
    assert rows["seccomp"] == "no" and rows["cores"] == str(doctor.cores())


@pytest.mark.parametrize(
    "facts, lacking",
    [
        ({"landlock": 6, "seccomp": True}, []),
        ({"landlock": 0}, ["no seccomp (install libseccomp", "no Landlock (Linux 5.13"]),
        ({"landlock": 1, "seccomp": True}, ["TCP (Linux 6.7), signals and abstract sockets"]),
        ({"landlock": 4, "seccomp": True}, ["Landlock without signals and abstract sockets"]),
    ],
)
def test_a_layer_that_is_missing_is_named_with_its_remedy(machine, capsys, facts, lacking):
    machine(**facts)
    assert doctor.doctor() == 0
    said = capsys.readouterr().out
    assert ("weaker than it could be" in said) == bool(lacking)
    assert all(words in said for words in lacking), said


@pytest.mark.parametrize("reason", ["the kernel has no Landlock.", "use --unsandboxed", ""])
def test_a_machine_that_cannot_says_why_and_names_the_switch_once(machine, capsys, reason):
    machine(can_jail=False, reason=reason, landlock=0)
    assert doctor.doctor() == 1
    said = capsys.readouterr().out
    assert f"cannot jail student code: {reason}" in said
    assert said.count("--unsandboxed") == 1
    assert "landlock    no" in said


@pytest.mark.parametrize("can", [True, False])
def test_for_programs(machine, capsys, can):
    machine(can_jail=can, reason="" if can else "none")
    assert doctor.doctor(as_json=True) == (not can)
    facts = json.loads(capsys.readouterr().out)
    assert facts["can_jail"] is can and facts["landlock"] == 4 and facts["Python"]


def test_this_machine(capsys):
    assert doctor.doctor() == (not capabilities.capabilities().can_jail)
    assert "This machine can" in capsys.readouterr().out
