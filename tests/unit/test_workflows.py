"""The workflows are valid, ask for no more than they need, and the weekly one does what it says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from plain.checkout import PROJECT

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))


def load(file: Path) -> dict:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_asks_for_little_and_runs_what_there_is(file):
    workflow = load(file)
    assert workflow["name"]
    assert workflow["on"]
    assert set(workflow["permissions"]) <= {"contents", "pull-requests"}
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for job in workflow["jobs"].values():
        assert job["runs-on"]
        assert int(job["timeout-minutes"]) <= 60
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"])
                is_checkout = "checkout" in step["uses"]
                assert not is_checkout or step["with"]["persist-credentials"] == "false"
                continue
            program, word = [*step["run"].split(), ""][:2]
            assert program != "make" or re.search(rf"^{word}:", makefile, re.M), word
            assert program != "bash" or (PROJECT / word).is_file(), word


def test_the_site_is_published_after_all_checks_and_from_main_alone():
    workflow = load(PROJECT / ".github" / "workflows" / "site.yml")
    runs = [step.get("run", "").split(" PYTHON")[0] for step in workflow["jobs"]["build"]["steps"]]
    assert [each for each in runs if each] == [
        "make reproduce", ".venv/bin/asylum check", "make site", "make test",
    ]  # fmt: skip
    publish = workflow["jobs"]["publish"]
    assert publish["needs"] == "build"
    assert "pull_request" in publish["if"]
    assert "refs/heads/main" in publish["if"]


ASYLUM = """#!/bin/sh
[ "$*" = "update --quiet" ] || exit 9
if [ -n "$NEW" ]; then mkdir -p data/raw/$NEW && echo x > data/raw/$NEW/population.csv; fi
echo "What the release changes"
exit $CODE
"""
GH = """#!/bin/sh
[ "$1" = auth ] && exit 0
echo "$@"
while [ $# -gt 0 ]; do [ "$1" = --body-file ] && cat "$2"; shift; done
"""


@pytest.mark.parametrize(("new", "code", "said"), [
    ("2026-mid", 0, "pr create --head release/2026-mid --title Release 2026-mid|What the rel"),
    ("2026-mid", 1, "--draft|a notebook fails on them"),
    ("2026-mid", 2, "nothing was changed"),
    ("", 0, "no release that is not on file"),
])  # fmt: skip
def test_a_new_release_is_proposed_once_and_as_a_draft_after_a_failure(tmp_path, new, code, said):
    """In a small repository with a real remote; `asylum` and `gh` are stand-ins."""
    here, programs = tmp_path / "here", tmp_path / "bin"
    environment = os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}", "ASYLUM": str(programs / "asylum"),
        "NEW": new, "CODE": str(code), "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "a",
        "GIT_CONFIG_KEY_1": "user.email", "GIT_CONFIG_VALUE_1": "a@example.org",
    }  # fmt: skip

    def run(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=here, env=environment, capture_output=True, text=True, check=check
        )

    for name, script in (("asylum", ASYLUM), ("gh", GH)):
        programs.mkdir(exist_ok=True)
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    shutil.copytree(PROJECT / ".ci", here / ".ci")
    run("git", "init", "-q", "--bare", "../remote.git")
    run("git", "init", "-q", "-b", "main")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "start")
    run("git", "remote", "add", "origin", "../remote.git")
    done = run("bash", ".ci/propose-release", check=False)
    assert done.returncode == code, done.stderr
    told = done.stdout + done.stderr
    assert [words for words in said.split("|") if words not in told] == []
    is_proposed = bool(new) and code < 2
    assert ("pr create" in told, "Next steps" in told) == (is_proposed, is_proposed)
    assert ("--draft" in told) == (code == 1)
    branches = run("git", "branch", "-r", "--format=%(refname:short)").stdout.split()
    assert branches == ["origin/release/2026-mid"] * is_proposed
    if is_proposed:
        files = run("git", "show", "--format=", "--name-only", *branches).stdout.split()
        assert files == ["data/raw/2026-mid/population.csv"]
        run("git", "switch", "-q", "main")
        (again,) = run("bash", ".ci/propose-release", check=False).stdout.splitlines()
        assert "2026-mid is proposed already" in again
