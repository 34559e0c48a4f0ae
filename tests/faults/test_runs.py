"""A run that fails, is stopped or is killed: nothing torn, nobody left behind."""

import json
import os
import resource
import signal
import sys
from functools import partial

import pytest
from plain.processes import call, find_processes, start, wait_until

from helpers.running.manifest import read_manifest

SLOW = "import time\n(scope.run_dir / 'slow').touch()\ntime.sleep(60)"


def list_runs(root):
    return sorted(path.name for path in (root / "runs").iterdir())


def check_whole(root, name):
    """See that a run has all that its manifest lists, and the place its notebooks name."""
    manifest = read_manifest(root / "runs" / name)
    for file in manifest["outputs"]:
        assert (root / "runs" / name / file).is_file()
    assert "ro-crate-metadata.json" in manifest["outputs"]
    return manifest


def test_a_run_and_what_it_leaves(asylum, mini_root, tree, refuse):
    before = tree()
    answer = asylum("run")
    assert (answer.returncode, answer.stderr) == (0, "")
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

    (mini_root / "runs/china-2022-mid/notes.txt").write_text("mine")
    (mini_root / "runs/.staging/killed.1").mkdir(parents=True)
    again = asylum("run")
    assert "(as it was)" in again.stdout
    assert not (mini_root / "runs/.staging").exists(), "what a killed run has left goes"
    assert read_manifest(mini_root / "runs/china-2022-mid") == manifest
    assert asylum("run", "--quiet").stdout == "runs/china-2022-mid\n"

    message = refuse("run", "--name", "china-2022-mid", "--year-to", "2020")
    assert "year_to 2022 -> 2020" in message
    assert "--name" in message
    assert "--force" in message

    (mini_root / "runs/china-2022-mid/numbers.json").write_text("{}")
    answer = asylum("run")
    assert "kept in runs/china-2022-mid.changed1" in answer.stderr
    assert (mini_root / "runs/china-2022-mid.changed1/notes.txt").read_text() == "mine"
    assert (mini_root / "runs/china-2022-mid.changed1/numbers.json").read_text() == "{}"
    assert not (mini_root / "runs/china-2022-mid/notes.txt").exists()
    assert json.loads((mini_root / "runs/china-2022-mid/numbers.json").read_text()) == numbers

    other = ("--name", "china-2022-mid", "--year-to", "2020", "--force")
    assert asylum("run", *other).returncode == 0
    assert list_runs(mini_root) == ["china-2022-mid", "china-2022-mid.changed1"]
    assert read_manifest(mini_root / "runs/china-2022-mid")["parameters"]["year_to"] == 2020


def test_an_input_that_changes_while_the_run_goes_on(asylum, mini_root, add_notebook):
    changed = "scope.run_dir.parents[2] / 'data/hand/breaks.yml'"
    add_notebook(mini_root, "02_two", f"({changed}).open('a').write('# more')")
    answer = asylum("run", "--name", "a")
    assert answer.returncode == 2
    assert "changed while the run went on: data/hand/breaks.yml" in answer.stderr
    assert not (mini_root / "runs" / "a").exists()


def test_output_that_nobody_takes_ends_no_work(mini_root):
    reading, pipe = os.pipe()
    os.close(reading)
    for out, code in ((pipe, 0), ("/dev/full", 1)):
        with (
            open(out, "w") as stream,
            start(mini_root, "run", "--name", "a", stdout=stream) as process,
        ):
            assert process.wait(60) == code
        assert check_whole(mini_root, "a")["outcome"] == "complete"


@pytest.mark.parametrize("command", ["run", "batch"])
def test_too_few_file_handles_are_told_in_a_line(asylum, mini_root, command):
    few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (30, 30))
    answer = asylum(command, "--name", "a", "--quiet", preexec_fn=few)
    assert answer.returncode == 2
    assert "and 30 may be: raise the hard limit" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not any((mini_root / "runs").glob("*"))


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
    assert set(manifest["seconds"]) == {"01_one", "02_two"}
    partial = (mini_root / "runs/a/notebooks/02_two.ipynb").read_text()
    assert "before\\n" in partial
    assert "ZeroDivisionError" in partial
    assert "after\\n" not in partial
    assert not (mini_root / "runs/a/report.html").exists()

    add_notebook(mini_root, "02_two", 'print("before")')
    assert asylum("run", "--name", "a").returncode == 0
    good = check_whole(mini_root, "a")
    assert good["outcome"] == "complete"

    add_notebook(mini_root, "02_two", "1 / 0")
    answer = asylum("run", "--name", "a")
    assert answer.returncode == 1
    assert "runs/a.failed" in answer.stderr
    assert read_manifest(mini_root / "runs/a") == good
    assert read_manifest(mini_root / "runs/a.failed")["outcome"] == "failed"


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
    assert read_manifest(mini_root / "runs/a")["outcome"] == "failed" if said else not (
        mini_root / "runs" / "a").exists()  # fmt: skip


def test_a_stopped_or_killed_run_leaves_the_last(asylum, mini_root, scratch, add_notebook, tree):
    """What a killed run has left in .staging goes with the next."""
    assert asylum("run", "--name", "a").returncode == 0
    add_notebook(mini_root, "02_two", SLOW)
    before, staging = tree(), mini_root / "runs" / ".staging"
    for name, sent, code in (
        ("a", signal.SIGKILL, None), ("b", signal.SIGKILL, None), ("a", signal.SIGINT, 130),
        ("b", signal.SIGTERM, 143), ("b", signal.SIGHUP, 129),
    ):  # fmt: skip
        process = start(mini_root, "run", "--name", name)
        if name == "a" and not code:  # while the libraries load
            wait_until(staging.exists)
        else:
            wait_until(lambda: any(staging.glob("*/slow")))
            assert len(find_processes(mini_root)) >= 3
        process.send_signal(sent)
        _, stderr = process.communicate(timeout=20)
        wait_until(lambda: not find_processes(mini_root), 10)
        left = {file: stamp for file, stamp in tree().items() if code or ".staging" not in file}
        assert left == before
        if code:
            assert process.returncode == code
            assert "stopped" in stderr
            assert "Traceback" not in stderr
            assert list(scratch.iterdir()) == []
        for slow in staging.glob("*/slow"):
            slow.unlink()


def test_the_users_own_settings_reach_nothing(mini_root, add_notebook, tmp_path):
    """Start-up files, kernels, a matplotlibrc, variables and the folder's name change no output.

    A low limit on open files is lifted.
    """
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
    moved = tmp_path / "a folder, 'named' \"é\""
    mini_root.rename(moved)
    few = (20, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    limit = partial(resource.setrlimit, resource.RLIMIT_NOFILE, few)
    answer = call(moved, "run", env=environment, preexec_fn=limit)
    assert answer.returncode == 0, answer.stderr
    text = (moved / "runs/china-2022-mid/notebooks/01_one.ipynb").read_text()
    assert f"False 10.0 {sys.executable}" in text
    assert "from the start-up" not in text
    assert "inline" in text
    assert '"None\\n"' in text
    assert str(moved) not in text
