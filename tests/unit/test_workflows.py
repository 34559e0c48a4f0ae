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
[ "$CODE" = 0 ] && echo "What the release changes"
exit $CODE
"""
GH = """#!/bin/sh
[ "$1" = auth ] && exit 0
echo "$@" > gh.said
while [ $# -gt 0 ]; do [ "$1" = --body-file ] && cp "$2" gh.body; shift; done
"""


@pytest.fixture
def propose(tmp_path):
    """Return a function that runs .ci/propose-release in a small repository with a real remote."""
    here, remote = tmp_path / "here", tmp_path / "remote.git"

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, check=True)
        return done.stdout

    (here / ".ci").mkdir(parents=True)
    shutil.copy(PROJECT / ".ci" / "propose-release", here / ".ci")
    (here / "data" / "raw" / "2025-end").mkdir(parents=True)
    (here / "data" / "raw" / "2025-end" / "population.csv").write_text("x\n")
    (here / ".gitignore").write_text("/runs/\n/bin/\n/gh.*\n")
    for name, script in (("asylum", ASYLUM), ("gh", GH)):
        (here / "bin").mkdir(exist_ok=True)
        (here / "bin" / name).write_text(script)
        (here / "bin" / name).chmod(0o755)
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "start")
    git("remote", "add", "origin", str(remote))
    git("push", "-q", "origin", "main")

    def run(new: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
        git("switch", "-q", "main")
        environment = os.environ | {
            "PATH": f"{here / 'bin'}:{os.environ['PATH']}", "ASYLUM": str(here / "bin" / "asylum"),
            "NEW": new, "CODE": str(code),
        }  # fmt: skip
        return subprocess.run(
            ["bash", ".ci/propose-release"], cwd=here, env=environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    run.here, run.git = here, git  # type: ignore[attr-defined]
    return run


@pytest.mark.parametrize(
    ("code", "body"), [(0, "What the release changes\n"), (1, "a notebook fails")]
)
def test_a_new_release_is_proposed_with_what_it_changes_or_as_a_draft(propose, code, body):
    done = propose(new="2026-mid", code=code)
    assert done.returncode == code, done.stderr
    said = (propose.here / "gh.said").read_text()
    assert said.startswith("pr create --head release/2026-mid --title Release 2026-mid")
    assert ("--draft" in said) == (code == 1)
    text = (propose.here / "gh.body").read_text()
    assert body in text
    assert "Next steps" in text
    files = propose.git("ls-tree", "-r", "--name-only", "origin/release/2026-mid").split()
    assert "data/raw/2026-mid/population.csv" in files


@pytest.mark.parametrize(
    ("asked", "said"),
    [({}, "no release that is not on file"), ({"new": "2026-mid", "code": 2}, "")],
    ids=["nothing new", "a refused fetch"],
)
def test_without_a_release_nothing_is_proposed(propose, asked, said):
    done = propose(**asked)
    assert (done.returncode, said in done.stdout) == (asked.get("code", 0), True)
    assert not (propose.here / "gh.said").exists()
    assert propose.git("branch", "--list", "release/*") == ""


def test_a_release_is_proposed_once(propose):
    propose(new="2026-mid")
    (propose.here / "gh.said").unlink()
    done = propose(new="2026-mid")
    assert done.returncode == 0
    assert "proposed already" in done.stdout
    assert not (propose.here / "gh.said").exists()
