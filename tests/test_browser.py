"""How a browser is found and installed, on machines that are made up of stand-ins."""

import os
import sys

import pytest

from fallline_book import browser
from test_make import pretend

PYTHON = """case "$*" in
  "-m playwright install chromium") echo "playwright downloads"; {download};;
  -c*) [ ! -e "{own}" ] || echo "{own}";;
esac"""
APT = """echo "apt-get $*"
case "$*" in *install*) {install};; esac"""
CHROMIUM = 'printf "#!/bin/sh\\n" > "{path}"; chmod +x "{path}"'


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a maker of machines: what works on it, and who sits before it."""

    def make(apt=None, download=False, root=True, sudo=False):
        tools = tmp_path / "bin"
        tools.mkdir()
        for name in ("printf", "chmod", "env"):
            (tools / name).symlink_to(f"/usr/bin/{name}")
        own = tmp_path / "own-chromium"
        fetch = f': > "{own}"' if download else "exit 1"
        python = pretend(tmp_path / "python", PYTHON.format(download=fetch, own=own))
        if apt is not None:
            work = CHROMIUM.replace("{path}", str(tools / "chromium")) if apt else "exit 100"
            pretend(tools / "apt-get", APT.format(install=work))
        if sudo:
            pretend(tools / "sudo", 'echo "sudo $*"; shift; exec "$@"')
        monkeypatch.setenv("PATH", str(tools))
        monkeypatch.delenv("FALLLINE_BROWSER", raising=False)
        monkeypatch.setattr(sys, "executable", str(python))
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000, raising=False)
        return tools, own

    return make


def test_a_browser_that_is_there_is_named_and_nothing_is_installed(machine, capfd):
    tools, _ = machine(apt=True, download=True)
    found = pretend(tools / "google-chrome", "true")
    browser.install()
    said = capfd.readouterr().out
    assert str(found) in said and "nothing is installed" in said
    assert "apt-get" not in said and "download" not in said.lower()


def test_debian_gets_its_own_package_and_fonts(machine, capfd):
    tools, _ = machine(apt=True)
    browser.install()
    said = capfd.readouterr().out
    assert said.index("apt-get --quiet=2 update") < said.index("apt-get --quiet=2 install")
    assert "--yes --no-install-recommends chromium fonts-" in said
    assert browser.find_browser() == str(tools / "chromium")
    assert "playwright downloads" not in said


def test_whoever_is_not_root_goes_by_sudo(machine, capfd):
    machine(apt=True, root=False, sudo=True)
    browser.install()
    assert "sudo --non-interactive apt-get --quiet=2 update" in capfd.readouterr().out


@pytest.mark.parametrize(
    "apt, root", [(None, True), (False, True), (True, False)], ids=["none", "fails", "no sudo"]
)
def test_elsewhere_playwright_downloads_its_own(machine, capfd, apt, root):
    _, own = machine(apt=apt, download=True, root=root)
    browser.install()
    assert f"The browser is {own}." in capfd.readouterr().out
    assert browser.find_browser() == str(own)


def test_where_nothing_works_it_says_what_to_do(machine):
    machine(apt=False, download=False)
    with pytest.raises(SystemExit, match="FALLLINE_BROWSER=") as refused:
        browser.install()
    assert refused.value.code != 0
    assert browser.find_browser() is None


def test_a_browser_that_is_named_has_to_be_there(machine, monkeypatch):
    tools, _ = machine()
    monkeypatch.setenv("FALLLINE_BROWSER", str(tools / "nothing"))
    with pytest.raises(FileNotFoundError, match="cannot be run"):
        browser.find_browser()
    monkeypatch.setenv("FALLLINE_BROWSER", str(mine := pretend(tools / "mine", "true")))
    assert browser.find_browser() == str(mine)
