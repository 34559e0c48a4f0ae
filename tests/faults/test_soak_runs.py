"""Runs killed at random moments: only by `make soak`."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from plain.processes import find_processes, start, wait_until

KILLS = int(os.environ.get("SOAK_KILLS", "60"))
pytestmark = pytest.mark.soak


def begin(root: Path, *arguments: str) -> subprocess.Popen[str]:
    nowhere = subprocess.DEVNULL
    return start(root, "run", *arguments, stdout=nowhere, stderr=nowhere)


def read_whole(folder: Path) -> dict[str, object]:
    """Read a run's manifest and see that every file that it lists is there."""
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["outcome"] == "complete"
    assert all((folder / name).is_file() for name in manifest["outputs"])
    return dict(manifest)


def test_a_run_killed_at_random_moments(mini_root):
    began = time.monotonic()
    assert begin(mini_root, "--name", "a").wait() == 0
    whole = time.monotonic() - began
    seed = int(os.environ.get("SOAK_SEED", time.time_ns()))
    print(f"SOAK_SEED={seed}")
    moments = random.Random(seed)
    ended = 0
    for count in range(KILLS):
        before = read_whole(mini_root / "runs" / "a")
        process = begin(mini_root, "--name", "a", "--force")
        try:
            process.wait(moments.uniform(0, 1.1 * whole))
            ended += 1
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        wait_until(lambda: not find_processes(mini_root), 15)
        after = read_whole(mini_root / "runs" / "a")
        assert after["parameters"] == before["parameters"], count
    assert ended < KILLS
    assert begin(mini_root, "--name", "b").wait() == 0
    assert sorted(path.name for path in (mini_root / "runs").iterdir()) == ["a", "b"]
