"""`asylum claims` with what cannot be done: code 2, one line, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def ask(*options: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
    asylum = Path(sys.executable).with_name("asylum")
    environment = os.environ | ({"ASYLUM_ROOT": str(root)} if root else {})
    command = [str(asylum), "claims", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "xml"], "unknown format 'xml'; there is: text, csv, json, markdown"),
        (["--study", "hong-kong"], "study hong-kong has no claims file"),
        (["--file", "chinq"], "unknown claims file 'chinq' (did you mean china?)"),
        (["--release", "2030-end"], "unknown release '2030-end'"),
    ],
)
def test_a_wrong_option_is_refused(options, said):
    done = ask(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("asylum: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_claims_file_is_refused_with_the_entry_named(tiny_root):
    root = tiny_root()
    file = root / "data" / "hand" / "claims" / "china.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("recipe: rises pending", "recipe: climbs pending", 1))
    done = ask(root=root)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        "china.yml: claim 4 (RFA-04): tests.0.recipe: Value error, unknown word 'climbs'"
        in done.stderr
    )


def test_it_works_where_one_release_alone_is_on_file(tiny_root):
    done = ask("--id", "SD-05", "--format", "csv", root=tiny_root())
    assert (done.returncode, done.stderr) == (0, "")
    assert "untestable" in done.stdout
