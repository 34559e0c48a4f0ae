"""`make setup` on strange ground: old Pythons, half-built and orphaned environments, spaces.

A stand-in for uv makes an empty environment and writes down what it was asked, so that these
tests fetch nothing.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from plain.checkout import PROJECT
from plain.processes import wait_until

STAMPED = ("pyproject.toml", "requirements.lock")

FAKE_UV = """#!/bin/sh
echo "$@" >> "$FAKE_LOG"
case "$1 $2" in
    "venv "*) for last; do :; done; mkdir -p "$last/bin"; cp "$FAKE_PYTHON" "$last/bin/python" ;;
    "pip install") [ -z "$FAKE_BAD" ] || exit 1
        if [ -n "$FAKE_SLOW" ]; then touch "$FAKE_LOG.slow"; exec sleep 60; fi ;;
esac
"""
FAKE_PYTHON = """#!/bin/sh
[ "$1" = "-c" ] || exec '{real}' "$@"
printf '%s\\n%s\\n' "{version}" "$0"
"""


def write_program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


class Checkout:
    """A copy of what the bootstrap needs, in a folder with a space, and its own PATH."""

    def __init__(self, folder: Path):
        self.root = folder / "a checkout"
        self.programs = folder / "programs"
        self.log = folder / "uv.log"
        for name in ("Makefile", "scripts/bootstrap.py", *STAMPED):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, self.root / name)
        for name in ("sh", "make", "mkdir", "cp", "sleep", "touch", "awk", "env"):
            (self.programs / name).parent.mkdir(exist_ok=True)
            (self.programs / name).symlink_to(str(shutil.which(name)))
        write_program(self.programs / "uv", FAKE_UV)
        self.new = self.add_python("python3", "3.11")

    def add_python(self, name: str, version: str) -> Path:
        text = FAKE_PYTHON.format(real=sys.executable, version=version)
        return write_program(self.programs / name, text)

    def environ(self, **extra: str) -> dict[str, str]:
        base = {"PATH": str(self.programs), "FAKE_LOG": str(self.log), "HOME": str(self.root)}
        return {**base, "FAKE_PYTHON": str(self.new), **extra}

    def setup(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        command = ["make", "--no-print-directory", "setup", *arguments]
        environ = self.environ(**extra)
        return subprocess.run(
            command, cwd=self.root, env=environ, capture_output=True, text=True, check=False
        )

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


def change(checkout: Checkout, name: str) -> None:
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")


def lose_python(checkout: Checkout) -> None:
    python = checkout.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout.root / "gone")


def move(checkout: Checkout) -> None:
    checkout.root = checkout.root.rename(checkout.root.parent / "moved elsewhere")


@pytest.mark.parametrize(
    "happen",
    [lambda checkout: change(checkout, STAMPED[0]), lambda checkout: change(checkout, STAMPED[1]),
     lose_python, move],
    ids=[*STAMPED, "a vanished Python", "a moved checkout"],
)  # fmt: skip
def test_what_no_longer_fits_is_built_anew(checkout, happen):
    checkout.setup()
    happen(checkout)
    assert checkout.setup().returncode == 0
    assert checkout.builds() == 2


def test_a_killed_build_is_redone(checkout):
    command = [sys.executable, "scripts/bootstrap.py"]
    environ = checkout.environ(FAKE_SLOW="yes")
    process = subprocess.Popen(command, cwd=checkout.root, env=environ, start_new_session=True)
    wait_until(Path(f"{checkout.log}.slow").exists, 30)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert (checkout.root / ".venv" / "bin" / "python").exists()
    assert checkout.setup().returncode == 0
    assert checkout.builds() == 2
    assert (checkout.root / ".venv" / ".built-from").exists()


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
    environ = checkout.environ()
    said = subprocess.check_output(["make"], cwd=checkout.root, env=environ, text=True)
    phony = re.search(r"^\.PHONY: (.*)", (PROJECT / "Makefile").read_text(), re.M)[1]
    assert [line.split()[1] for line in said.splitlines()] == phony.split()
