"""`make setup` on strange ground: old Pythons, half-built and orphaned environments, spaces.

A stand-in for uv makes an empty environment and writes down what it was asked, so that these
tests fetch nothing.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from plain.checkout import PROJECT

STAMPED = ("pyproject.toml", "requirements.lock")

FAKE_UV = """#!/bin/sh
echo "$@" >> "$FAKE_LOG"
case "$1 $2" in
    "venv "*) for last; do :; done; mkdir -p "$last/bin"; cp "$FAKE_PYTHON" "$last/bin/python" ;;
    "pip install") [ -z "$FAKE_BAD" ] || exit 1 ;;
esac
"""
FAKE_PYTHON = """#!/bin/sh
[ "$1" = "-c" ] || exec '{real}' "$@"
printf '%s\\n%s\\n' "{version}" "$0"
"""


class Checkout:
    """A copy of what the bootstrap needs, in a folder with a space, and its own PATH."""

    def __init__(self, folder: Path):
        self.root = folder / "a checkout"
        self.programs = folder / "programs"
        self.log = folder / "uv.log"
        for name in ("Makefile", "scripts/bootstrap.py", *STAMPED):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, self.root / name)
        self.programs.mkdir()
        for name in ("sh", "make", "mkdir", "cp", "awk"):
            (self.programs / name).symlink_to(str(shutil.which(name)))
        self.add_program("uv", FAKE_UV)
        self.new = self.add_python("python3", "3.11")

    def add_program(self, name: str, text: str) -> Path:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def add_python(self, name: str, version: str) -> Path:
        return self.add_program(name, FAKE_PYTHON.format(real=sys.executable, version=version))

    def make(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        base = {"PATH": str(self.programs), "FAKE_LOG": str(self.log), "HOME": str(self.root)}
        return subprocess.run(
            ["make", "--no-print-directory", *arguments], cwd=self.root, capture_output=True,
            env={**base, "FAKE_PYTHON": str(self.new), **extra}, text=True, check=False,
        )  # fmt: skip

    def setup(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return self.make("setup", *arguments, **extra)

    def builds(self) -> int:
        text = self.log.read_text() if self.log.exists() else ""
        return sum(line.startswith("venv ") for line in text.splitlines())


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def test_builds_once_from_the_lock(checkout):
    first, second = checkout.setup(), checkout.setup()
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Building .venv" in first.stdout
    assert second.stdout + second.stderr == ""
    assert checkout.builds() == 1
    log = checkout.log.read_text()
    assert "--no-deps --require-hashes -r requirements.lock" in log
    assert "--no-deps --no-build-isolation -e ." in log


def test_what_no_longer_fits_is_built_anew(checkout):
    """After another lock or pyproject.toml, a vanished Python, and a move to another folder."""
    checkout.setup()
    for builds, name in enumerate((*STAMPED, ".venv/bin/python", ""), start=2):
        if name in STAMPED:
            with (checkout.root / name).open("a") as file:
                file.write("# changed\n")
        elif name:
            (checkout.root / name).unlink()
        else:
            checkout.root = checkout.root.rename(checkout.root.parent / "moved elsewhere")
        assert checkout.setup().returncode == 0
        assert checkout.builds() == builds, name


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a refusal writes besides make's own."""
    assert done.returncode == 2
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_python_too_old_is_named_and_a_newer_one_found_beside_it(checkout):
    checkout.add_python("python3", "3.8")
    line = refused(checkout.setup())
    assert "Python 3.11 or newer is needed" in line
    assert "python3 is 3.8" in line
    assert not (checkout.root / ".venv").exists()
    new = checkout.add_python("python3.12", "3.12")
    done = checkout.setup()
    assert done.returncode == 0, done.stderr
    assert str(new) in done.stdout


def test_the_python_asked_for_is_the_one_taken(checkout):
    old = checkout.add_python("old", "3.10")
    assert f"{old} is 3.10" in refused(checkout.setup(f"PYTHON={old}"))
    assert "does not run" in refused(checkout.setup("PYTHON=nowhere"))
    other = checkout.add_python("other", "3.13")
    assert str(other) in checkout.setup(f"PYTHON={other}").stdout
    assert "does not run" in refused(checkout.setup(PYTHON="nowhere"))
    assert checkout.builds() == 1
    checkout.new.unlink()
    assert "no Python found" in refused(checkout.setup())


def test_a_failed_install_is_refused_and_redone(checkout):
    done = checkout.setup(FAKE_BAD="yes")
    assert done.returncode == 2
    assert "this failed" in done.stderr
    assert checkout.setup().returncode == 0
    assert checkout.builds() == 2


def test_make_alone_lists_every_target(checkout):
    said = checkout.make().stdout
    phony = re.search(r"^\.PHONY: (.*)", (PROJECT / "Makefile").read_text(), re.M)[1]
    assert [line.split()[1] for line in said.splitlines()] == phony.split()
