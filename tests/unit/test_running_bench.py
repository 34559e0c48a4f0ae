"""The benchmark's page is made from its results, and ratios are what they say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from helpers.running.bench import measure, memory, report
from helpers.running.bench.command import render
from helpers.running.bench.floor import run_source

ROOT = Path(__file__).resolve().parents[2]
SECONDS = {
    "papermill_cli": [12.0, 10.0, 13.0], "nbconvert": [8.0] * 3, "papermill_api": [6.0] * 3,
    "floor": [2.0, 1.0, 3.0], "warm": [4.0, 3.0, 5.0], "floor_again": [4.0, 3.0, 5.0],
    "one_worker": [9.0] * 3, "two_workers": [5.0] * 3,
    "nbval_cold": [9.0] * 3, "nbval_warm": [5.0] * 3, "nbval_floor": [2.0] * 3,
}  # fmt: skip


def test_ratios_compare_medians_and_overheads():
    assert measure.compute_ratios(SECONDS) == {
        "papermill_cli_overhead/warm_overhead": 9.0, "papermill_cli/warm": 3.0,
        "papermill_api/warm": 1.5, "nbconvert/warm": 2.0, "warm/floor": 1.33,
        "warm/two_workers": 1.8, "nbval_cold_overhead/nbval_warm_overhead": 2.33,
    }  # fmt: skip
    assert set(measure.compute_ratios(SECONDS)) == set(report.RATIOS)
    assert set(SECONDS) == set(report.WAYS)


def test_an_overhead_that_is_lost_in_the_noise_is_not_told_as_nothing():
    assert measure.compute_overhead([1.9, 2.1, 1.8], [[2.0, 2.0, 2.0]]) == 0.02


def read_results():
    return json.loads((ROOT / "benchmarks" / "results.json").read_text())


def test_the_page_is_made_from_the_results_on_file():
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    assert page == render()


def test_every_number_of_the_page_is_a_result():
    """Change each result, and see every number of the page that is not a name change."""

    def spoil(value):
        if isinstance(value, dict):
            return {name: spoil(each) for name, each in value.items() if name != "versions"}
        if isinstance(value, list):
            return [spoil(each) for each in value]
        return 77777 if isinstance(value, int | float) else value

    spoiled = spoil(read_results())
    for each in (spoiled,):
        each["machine"] |= {"versions": {}, "date": "then", "processor": "that"}
    page = re.sub(r"`[^`]*`|<!--.*?-->", "", report.render_page(spoiled))
    page = page.replace("77,777", "77777")
    assert set(re.findall(r"\d[\d.,]*\d|\d", page)) <= {"77777", "77777.0", "77777.00"}


def test_results_hold_what_the_ratios_are_made_of():
    results = read_results()
    assert results["ratios"] == measure.compute_ratios(results["seconds"])
    assert results["medians"] == measure.compute_medians(results["seconds"])
    assert all(len(taken) == results["rounds"] for taken in results["seconds"].values())


def test_the_floor_runs_cells_with_parameters_and_shows_what_they_show(tmp_path):
    source = tmp_path / "01_one.py"
    target = tmp_path / "said"
    source.write_text(
        '# %% tags=["parameters"]\nvalue = 1\n\n# %%\nclass Shown:\n'
        "    def _repr_html_(self):\n"
        f"        __import__('pathlib').Path({str(target)!r}).write_text(str(value))\n"
        "        return ''\n"
        "\n# %%\nShown()\n"
    )
    run_source(source, {"value": 2})
    assert target.read_text() == "2"
    source.write_text("# %%\nraise KeyError('here')\n")
    with pytest.raises(KeyError):
        run_source(source, {})


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc")
def test_memory_in_use_is_seen():
    import os
    import time

    def use():
        kept = bytearray(60_000_000)
        time.sleep(0.3)
        assert kept

    used = memory.measure_peak(use, [os.getpid()], 0)
    idle = memory.measure_peak(lambda: time.sleep(0.3), [os.getpid()], 0)
    assert used is not None
    assert idle is not None
    assert used > idle + 50
