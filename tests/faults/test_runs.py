"""A run that fails, is stopped or is killed: nothing torn, nobody left behind."""

import json
import os
import resource
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from plain.processes import find_processes, start, wait_until

SLOW = "import time\n(scope.run_dir / 'slow').touch()\ntime.sleep(60)"


def read_manifest(root, name):
    return json.loads((root / "runs" / name / "manifest.json").read_text())


def list_runs(root):
    return sorted(path.name for path in (root / "runs").iterdir())


def check_whole(root, name):
    """See that a run has all that its manifest lists, and the place its notebooks name."""
    manifest = read_manifest(root, name)
    for file in manifest["outputs"]:
        assert (root / "runs" / name / file).is_file()
    assert "ro-crate-metadata.json" in manifest["outputs"]
    return manifest


def test_a_run_and_what_it_leaves(asylum, mini_root, tree):
    before = tree()
    answer = asylum("run")
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    assert "01_one" in answer.stdout
    assert "The run is in runs/china-2022-mid" in answer.stdout
    assert list_runs(mini_root) == ["china-2022-mid"]
    manifest = check_whole(mini_root, "china-2022-mid")
    assert manifest["outcome"] == "complete"
    assert manifest["parameters"]["year_to"] == 2022
    assert set(manifest["seconds"]) == {"01_one", "02_two", "03_three"}
    assert {each: value for each, value in tree().items() if not each.startswith("runs")} == before
    for file in (mini_root / "runs" / "china-2022-mid" / "notebooks").iterdir():
        text = file.read_text()
        assert 'run_dir = \\"runs/china-2022-mid\\"' in text
        assert str(mini_root / "runs") not in text
        assert ".staging" not in text
    numbers = json.loads((mini_root / "runs/china-2022-mid/numbers.json").read_text())
    assert numbers["n_one_years"]["value"] == 23

    again = asylum("run")
    assert "(as it was)" in again.stdout
    assert read_manifest(mini_root, "china-2022-mid") == manifest
    assert asylum("run", "--quiet").stdout == "runs/china-2022-mid\n"

    (mini_root / "runs/china-2022-mid/notes.txt").write_text("mine")
    assert "(as it was)" in asylum("run").stdout
    (mini_root / "runs/china-2022-mid/numbers.json").write_text("{}")
    answer = asylum("run")
    assert "kept in runs/china-2022-mid.changed1" in answer.stderr
    assert (mini_root / "runs/china-2022-mid.changed1/notes.txt").read_text() == "mine"
    assert (mini_root / "runs/china-2022-mid.changed1/numbers.json").read_text() == "{}"
    assert not (mini_root / "runs/china-2022-mid/notes.txt").exists()
    assert json.loads((mini_root / "runs/china-2022-mid/numbers.json").read_text()) == numbers


def test_an_input_that_changes_while_the_run_goes_on(asylum, mini_root, add_notebook):
    changed = "scope.run_dir.parents[2] / 'data/hand/breaks.yml'"
    add_notebook(mini_root, "02_two", f"({changed}).open('a').write('# more')")
    answer = asylum("run", "--name", "a")
    assert answer.returncode == 2
    assert "changed while the run went on: data/hand/breaks.yml" in answer.stderr
    assert not (mini_root / "runs" / "a").exists()


def test_another_repository_lends_no_revision(asylum, mini_root):
    run = partial(subprocess.run, check=True, cwd=mini_root.parent)
    run(["git", "init", "-q"])
    run(["git", "-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x", "--allow-empty"])
    assert asylum("run", env={"GIT_DIR": str(mini_root.parent / ".git")}).returncode == 0
    assert read_manifest(mini_root, "china-2022-mid")["code"]["revision"] is None


@pytest.mark.parametrize(("place", "code"), [("a closed pipe", 0), ("/dev/full", 1)])
def test_output_that_nobody_takes_ends_no_work(mini_root, place, code):
    out = "/dev/full"
    if place == "a closed pipe":
        reading, out = os.pipe()
        os.close(reading)
    with (
        open(out, "w") as stream,
        start(mini_root, "run", "--name", "a", stdout=stream) as process,
    ):
        assert process.wait(60) == code
    assert check_whole(mini_root, "a")["outcome"] == "complete"


def test_other_parameters_take_another_name_or_force(asylum, mini_root, refuse):
    assert asylum("run", "--name", "a").returncode == 0
    message = refuse("run", "--name", "a", "--year-to", "2020")
    assert "year_to 2022 -> 2020" in message
    assert "--name" in message
    assert "--force" in message
    assert asylum("run", "--year-to", "2020").returncode == 0
    assert asylum("run", "--name", "a", "--year-to", "2020", "--force").returncode == 0
    assert list_runs(mini_root) == ["a", "china-2022-mid-2000-2020"]
    assert read_manifest(mini_root, "a")["parameters"]["year_to"] == 2020


def test_a_failing_cell(asylum, mini_root, add_notebook):
    add_notebook(mini_root, "02_two", 'print("before")', "1 / 0", 'print("after")')
    answer = asylum("run", "--name", "a")
    assert answer.returncode == 1
    assert "02_two, cell 5: ZeroDivisionError: division by zero" in answer.stderr
    assert "Traceback" not in answer.stderr + answer.stdout
    assert "runs/a" in answer.stderr
    manifest = check_whole(mini_root, "a")
    assert manifest["outcome"] == "failed"
    assert manifest["error"]["cell"] == 5
    assert manifest["failures"] == [manifest["error"]]
    assert "02_two, cell 5: ZeroDivisionError" in (
        mini_root / "runs/a/ro-crate-metadata.json").read_text()  # fmt: skip
    assert set(manifest["seconds"]) == {"01_one", "02_two"}
    partial = (mini_root / "runs/a/notebooks/02_two.ipynb").read_text()
    assert "before\\n" in partial
    assert "ZeroDivisionError" in partial
    assert not (mini_root / "runs/a/report.html").exists()

    add_notebook(mini_root, "02_two", 'print("before")')
    assert asylum("run", "--name", "a").returncode == 0
    good = check_whole(mini_root, "a")
    assert good["outcome"] == "complete"

    add_notebook(mini_root, "02_two", "1 / 0")
    answer = asylum("run", "--name", "a")
    assert answer.returncode == 1
    assert "runs/a.failed" in answer.stderr
    assert read_manifest(mini_root, "a") == good
    assert read_manifest(mini_root, "a.failed")["outcome"] == "failed"


@pytest.mark.parametrize(("most", "said"), [(20_000_000, "01_one, cell 4: OSError"), (100, "")])
def test_a_full_disk(asylum, mini_root, tree, add_notebook, most, said):
    """A limit on the size of files stands in for a disk without room: writes fail alike."""
    code = "(scope.run_dir / 'big').write_bytes(bytes(40_000_000))"
    add_notebook(mini_root, "01_one", code)
    before = tree()
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
    answer = asylum("run", "--name", "a", preexec_fn=limit)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "file too large" in answer.stderr.lower()
    assert "Traceback" not in answer.stderr
    assert {k: v for k, v in tree().items() if not k.startswith("runs")} == before
    assert read_manifest(mini_root, "a")["outcome"] == "failed" if said else not (
        mini_root / "runs" / "a").exists()  # fmt: skip


@pytest.fixture
def scratch(monkeypatch):
    """Give runs a temporary folder of their own; its path is short, as a socket's must be."""
    with TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def begin(mini_root, scratch):
    """Return a function that starts a run which its processes can be told by."""
    return partial(start, mini_root, "run")


def is_slow_cell_running(root):
    """Tell whether the notebook that sleeps has come to its sleep."""
    return any((root / "runs" / ".staging").glob("*/slow"))


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_stopped_run(asylum, begin, mini_root, scratch, add_notebook, tree, sent, code):
    if sent == signal.SIGINT:
        assert asylum("run", "--name", "a").returncode == 0
    else:
        (mini_root / "runs").mkdir()
    add_notebook(mini_root, "02_two", SLOW)
    before = tree()
    process = begin("--name", "a")
    wait_until(lambda: is_slow_cell_running(mini_root))
    process.send_signal(sent)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == code
    assert "stopped" in stderr
    assert "Traceback" not in stderr
    wait_until(lambda: not find_processes(mini_root), 5)
    assert tree() == before
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("moment", ["at once", "in a cell"])
def test_a_killed_run(asylum, begin, mini_root, scratch, add_notebook, moment):
    assert asylum("run", "--name", "a").returncode == 0
    good = check_whole(mini_root, "a")
    add_notebook(mini_root, "02_two", SLOW)
    process = begin("--name", "a")
    if moment == "at once":
        wait_until(lambda: (mini_root / "runs" / ".staging").exists())
    else:
        wait_until(lambda: is_slow_cell_running(mini_root))
        assert len(find_processes(mini_root)) >= 3
    process.kill()
    process.communicate()
    wait_until(lambda: not find_processes(mini_root), 10)
    assert check_whole(mini_root, "a") == good

    add_notebook(mini_root, "02_two", 'print("two")')
    assert asylum("run", "--name", "b").returncode == 0
    assert list_runs(mini_root) == ["a", "b"]
    assert list(scratch.iterdir()) == []


def test_the_users_own_settings_reach_nothing(asylum, mini_root, add_notebook, tmp_path):
    """Start-up files, kernels, a matplotlibrc and variables of the user change no output."""
    home = tmp_path / "home"
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("print('from the start-up')\nintruder = 1\n")
    kernel = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text('{"argv": ["/bin/false"], "display_name": "mine"}')
    (home / ".config" / "matplotlib").mkdir(parents=True)
    (home / ".config" / "matplotlib" / "matplotlibrc").write_text("font.size: 40\n")
    (home / "other").mkdir()
    (home / "other" / "intruder.py").write_text("")
    add_notebook(
        mini_root, "01_one",
        "import matplotlib as mpl\nimport sys\n"
        "print('intruder' in globals(), mpl.rcParams['font.size'], sys.executable)\n"
        "print(mpl.get_backend())\n"
        "import importlib.util\nprint(importlib.util.find_spec('intruder'))",
    )  # fmt: skip
    environment = {"HOME": str(home), "MPLBACKEND": "svg", "PYTHONPATH": str(home / "other"),
                   "JUPYTER_PATH": str(home / ".local" / "share" / "jupyter")}  # fmt: skip
    answer = asylum("run", env=environment)
    assert answer.returncode == 0, answer.stderr
    text = (mini_root / "runs/china-2022-mid/notebooks/01_one.ipynb").read_text()
    assert f"False 10.0 {sys.executable}" in text
    assert "from the start-up" not in text
    assert "inline" in text
    assert '"None\\n"' in text


def test_a_project_in_a_folder_with_a_difficult_name(call_in, mini_root, tmp_path):
    moved = tmp_path / "a folder, 'named' \"é\""
    mini_root.rename(moved)
    answer = call_in(moved, "run")
    assert answer.returncode == 0, answer.stderr
    assert str(moved) not in (moved / "runs/china-2022-mid/notebooks/01_one.ipynb").read_text()
