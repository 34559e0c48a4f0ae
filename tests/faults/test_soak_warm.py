"""Three hundred notebooks on warm kernels, six at a time: only `make soak` has the time."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from helpers.running.jobs import Job
from helpers.running.pool import Pool
from helpers.running.warm.door import Door

NOTEBOOKS = int(os.environ.get("SOAK_NOTEBOOKS", "300"))
SOURCE = """# %% [markdown]
# # One of many

# %%
import io
import os
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

assert "LEAK" not in os.environ
os.environ["LEAK"] = "1"
frame = pd.DataFrame(np.random.default_rng(1).normal(size=(200, 4)), columns=list("abcd"))
kept = io.BytesIO()
frame.to_parquet(kept)
assert pd.read_parquet(kept).equals(frame)
plt.plot(frame["a"].cumsum())
plt.show()
"""
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are warm on Linux only"),
]


def list_open(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def list_children(pid: int) -> list[int]:
    stats = {int(file.parent.name): file.read_text().rpartition(")")[2].split()
             for file in Path("/proc").glob("[0-9]*/stat")}  # fmt: skip
    return [each for each, fields in stats.items() if int(fields[1]) == pid]


def test_many_notebooks_leave_no_process_file_or_fault(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    jobs = []
    for number in range(NOTEBOOKS):
        source = folder / f"n{number}.py"
        source.write_text(SOURCE)
        jobs.append(Job(str(source), str(tmp_path / f"n{number}.ipynb"), {}))
    before = set(Path(tempfile.gettempdir()).iterdir())
    with Pool(6, tmp_path / "scratch") as pool:
        door = pool._door
        assert isinstance(door, Door)
        parent = door.pid
        first = pool.run(jobs[:12], first=0)
        at_start = list_open(parent), [list_open(worker.pid) for worker in pool.workers]
        rest = pool.run(jobs[12:], first=0)
        assert list_children(parent) == []
        assert list_open(parent) == at_start[0]
        for opened, worker in zip(sorted(at_start[1]), pool.workers, strict=True):
            assert list_open(worker.pid) <= opened + 8
    done = [*first, *rest]
    assert [each.failure for each in done if each.failure] == []
    assert len(done) == NOTEBOOKS
    texts = {(tmp_path / f"n{number}.ipynb").read_text().count("image/png")
             for number in range(NOTEBOOKS)}  # fmt: skip
    assert texts == {1}
    assert not Path(f"/proc/{parent}").exists()
    assert set(Path(tempfile.gettempdir()).iterdir()) == before
